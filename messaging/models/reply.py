import re
import unicodedata
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.masking import mask_phone, mask_plate, may_reveal, open_customers
from customers.models import Customer, Phone
from customers.numbers import MOBILE, PLATE
from messaging.models.message import Message
from messaging.signals import reply_received
from stores.models import Store

LEASE = timedelta(minutes=15)
WORDS_KEPT = 200
# The whole reply is one of these, whatever its case, width and punctuation (domain rule 6.2); a longer text is read by a person.
OPT_OUTS = {"R", "T", "TD", "退订"}


def is_opt_out(text):
    letters = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))
    return letters.upper() in OPT_OUTS


def without_numbers(text):
    """Return the text with the phones and plates in it masked."""
    return PLATE.sub(lambda plate: mask_plate(plate[0]), MOBILE.sub(lambda phone: mask_phone(phone[0]), text))


class ReplyQuerySet(StoreScopedQuerySet):
    def waiting(self):
        return self.filter(status=Reply.Status.WAITING)

    def overdue(self, now):
        return self.waiting().filter(due_at__lt=now)

    def strangers(self):
        """Return what came from numbers of nobody on file."""
        return self.filter(customer=None)

    def by_customer(self):
        """Return a row per customer who waits: since when, until when and how many replies, the longest waiting first."""
        rows = self.waiting().order_by().values("customer")
        return rows.annotate(since=models.Min("received_at"), due=models.Min("due_at"), number=models.Count("pk")).order_by("since", "customer")

    def waiting_rows(self, found):
        """Return ``[(what by_customer found, the newest waiting reply, who holds it)]``, read in one query."""
        replies = (
            self.waiting()
            .filter(customer__in=[row["customer"] for row in found])
            .select_related("store", "customer", "claimed_by")
            .order_by("received_at", "pk")
        )
        newest, holders, now = {}, {}, timezone.now()
        for reply in replies:
            newest[reply.customer_id] = reply
            if reply.claimed_by and reply.lease_until >= now:
                holders[reply.customer_id] = reply.claimed_by
        return [(row, newest[row["customer"]], holders.get(row["customer"])) for row in found if row["customer"] in newest]

    def held(self, now):
        return self.waiting().filter(claimed_by__isnull=False, lease_until__gte=now)


class Reply(models.Model):
    """What somebody has written to us. Waiting replies of a customer are claimed and answered together: see ``messaging.conversation``."""

    view_permission = "messaging.view"

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")
        SETTLED = "settled", _("Needs no answer")
        OPTED_OUT = "opted_out", _("Opted out")
        UNMATCHED = "unmatched", _("Not matched")

    # Empty where nobody can tell which store was meant; such a row is seen by people of the whole group.
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("store"))
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("customer"))
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("message"))
    phone = models.CharField(_("phone"), max_length=20)
    body = models.TextField(_("text"), max_length=1000)
    # The provider's id of it, so that one delivered twice is one; empty where there is none.
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING, editable=False)
    due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("held by"), db_index=False)
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    answer = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="answered", verbose_name=_("answer"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by"), db_index=False)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "customer", "received_at"], condition=models.Q(status="waiting"), name="reply_waiting"),
            models.Index(fields=["customer", "received_at"], name="reply_of_customer"),
            models.Index(fields=["store", "-received_at"], condition=models.Q(customer__isnull=True), name="reply_of_stranger"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["external_id"], condition=~models.Q(external_id=""), name="reply_once"),
            models.CheckConstraint(condition=models.Q(customer__isnull=False) | ~models.Q(status="waiting"), name="reply_waiting_of_somebody"),
        ]

    def __str__(self):
        return f"{self.customer or mask_phone(self.phone)} {self.received_at:%Y-%m-%d %H:%M}"

    def can_answer_by(self, user):
        return user.may("messaging.answer", self.store_id)

    def is_open_to(self, user):
        """The number of a stranger is open to who finds out whose it is."""
        return self.customer_id in open_customers(user) if self.customer_id else self.can_answer_by(user)

    def body_for(self, user):
        """Return the text as ``user`` may see it: without the right to reveal, phones and plates are masked in it too."""
        return self.body if may_reveal(user, self.store_id) else without_numbers(self.body)

    def record(self, code, *, by=None, **particulars):
        record(code, self, by=by, **particulars)

    def record_received(self, *, by=None):
        """Put the words on the timeline, whoever reads it, and tell the apps above."""
        code = "reply.opted_out" if self.status == self.Status.OPTED_OUT else "reply.received"
        self.record(code, by=by, words=without_numbers(self.body)[:WORDS_KEPT])
        reply_received.send(sender=Reply, reply=self)

    @transaction.atomic
    def match(self, customer, *, due_at, by):
        """Say whose number it was: the reply waits for an answer like any other."""
        self.refuse_stranger(by)
        if not customer or not by.may("messaging.answer", customer.store_id):
            raise NotAllowed
        self.change_status(self.Status.UNMATCHED, self.Status.WAITING, customer=customer, store=customer.store, due_at=due_at)
        self.keep_number(by)
        self.record("reply.matched", by=by)
        self.record_received(by=by)

    def keep_number(self, by):
        """Write the number down beside those on file, so that what comes from it is known from now on."""
        known = {self.customer.phone, *self.customer.phones.values_list("phone", flat=True)}
        if MOBILE.fullmatch(self.phone) and self.phone not in known and self.customer.can_edit_by(by):
            Phone(customer=self.customer, phone=self.phone).add(by=by)

    @transaction.atomic
    def dismiss(self, *, by):
        """Leave what a stranger wrote as it is: nothing follows."""
        self.refuse_stranger(by)
        self.change_status(self.Status.UNMATCHED, self.Status.SETTLED, closed_at=timezone.now(), closed_by=by)
        self.record("reply.settled", by=by)

    def refuse_stranger(self, by):
        if not self.can_answer_by(by):
            raise NotAllowed

    def change_status(self, old, new, **changes):
        """Change the row if it still is as it was."""
        if not Reply.objects.filter(pk=self.pk, status=old).update(status=new, **changes):
            raise Conflict(_("Somebody else has dealt with this reply."))
        self.status = new
        for name, value in changes.items():
            setattr(self, name, value)
