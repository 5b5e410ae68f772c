import random
from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.services import record
from common.errors import Conflict, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.masking import mask_plate, may_reveal
from customers.models import Customer, Vehicle
from messaging.gate import Step, verdict
from messaging.models.receipt import Receipt
from messaging.models.rule import ReminderRule
from messaging.models.stop import ChannelStop
from messaging.models.template import MessageTemplate
from messaging.reasons import CAPS, Reason
from stores.models import Store

LEASE = timedelta(seconds=120)
# How long to wait after each try the channel could not take; after the last one the message has failed.
PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1)]


class MessageQuerySet(StoreScopedQuerySet):
    def due(self, now):
        return self.filter(status=Message.Status.PLANNED, due_at__lte=now).order_by("due_at", "pk")

    def abandoned(self, now):
        """Return the messages whose sender let the lease run out: it died, or the channel never answered."""
        return self.filter(status=Message.Status.SENDING, lease_until__lt=now).order_by("lease_until", "pk")

    def about(self, subject):
        return self.filter(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)

    def for_list(self):
        return self.select_related("store", "customer", "vehicle", "template", "rule")

    def gone_out(self, since):
        """Return the messages that have reached the customer since then, or may have."""
        sent = models.Q(status__in=[Message.Status.SENT, Message.Status.DELIVERED], sent_at__gt=since)
        return self.filter(sent | models.Q(status__in=[Message.Status.SENDING, Message.Status.UNCERTAIN], lease_until__gt=since))


