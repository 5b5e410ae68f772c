from datetime import timedelta

from customers.models import Channel, Consent, Purpose
from messaging import outbox
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


def sent(message, at=NOW):
    """Let the sender run and tell what became of the message."""
    outbox.send_due(at)
    message.refresh_from_db()
    return message.status, message.reason


def asked(message, at=NOW + timedelta(seconds=121)):
    """Let the lease run out and tell what became of the message."""
    outbox.recover(at)
    message.refresh_from_db()
    return message.status
