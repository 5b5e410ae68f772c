from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.models.customer import Customer
from customers.models.restriction import Hold
from notifications.services import notify
from stores import calendar
from stores.models import Store

# The law says "in time" (PIPL Art. 50); this is the strictest number public rules name.
WORKING_DAYS = 15


class RightsRequestQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(status=RightsRequest.Status.OPEN)

    def for_list(self):
        """Load what the list shows, the first due first, what is decided after it."""
        is_open = models.Case(models.When(status=RightsRequest.Status.OPEN, then=0), default=1)
        return self.select_related("store", "customer", "decided_by").order_by(is_open, "due_at", "-pk")


class RightsRequest(models.Model):
    """Somebody asks to see, to take along or to have erased what the store holds of a person (PIPL Art. 44 to 50)."""

    view_permission = "customers.answer_rights"

    class Kind(models.TextChoices):
        ACCESS = "access", _("See what is held")
        EXPORT = "export", _("Copy to take along")
        ERASURE = "erasure", _("Erasure")

    class Asker(models.TextChoices):
        SELF = "self", _("The person")
        AGENT = "agent", _("Somebody with a power of attorney")
        RELATIVE = "relative", _("Close relative of a deceased person")

    class Status(models.TextChoices):
        OPEN = "open", _("To be decided")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    class Outcome(models.TextChoices):
        FILE = "file", _("Workbook ready")
        ERASED = "erased", _("Erased")
        RESTRICTED = "restricted", _("Restricted")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="rights_requests", verbose_name=_("customer"))
    kind = models.CharField(_("what is asked for"), max_length=7, choices=Kind)
    asker = models.CharField(_("who asks"), max_length=8, choices=Asker, default=Asker.SELF)
    asked_by = models.CharField(_("name of who asks"), max_length=80)
    identity = models.CharField(_("how the identity was checked"), max_length=200)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), editable=False)
    due_steps = models.JSONField(default=list, editable=False)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, editable=False, verbose_name=_("taken by"))
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.OPEN, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True, editable=False)
    # For a restriction: what holds the record, each with its last day.
    holds = models.JSONField(_("kept for"), default=list, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False, verbose_name=_("decided by")
    )

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("rights request")
        verbose_name_plural = _("rights requests")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["store", "due_at"], name="rights_request_open", condition=Q(status="open"))]
        constraints = [models.CheckConstraint(condition=Q(status="open") | ~Q(reason=""), name="rights_request_with_reason")]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.customer}"

    def get_absolute_url(self):
        return reverse("customers:rightsrequest_detail", args=[self.pk])

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    @property
    def has_workbook(self):
        return self.outcome == self.Outcome.FILE and self.customer.erased_at is None

    @property
    def held(self):
        """Return the holds of a restriction as they were when it was decided."""
        return [Hold(code, date.fromisoformat(until)) for code, until in self.holds]

    @property
    def due_words(self):
        return calendar.explain(self.due_steps)

    def can_answer_by(self, user):
        return user.may("customers.answer_rights", self.store_id)

    @transaction.atomic
    def ask(self, *, by):
        """Take the request in; whoever answers it is told, and the time starts."""
        if not by.may("customers.edit", self.store_id):
            raise NotAllowed
        if RightsRequest.objects.open().filter(customer=self.customer_id, kind=self.kind).exists():
            raise Conflict(_("Such a request of this person is open already."), code="asked_already")
        due = calendar.deadline(self.store, self.asked_at, WORKING_DAYS, calendar.Unit.WORKING_DAYS)
        self.due_at, self.due_steps, self.taken_by = due.at, due.steps, by
        self.save()
        event = record("rights_request.asked", self, by=by, kind=self.kind, due_at=self.due_at.isoformat())
        answerers = User.objects.with_roles([Role.CARE_MANAGER, Role.STORE_MANAGER], self.store)
        notify(answerers, "rights_request.asked", event, kind=self.kind, due_at=self.due_at.isoformat())
        return self

    @transaction.atomic
    def refuse(self, reason, *, by):
        """Say no; the law wants the reason told (PIPL Art. 50)."""
        self.settle(self.Status.REFUSED, reason, by=by)

    def settle(self, status, reason, *, by, **outcome):
        """Decide an open request once, with a reason."""
        self.refuse_stranger(by)
        if not reason.strip():
            raise DomainError(_("Give the reason."), code="reason_missing", field="reason")
        changes = {"status": status, "reason": reason.strip(), "decided_at": timezone.now(), "decided_by": by, **outcome}
        if not RightsRequest.objects.open().filter(pk=self.pk).update(**changes):
            raise self.decided()
        for name, value in changes.items():
            setattr(self, name, value)
        record(f"rights_request.{status}", self, by=by, kind=self.kind, outcome=self.outcome)

    def fetch(self, *, by):
        """Keep that the workbook was handed out."""
        self.refuse_stranger(by)
        record("rights_request.fetched", self, by=by)

    def refuse_stranger(self, by):
        if not self.can_answer_by(by):
            raise NotAllowed

    def check_open(self):
        if not RightsRequest.objects.open().filter(pk=self.pk).exists():
            raise self.decided()

    @staticmethod
    def decided():
        return Conflict(_("This request has been decided on already."), code="decided_already")