class Message(models.Model):
    """One message to one customer: a row of the outbox. ``key`` makes planning it twice impossible."""

    view_permission = "messaging.view"

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", pgettext_lazy("message", "Delivered")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        UNCERTAIN = "uncertain", _("Uncertain")
        FAILED = "failed", _("Failed")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="messages", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("vehicle"))
    template = models.ForeignKey(MessageTemplate, models.PROTECT, related_name="messages", verbose_name=_("template"))
    rule = models.ForeignKey(ReminderRule, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reminder rule"))
    occurs_on = models.DateField(_("day it is about"), null=True, blank=True)
    key = models.CharField(max_length=120, unique=True, help_text="purpose:subject:occurrence:template:channel")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    subject_id = models.BigIntegerField(null=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    body = models.TextField(_("text"), blank=True)
    parameters = models.JSONField(default=list, blank=True, help_text="pairs of name and value, in the order of the text")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED, editable=False)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("expires"))
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reason = models.CharField(_("reason"), max_length=40, choices=Reason, blank=True)
    channel = models.CharField(_("channel"), max_length=80, blank=True, editable=False)
    provider_ref = models.CharField(_("number at the provider"), max_length=80, blank=True, editable=False)
    answer = models.CharField(_("the provider's answer"), max_length=120, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        ordering = ["-due_at", "-pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(status="planned"), name="message_due"),
            models.Index(fields=["lease_until"], condition=models.Q(status="sending"), name="message_sending"),
            models.Index(fields=["customer", "sent_at"], name="message_of_customer"),
            models.Index(fields=["provider_ref"], condition=~models.Q(provider_ref=""), name="message_at_provider"),
            models.Index(fields=["store", "-due_at", "-id"], name="message_newest"),
        ]

    def __str__(self):
        return f"{self.template} → {self.customer}"

    @property
    def parts(self):
        """Return how many SMS the text takes: up to 70 characters are one, longer ones are cut by 67."""
        return 1 if len(self.body) <= 70 else -(-len(self.body) // 67)

    def body_for(self, user):
        """Return the text as ``user`` may see it: without the right to reveal, the plate is masked in it too."""
        plate = self.vehicle.plate if self.vehicle else ""
        if not plate or may_reveal(user, self.store_id):
            return self.body
        return self.body.replace(plate, mask_plate(plate))

    def can_decide_by(self, user):
        return user.may("messaging.configure", self.store_id)

    # What the sender does, in this order; see messaging/outbox.py.

    @transaction.atomic(durable=True)
    def begin(self, now):
        """Take the message for one try, if it may go out now; else postpone or end it and say why.

        The rows of everybody with this phone are locked, so that two senders cannot both find today's first message free.
        """
        if ChannelStop.objects.holds(settings.MESSAGE_CHANNEL):
            return False
        same_phone = self.lock_people()
        step, reason, until = verdict(self, same_phone, now) if same_phone else (None, "", None)
        match step:
            case Step.CANCEL:
                self.end(self.Status.CANCELLED, reason)
            case Step.EXPIRE:
                self.end(self.Status.EXPIRED, reason)
            case Step.POSTPONE:
                self.postpone(until, reason)
            case Step.SEND:
                self.read_words()
                lease = {"lease_until": now + LEASE, "attempts": self.attempts + 1, "phone": self.customer.phone, "reason": ""}
                lease |= {"channel": settings.MESSAGE_CHANNEL, "provider_ref": "", "answer": ""}
                return self.change_status(self.Status.PLANNED, self.Status.SENDING, **lease)
        return False

    def read_words(self):
        """Read the text as it is now: it may have been reworded since this copy was read; nobody changes it before this try is committed."""
        words = Message.objects.select_for_update(of=("self",)).filter(pk=self.pk).values("body", "parameters", "expires_at", "occurs_on").first()
        for name, value in (words or {}).items():
            setattr(self, name, value)

    def postpone(self, until, reason):
        """Wait, and say on the timeline when the customer has had enough for now (ME4)."""
        if self.change_status(self.Status.PLANNED, self.Status.PLANNED, due_at=until, reason=reason) and reason in CAPS:
            self.record("message.postponed", reason=reason, until=until.isoformat())

    def lock_people(self):
        """Return the locked records that share the customer's phone, none when that phone changes right now."""
        phone, everybody = self.customer.phone, Customer.everyone.standing().filter(store=self.store_id)
        people = everybody.filter(phone=phone) if phone else everybody.filter(pk=self.customer_id)
        same_phone = list(people.select_for_update().order_by("pk"))
        self.customer = next((one for one in same_phone if one.pk == self.customer_id), None) or self.customer
        return same_phone if self.customer in same_phone else []

    @transaction.atomic
    def finish(self, now, provider_ref=""):
        """Write down that the channel has taken this try; a later try has the word instead of an older one."""
        if self.change_status(self.Status.SENDING, self.Status.SENT, sent_at=now, provider_ref=provider_ref):
            self.record("message.sent")

    @transaction.atomic
    def retry(self, now, reason, answer=""):
        """Plan the next try after a pause, or give up after the last."""
        if self.attempts > len(PAUSES):
            return self.fail(reason, answer)
        pause = PAUSES[self.attempts - 1]
        due_at = now + pause * random.uniform(0.8, 1.2)
        return self.change_status(self.Status.SENDING, self.Status.PLANNED, due_at=due_at, lease_until=None, reason=reason, answer=answer)

    def wait(self, now, answer):
        """Go back to the queue until the channel is opened again: this try is nobody's fault (T70)."""
        changes = {"due_at": now, "lease_until": None, "reason": Reason.CHANNEL_STOPPED, "answer": answer}
        return self.change_status(self.Status.SENDING, self.Status.PLANNED, **changes)

    @transaction.atomic
    def fail(self, reason, answer=""):
        if self.change_status(self.Status.SENDING, self.Status.FAILED, reason=reason, answer=answer):
            self.record("message.failed", reason=reason)
            self.ask_again()

    @transaction.atomic
    def doubt(self):
        """Leave it to a person: the customer may have it, so it is never sent again by itself (T49)."""
        if self.change_status(self.Status.SENDING, self.Status.UNCERTAIN, reason=Reason.NO_ANSWER):
            self.record("message.doubted")

    # What the provider reports.

    @transaction.atomic
    def take_receipt(self, receipt, now):
        """Follow a report: "delivered" settles everything for good, "failed" ends only the try it is about (T68).

        While a later try is under way nobody knows yet which one a "failed" means: it waits until that try has its number.
        """
        is_failed = receipt.state != Receipt.State.DELIVERED
        if is_failed and self.status == self.Status.SENDING and self.attempts > 1 and not self.provider_ref:
            return
        receipt.message = self
        receipt.save(update_fields=["message"])
        if not is_failed:
            self.deliver(now, receipt.answer)
        elif self.is_about_this_try(receipt) and self.status in (self.Status.SENDING, self.Status.SENT, self.Status.UNCERTAIN):
            self.miss(receipt.answer)

    def is_about_this_try(self, receipt):
        return self.provider_ref == receipt.provider_ref or (not self.provider_ref and self.attempts == 1)

    def deliver(self, now, answer):
        """The customer has it, whatever we thought before: no further try, no doubt left."""
        known = {"sent_at": self.sent_at or now, "delivered_at": now, "reason": "", "answer": answer}
        if self.status != self.Status.DELIVERED and self.change_status(self.status, self.Status.DELIVERED, **known):
            self.record("message.delivered")

    def miss(self, answer):
        if self.change_status(self.status, self.Status.FAILED, reason=Reason.UNDELIVERED, answer=answer):
            self.record("message.failed", reason=Reason.UNDELIVERED)
            self.ask_again()

    # What people decide.

    @transaction.atomic
    def cancel(self, *, by):
        """Stop a planned message."""
        self.refuse_stranger(by)
        if not self.end(self.Status.CANCELLED, Reason.STOPPED, by=by):
            raise Conflict(_("This message is no longer planned."))

    @transaction.atomic
    def confirm(self, *, by, now=None):
        """Settle a doubt: the customer has it."""
        self.refuse_stranger(by)
        if not self.change_status(self.Status.UNCERTAIN, self.Status.SENT, sent_at=now or timezone.now(), reason=""):
            raise Conflict(_("This message is no longer uncertain."))
        self.record("message.sent", by=by)

    @transaction.atomic
    def resend(self, *, by, now=None):
        """Settle a doubt or a failure the other way: the customer does not have it, plan it once more."""
        self.refuse_stranger(by)
        now = now or timezone.now()
        again = {"due_at": now, "expires_at": max(self.expires_at, now + timedelta(days=1)), "lease_until": None, "reason": ""}
        if self.status not in (self.Status.UNCERTAIN, self.Status.FAILED) or not self.change_status(self.status, self.Status.PLANNED, **again):
            raise Conflict(_("This message is neither uncertain nor failed."))
        # What it answers no longer waits for another answer.
        self.answered.filter(status="waiting").update(status="answered", closed_at=now, closed_by=by, claimed_by=None, lease_until=None)
        self.record("message.resent", by=by)

    def refuse_stranger(self, by):
        if not self.can_decide_by(by):
            raise NotAllowed

    def end(self, status, reason, *, by=None):
        if not self.change_status(self.Status.PLANNED, status, reason=reason):
            return False
        self.record(f"message.{status}", by=by, reason=reason)
        self.ask_again()
        return True

    def ask_again(self):
        """The customer does not get it: the replies it answered wait again, unless it is sent once more."""
        self.answered.filter(status="answered").update(status="waiting", closed_at=None, closed_by=None)

    @property
    def particulars(self):
        """Return what every event of the message keeps; the names go along, so that a timeline costs no query per line."""
        return {"template": self.template.code, "name_en": self.template.name_en, "name_zh": self.template.name_zh}

    def record(self, code, *, by=None, **particulars):
        record(code, self, by=by, **self.particulars, **particulars)

    def change_status(self, old, new, **changes):
        """Change the row if nobody else has since this copy of it was read; tell whether it worked."""
        mine = Message.objects.filter(pk=self.pk, status=old, attempts=self.attempts)
        if not mine.update(status=new, **changes):
            return False
        self.status = new
        for name, value in changes.items():
            setattr(self, name, value)
        return True
