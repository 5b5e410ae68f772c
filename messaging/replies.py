"""What people write to us: whose word it is, whether it is an opt-out, and until when it wants an answer."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from common.errors import DomainError
from customers.models import Channel, Customer, Phone, Purpose
from customers.numbers import normal_phone, plain
from messaging.models import Message, MessageTemplate, OptOut, Reason, Reply, is_opt_out
from stores.calendar import Unit, deadline
from stores.models import Store

ANSWER_HOURS = 2
REACHED = [Message.Status.SENT, Message.Status.DELIVERED, Message.Status.UNCERTAIN, Message.Status.SENDING]
Status = Reply.Status


@transaction.atomic
def receive(phone, body, *, received_at=None, external_id="", store=None):
    """Take in what somebody has written, once per ``external_id``; return the reply.

    1. Find whose number it is, in ``store`` where the channel knows it.
    2. An opt-out closes what it refuses at once and waits for nobody.
    3. Everything else waits for an answer; what a stranger writes waits to be matched.
    """
    phone, received_at = readable(phone), received_at or timezone.now()
    people = people_with(phone, store)
    message = newest_message(people)
    customer = whose(people, message)
    store = customer.store if customer else store or only_store()
    said = {"store": store, "customer": customer, "message": message, "phone": phone, "body": body.strip(), "received_at": received_at}
    said |= first_status(body, customer, received_at)
    reply, is_new = Reply.objects.get_or_create(external_id=external_id, defaults=said) if external_id else (Reply.objects.create(**said), True)
    if not is_new:
        return reply
    if reply.status == Status.OPTED_OUT:
        opt_out(phone, received_at, message, body)
    if customer:
        reply.record_received()
    return reply


def first_status(body, customer, moment):
    if is_opt_out(body):
        return {"status": Status.OPTED_OUT}
    return {"status": Status.WAITING, "due_at": answer_due(customer.store, moment)} if customer else {"status": Status.UNMATCHED}


def readable(phone):
    """Return the number as the archive writes it; what is none, such as a service number, stays as it came."""
    try:
        return normal_phone(phone)
    except DomainError:
        return plain(phone)[:20]


def people_with(phone, store=None):
    """Return the locked records with this number, so that a claim or a merge does not come in between.

    The preferred number of a customer, another one on file, and the one we wrote to while it was the preferred one.
    """
    if not phone:
        return []
    stores = [store] if store else list(Store.objects.all())
    beside = set(Phone.objects.filter(phone=phone).values_list("customer", flat=True))
    written_to = set(Message.objects.filter(store__in=stores, phone=phone, status__in=REACHED).values_list("customer", flat=True))
    # By store, as the index is; the number alone would read all customers.
    found = Customer.objects.filter(Q(phone=phone) | Q(pk__in=beside | written_to), store__in=stores)
    return list(found.prefetch_related("store").select_for_update().order_by("pk"))


def newest_message(people):
    # What is under way has no time of sending yet.
    moment = Coalesce("sent_at", "lease_until").desc(nulls_last=True)
    return Message.objects.filter(customer__in=people, status__in=REACHED).select_related("template").order_by(moment, "-pk").first()


def whose(people, message):
    """Return who writes: whom we wrote to last, else the one person with this number; the same number in two stores tells nothing."""
    if message is not None:
        return next(customer for customer in people if customer.pk == message.customer_id)
    return people[0] if people and len({customer.store_id for customer in people}) == 1 else None


def only_store():
    """Return the store of a dealer who has just one."""
    stores = list(Store.objects.all()[:2])
    return stores[0] if len(stores) == 1 else None


def answer_due(store, moment):
    """Return until when an answer is due, in business hours of the store; by the clock where it has none."""
    try:
        return deadline(store, moment, ANSWER_HOURS, Unit.BUSINESS_HOURS).at
    except DomainError:
        return moment + timedelta(hours=ANSWER_HOURS)


def opt_out(phone, moment, message, body):
    """Close all promotions to this number at once, and what the message it answers was sent for (domain rule 6.2, ME5)."""
    OptOut.objects.update_or_create(phone=phone, defaults={"said_at": moment})
    refused = {(Purpose.MARKETING, channel) for channel in Channel}
    if message and message.template.category != MessageTemplate.Category.NOTICE:
        refused.add((message.template.purpose, Channel.SMS))
    # Whichever record and store the number stands on: it is one person's word.
    people = people_with(phone)
    for customer in people:
        for purpose, channel in sorted(refused):
            customer.set_consent(purpose, channel, False, source="reply", evidence=body.strip()[:200])
    stop_planned(people, refused)


def stop_planned(people, refused):
    """Stop what is planned already and would not go out any more."""
    by_sms = {purpose for purpose, channel in refused if channel == Channel.SMS}
    planned = Message.objects.for_list().filter(customer__in=people, status=Message.Status.PLANNED)
    for message in planned.exclude(template__category=MessageTemplate.Category.NOTICE):
        if message.template.category == MessageTemplate.Category.PROMOTION or message.template.purpose in by_sms:
            message.end(Message.Status.CANCELLED, Reason.OPTED_OUT)


def match(reply, customer, *, by):
    """Say whose number it was."""
    reply.match(customer, due_at=answer_due(customer.store, reply.received_at), by=by)
