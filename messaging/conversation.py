"""One conversation per customer: what we sent, what they wrote. Who answers takes it first, so that nobody is answered twice."""

from datetime import timedelta
from heapq import nlargest

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.errors import Conflict, DomainError, NotAllowed
from customers.models import Customer
from messaging.models import ANSWER, Message, MessageTemplate, Reply
from messaging.models.reply import LEASE
from messaging.services import plan

SHOWN = 60
# So long after the customer's last word what an agent writes is an answer and no message out of the blue.
ANSWERABLE = timedelta(days=7)
Status = Reply.Status


class Conversation:
    def __init__(self, customer, now=None):
        self.customer, self.now = customer, now or timezone.now()
        self.read()

    def read(self):
        everything = Reply.objects.filter(customer=self.customer).select_related("claimed_by", "closed_by")
        self.replies = list(everything[:SHOWN])
        self.waiting = list(everything.waiting().order_by("received_at", "pk"))

    @property
    def holder(self):
        """Return the reply by which somebody holds the conversation, None while nobody does."""
        return next((reply for reply in self.waiting if reply.claimed_by_id and reply.lease_until >= self.now), None)

    @property
    def last_answer(self):
        """Return the number of the newest answer, 0 where there is none."""
        return Message.objects.filter(customer=self.customer, template__code=ANSWER).order_by("-pk").values_list("pk", flat=True).first() or 0

    @property
    def is_answerable(self):
        """Who has opted out gets no answer, unless something else of theirs waits."""
        last = self.replies[0] if self.replies else None
        return bool(self.waiting) or (last is not None and last.status != Status.OPTED_OUT and last.received_at > self.now - ANSWERABLE)

    @property
    def lines(self):
        """Return the newest messages and replies as ``(moment, message or None, reply or None)``, oldest first."""
        messages = Message.objects.filter(customer=self.customer).select_related("store", "customer", "vehicle", "template").order_by("-due_at", "-pk")
        lines = [(message.sent_at or message.due_at, message, None) for message in messages[:SHOWN]]
        lines += [(reply.received_at, None, reply) for reply in self.replies]
        return nlargest(SHOWN, lines, key=lambda line: line[0])[::-1]

    # What agents do. Each begins by locking the customer and reading anew what waits.

    @transaction.atomic
    def claim(self, *, by):
        """Take it for the length of a lease; of two at once the second is told who has it."""
        self.lock(by)
        if not self.waiting:
            raise Conflict(_("Nothing waits for an answer any more."), code="nothing_waits")
        if self.holder is None:
            self.waiting[-1].record("reply.claimed", by=by)
        self.change(claimed_by=by, lease_until=self.now + LEASE)

    @transaction.atomic
    def release(self, *, by):
        """Put it back unanswered."""
        self.lock(by)
        if self.holder is None:
            raise Conflict(_("You do not hold this conversation any more."), code="not_held")
        self.change(claimed_by=None, lease_until=None)
        self.waiting[-1].record("reply.released", by=by)

    @transaction.atomic
    def answer(self, text, *, by, token, seen=None):
        """Answer through the outbox and its gate; sent twice with the same ``token`` it is one answer (T38).

        ``seen`` is the number of the last answer the agent has seen, 0 for none: a later one of a colleague is not answered over.
        """
        self.lock(by)
        answers = Message.objects.filter(customer=self.customer, template__code=ANSWER)
        earlier = answers.filter(key__contains=f":{token}:").first()
        if earlier:
            return earlier
        if seen is not None and seen != self.last_answer:
            raise Conflict(_("A colleague has answered this customer meanwhile; read it before you write."), code="answered_meanwhile")
        if not self.is_answerable:
            raise Conflict(_("The customer has not written for a week: there is nothing to answer."), code="nothing_to_answer")
        template = MessageTemplate.objects.filter(code=ANSWER).first()
        if template is None:
            raise DomainError(_("The text for answers is missing."), code="template_missing")
        words = {ANSWER: text.strip()}
        message = plan(template, self.customer, subject=self.customer, occurrence=token, due_at=self.now, words=words)
        self.replies[0].record("reply.answered", by=by, message=message.pk)
        self.close(Status.ANSWERED, by, answer=message)
        return message

    @transaction.atomic
    def settle(self, *, by):
        """Close what waits without an answer: a thank-you needs none."""
        self.lock(by)
        if not self.waiting:
            raise Conflict(_("Nothing waits for an answer any more."), code="nothing_waits")
        self.waiting[-1].record("reply.settled", by=by)
        self.close(Status.SETTLED, by)

    def lock(self, by):
        if not by.may("messaging.answer", self.customer.store_id):
            raise NotAllowed
        Customer.objects.select_for_update().get(pk=self.customer.pk)
        self.read()
        holder = self.holder
        if holder and holder.claimed_by != by:
            until = date_format(self.customer.store.local(holder.lease_until), "H:i")
            message = _("%(name)s answers this customer, until %(until)s at least.") % {"name": holder.claimed_by, "until": until}
            raise Conflict(message, code="held_by_other")

    def close(self, status, by, **changes):
        self.change(status=status, closed_at=self.now, closed_by=by, claimed_by=None, lease_until=None, **changes)

    def change(self, **changes):
        Reply.objects.waiting().filter(pk__in=[reply.pk for reply in self.waiting]).update(**changes)
