from datetime import timedelta

from customers.models import Channel, Consent, Purpose
from messaging.models import Message
from tests.factories import NOW, numbers


def agree(customer, purpose=Purpose.REMINDER, *, is_granted=True, at=NOW - timedelta(days=90)):
    Consent.objects.create(store=customer.store, customer=customer, purpose=purpose, channel=Channel.SMS, is_granted=is_granted, source="test", given_at=at)
    return customer


def make_message(customer, template, **fields):
    """A message due at NOW, Wednesday 18 November 2026, 10:00 in Shanghai."""
    defaults = {
        "key": f"test:{next(numbers)}",
        "body": "【Store S01】王伟先生您好",
        "due_at": NOW,
        "expires_at": NOW + timedelta(days=3),
        "phone": customer.phone,
    }
    return Message.objects.create(store=customer.store, customer=customer, template=template, **{**defaults, **fields})
