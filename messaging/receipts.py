"""What providers report afterwards. A report is taken once, and a message never goes back to a state before (T68)."""

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from messaging.channels import kept
from messaging.models import Message, Receipt

# So long a report may wait for its message.
EARLY = timedelta(hours=1)
OUR_ID = re.compile(r"[0-9]{1,18}")


def take(reports, now):
    """Write down what the provider reports; return how many reports are new."""
    return sum(enter(report, now) for report in reports)


@transaction.atomic
def enter(report, now):
    if not report.provider_ref or report.state not in Receipt.State:
        raise ValueError("a report names a message and a state")
    # Locked, so that the sender's own result comes before or after, not in between.
    message = find(report)
    key = {"channel": settings.MESSAGE_CHANNEL, "provider_ref": report.provider_ref[:80], "state": report.state}
    receipt, is_new = Receipt.objects.get_or_create(**key, defaults={"answer": kept(report.answer), "received_at": now})
    if is_new and message:
        message.take_receipt(receipt, now)
    return is_new


def match(now):
    """Take the reports that were faster than the answer to our own call."""
    for receipt in Receipt.objects.filter(message=None, received_at__gt=now - EARLY):
        with transaction.atomic():
            message = Message.objects.select_for_update().filter(channel=receipt.channel, provider_ref=receipt.provider_ref).first()
            if message:
                message.take_receipt(receipt, now)


def find(report):
    """Return the message by our id, else by the provider's; only what went out by this channel, None where it has not been noted yet."""
    sent = Message.objects.select_for_update().filter(channel=settings.MESSAGE_CHANNEL)
    if OUR_ID.fullmatch(report.reference):
        return sent.filter(pk=int(report.reference)).first()
    return sent.filter(provider_ref=report.provider_ref).first()
