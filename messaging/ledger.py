"""Every contact with a person, whichever way it went: one ledger of messages, calls and surveys (ME4).

It is read off the rows that are there anyway, so that it cannot disagree with them. What belongs to a contract that runs, or what
the customer has asked for, is no contact: notices, verification calls, answers.
"""

from dataclasses import dataclass
from datetime import datetime

from customers.models import Channel
from messaging.models.template import MessageTemplate
from messaging.signals import contacts_asked


@dataclass(frozen=True, order=True)
class Contact:
    at: datetime
    channel: str
    purpose: str


def contacts(message, same_phone, since):
    """Return the contacts with the person behind ``same_phone`` since then, the message itself left out, oldest first."""
    gone = type(message).objects.filter(customer__in=same_phone).exclude(template__category=MessageTemplate.Category.NOTICE).exclude(pk=message.pk)
    found = [Contact(one.sent_at or one.lease_until, Channel.SMS, one.template.purpose) for one in gone.gone_out(since).select_related("template")]
    for _receiver, others in contacts_asked.send(sender=type(message), customer_ids=[customer.pk for customer in same_phone], since=since):
        found += others
    return sorted(found)
