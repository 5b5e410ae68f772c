from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from visits.models.money import MONEY


class Agreement(models.Model):
    """What the customer has agreed to, who of his side, how and when (S4-13): the proof in a dispute about the bill or the time."""

    class Subject(models.TextChoices):
        ORDER = "order", _("Repair order")
        WORK = "work", _("Added work")
        TIME = "time", _("Another promised time")
        CAR = "car", _("Finished work")

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        PHONE = "phone", _("By phone")
        MESSAGE = "message", _("By message")
        WRITING = "writing", _("In writing")

    visit = models.ForeignKey("visits.Visit", models.CASCADE, related_name="agreements", verbose_name=_("visit"))
    subject = models.CharField(_("about"), max_length=8, choices=Subject)
    text = models.CharField(_("what was agreed"), max_length=1000, blank=True)
    amount = models.DecimalField(_("amount"), **MONEY)
    agreed_by = models.CharField(_("agreed by"), max_length=80)
    channel = models.CharField(_("how"), max_length=10, choices=Channel, default=Channel.IN_PERSON)
    agreed_at = models.DateTimeField(_("agreed at"), default=timezone.now)
    logged_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("logged by"))

    class Meta:
        verbose_name = _("customer's consent")
        verbose_name_plural = _("customer's consents")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.get_subject_display()} · {self.agreed_by}"

    @property
    def shown_text(self):
        """Return what was agreed; a time is kept as ISO text and shown in local time."""
        if self.subject != self.Subject.TIME or not self.text:
            return self.text
        return f"{timezone.localtime(datetime.fromisoformat(self.text)):%Y-%m-%d %H:%M}"


class Agreed(models.Model):
    """What is done with the customer's consent only: signing the order, adding work, promising another time."""

    class Meta:
        abstract = True

    @transaction.atomic
    def sign(self, *, by, agreed_by, channel=Agreement.Channel.WRITING):
        """Note that the customer has signed the repair order, on paper or on the screen (S4-12); once."""
        if not self.can_edit_by(by):
            raise NotAllowed
        if not agreed_by:
            raise DomainError(_("Give the name of who signs."), code="consent_missing", field="agreed_by")
        if self.agreements.filter(subject=Agreement.Subject.ORDER).exists():
            raise Conflict(_("The order has been signed already."), code="signed")
        self.change_status(self.Status.IN_SHOP, self.Status.IN_SHOP)
        self.agreements.create(subject=Agreement.Subject.ORDER, agreed_by=agreed_by, channel=channel, amount=self.estimate_ceiling, logged_by=by)
        record("visit.signed", self, by=by, number=self.number, agreed_by=agreed_by)

    @transaction.atomic
    def add_work(self, work, *, by, agreed_by, channel=Agreement.Channel.IN_PERSON, amount=None, estimate_ceiling=None):
        """Add repair items the customer agreed to; without a new ceiling the amount raises the old one (S4-13)."""
        if not self.can_edit_by(by):
            raise NotAllowed
        for field, text in (("work", work), ("agreed_by", agreed_by)):
            if not text:
                raise DomainError(_("Say what is added and who agreed to it."), code="consent_missing", field=field)
        raised = self.estimate_ceiling + amount if amount and self.estimate_ceiling is not None else self.estimate_ceiling
        changes = {"work": f"{self.work}\n{work}".strip(), "estimate_ceiling": estimate_ceiling or raised}
        self.change_status(self.Status.IN_SHOP, self.Status.IN_SHOP, as_read={"work": self.work}, **changes)
        self.agreements.create(subject=Agreement.Subject.WORK, text=work, amount=amount, agreed_by=agreed_by, channel=channel, logged_by=by)
        ceiling = str(changes["estimate_ceiling"]) if estimate_ceiling or amount else ""
        record("visit.work_added", self, by=by, number=self.number, work=work, agreed_by=agreed_by, ceiling=ceiling)

    def note_acceptance(self, accepted_by, *, by):
        """Note who of the customer's side went through the work at the car, the advisor beside him (S4-15)."""
        if accepted_by:
            self.agreements.create(
                subject=Agreement.Subject.CAR, agreed_by=accepted_by, channel=Agreement.Channel.IN_PERSON, amount=self.total_amount, logged_by=by
            )

    @transaction.atomic
    def promise(self, promised_at, *, by, agreed_by="", channel=Agreement.Channel.PHONE, now=None):
        """Promise another time; it counts as kept only when the customer agreed before the old one ran out (S4-13)."""
        if not self.can_hand_over_by(by):
            raise NotAllowed
        if promised_at < (now or timezone.now()):
            raise DomainError(_("The promised time must not lie in the past."), code="promised_in_past", field="promised_at")
        if self.is_overdue(now):
            raise Conflict(_("The promised time has already passed; it stands as missed."), code="promise_missed")
        before = self.promised_at
        if before and not agreed_by:
            raise DomainError(_("Say who of the customer's side agreed to another time."), code="consent_missing", field="agreed_by")
        self.change_status(self.Status.IN_SHOP, self.Status.IN_SHOP, as_read={"promised_at": before}, promised_at=promised_at)
        if before:
            self.agreements.create(subject=Agreement.Subject.TIME, text=promised_at.isoformat(), agreed_by=agreed_by, channel=channel, logged_by=by)
        times = {"before": before and before.isoformat(), "promised_at": promised_at.isoformat()}
        record("visit.promised", self, by=by, number=self.number, agreed_by=agreed_by, **times)
