"""May this message go out now? Asked in the transaction that takes it, whatever was true when it was planned (T62, T63, T64)."""

from datetime import datetime, time, timedelta
from enum import Enum

from customers.models import Channel, Consent, Purpose
from customers.numbers import MOBILE
from messaging import reach
from messaging.ledger import contacts
from messaging.models.cap import ContactCap
from messaging.models.optout import OptOut
from messaging.models.template import MessageTemplate
from messaging.occasions import occasion_problem
from messaging.reasons import Reason
from messaging.signals import hindrance_asked

Category = MessageTemplate.Category
# Local time of the store in which messages may arrive (domain rule 6.2); the last minute is still allowed.
WINDOWS = {
    Category.NOTICE: (time(8, 0), time(21, 0)),
    Category.CARE: (time(8, 30), time(20, 30)),
    Category.PROMOTION: (time(8, 30), time(20, 30)),
}
PROMOTION_CAPS = [(timedelta(days=7), 1), (timedelta(days=30), 4)]


class Step(Enum):
    SEND = "send"
    POSTPONE = "postpone"
    CANCEL = "cancel"
    EXPIRE = "expire"


def verdict(message, same_phone, now):
    """Return ``(step, reason, until)``; ``same_phone`` are the customer's records that share the phone."""
    if now >= message.expires_at:
        return Step.EXPIRE, message.reason or Reason.TOO_LATE, None
    reason = why_never(message)
    if reason:
        return Step.CANCEL, reason, None
    reason, until = why_later(message, same_phone, now)
    if until is None:
        return Step.SEND, "", None
    return (Step.POSTPONE if until < message.expires_at else Step.EXPIRE), reason, until


def why_never(message):
    customer, category = message.customer, message.template.category
    if not message.body:
        return Reason.MISSING_VALUE
    if customer.restricted_at:
        return Reason.RESTRICTED
    reason = why_unreachable(customer)
    if reason:
        return reason
    # A notice belongs to a contract that runs; everything else needs the customer's word (domain rule 6.1).
    if category != Category.NOTICE:
        if customer.do_not_call_at:
            return Reason.DO_NOT_CONTACT
        if not all(Consent.objects.allows(customer, purpose, reach.medium()) for purpose in purposes_of(message.template)):
            return Reason.NO_CONSENT
        if category == Category.PROMOTION and OptOut.objects.stands_for(customer):
            return Reason.OPTED_OUT
    if message.vehicle and (message.vehicle.customer_id != customer.pk or message.vehicle.owner_left_on):
        return Reason.OWNER_CHANGED
    return (occasion_problem(message) if message.rule else "") or hindrance(message)


def why_unreachable(customer):
    address = reach.address_of(customer)
    if reach.medium() != Channel.SMS:
        if not address:
            return Reason.NO_ADDRESS
    elif not MOBILE.fullmatch(address):
        return Reason.NO_MOBILE
    elif customer.phone_doubtful_at:
        return Reason.PHONE_DOUBTFUL
    return "" if reach.is_allowed(address) else Reason.NOT_ALLOWED


def purposes_of(template):
    """Return what the customer must have agreed to: a promotion is marketing whatever its text is kept for."""
    return {template.purpose} | ({Purpose.MARKETING} if template.category == Category.PROMOTION else set())


def hindrance(message):
    """Ask the apps above: a greeting in the middle of a complaint adds insult to injury, a notice still belongs to its contract."""
    if message.template.category == Category.NOTICE:
        return ""
    return next((reason for _receiver, reason in hindrance_asked.send(sender=type(message), message=message) if reason), "")


def why_later(message, same_phone, now):
    """Return the reason and the instant to wait for; caps first, as a wait for tomorrow ends inside the window."""
    reason, until = cap(message, same_phone, now)
    if until is None:
        reason, until = contact_cap(message, same_phone, now)
    opening = next_opening(message, until or now)
    if opening is None:
        return reason, until
    return reason or Reason.QUIET_HOURS, opening


def cap(message, same_phone, now):
    category = message.template.category
    earlier = type(message).objects.filter(customer__in=same_phone, template__category=category).exclude(pk=message.pk)
    if category == Category.CARE:
        today = message.store.local(now).date()
        if earlier.gone_out(local_time(message.store, today, time(0))).exists():
            return Reason.CARE_TODAY, local_time(message.store, today + timedelta(days=1), WINDOWS[category][0])
    if category == Category.PROMOTION:
        for period, most in PROMOTION_CAPS:
            gone = sorted(one.sent_at or one.lease_until for one in earlier.gone_out(now - period))
            if len(gone) >= most:
                return Reason.PROMOTION_CAP, gone[-most] + period
    return "", None


def contact_cap(message, same_phone, now):
    """Let the message wait while the person has had as many contacts of any kind as the group allows (ME4)."""
    waits = []
    caps = list(ContactCap.objects.valid(message.store.today(now)).filter(category=message.template.category))
    had = contacts(message, same_phone, now - max(each.period for each in caps)) if caps else []
    for each in caps:
        recent = [contact.at for contact in had if contact.at > now - each.period]
        if len(recent) >= each.most:
            waits.append(recent[-each.most] + each.period)
    return (Reason.CONTACT_CAP, max(waits)) if waits else ("", None)


def next_opening(message, moment):
    """Return the next opening of the window, None while it is open."""
    opens, closes = WINDOWS[message.template.category]
    local = message.store.local(moment)
    if opens <= local.time() <= closes:
        return None
    return local_time(message.store, local.date() + timedelta(days=local.time() > closes), opens)


def local_time(store, day, clock):
    return datetime.combine(day, clock, store.zone)
