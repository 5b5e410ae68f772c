"""Sending, so that a dead worker loses nothing and doubles nothing.

A message is taken in a transaction of its own and committed before the channel is called, and its result is written in another one, only for that
try. Messages are taken one by one, not a batch at once: whoever dies leaves at most one behind whose fate must be asked for.
"""

import logging

from django.utils import timezone

from messaging.channels import NoAnswer, Refused, Unavailable, channel
from messaging.models import Message, Reason

BATCH = 50
logger = logging.getLogger(__name__)


def send_due(now=None):
    """Send a batch of what is due; tell whether there may be more."""
    due = list(Message.objects.due(now or timezone.now()).values_list("pk", flat=True)[:BATCH])
    moved = [attempt(send, pk, now) for pk in due]
    return len(due) == BATCH and any(moved)


def recover(now=None):
    """Find out what became of messages whose sender died; safe to run late, twice or in parallel."""
    for pk in list(Message.objects.abandoned(now or timezone.now()).values_list("pk", flat=True)[:BATCH]):
        attempt(ask, pk, now)


def attempt(step, pk, now):
    """Do the step with one message; a bug in it must not hold up the others."""
    try:
        return step(pk, now or timezone.now())
    except Exception:
        logger.exception("Message %s could not be handled", pk)
        return False


def send(pk, now):
    """Take the message, call the channel, write the result; tell whether it moved."""
    message = read(pk, Message.Status.PLANNED)
    if message is None or not message.begin(now):
        return message is not None
    try:
        channel().send(message)
    except Unavailable:
        message.retry(now, Reason.UNAVAILABLE)
    except Refused:
        message.fail(Reason.REFUSED)
    except NoAnswer:
        logger.warning("No answer for message %s, it is asked for when its lease is over", pk)
    else:
        message.finish(now)
    return True


def ask(pk, now):
    message = read(pk, Message.Status.SENDING)
    if message is None:
        return False
    try:
        taken = channel().query(message)
    except Unavailable:
        return False
    if taken:
        message.finish(now)
    elif taken is None:
        message.doubt()
    else:
        message.retry(now, Reason.NOT_TAKEN)
    return True


def read(pk, status):
    return Message.objects.for_list().filter(pk=pk, status=status).first()
