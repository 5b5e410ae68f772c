"""Sending, so that a dead worker loses nothing and doubles nothing.

A message is taken in a transaction of its own and committed before the channel is called, and its result is written in another one, only for that
try. Messages are taken one by one, not a batch at once: whoever dies leaves at most one behind whose fate must be asked for.

A provider that answers nothing three times in a row is left alone for a while and then tried with one message; one that has suspended us gets
nothing before a person says so (T67, T70).
"""

import logging
from enum import Enum

from django.conf import settings
from django.utils import timezone

from messaging.channels import NoAnswer, Refused, Suspended, Unavailable, channel
from messaging.models import ChannelStop, Message, Reason

BATCH = 50
MOST_LOST = 3
Cause = ChannelStop.Cause
logger = logging.getLogger(__name__)


class Outcome(Enum):
    HELD = "held"
    ANSWERED = "answered"
    LOST = "lost"
    SUSPENDED = "suspended"


def send_due(now=None):
    """Send a batch of what is due; tell whether there may be more."""
    moment = now or timezone.now()
    due = list(Message.objects.due(moment).values_list("pk", flat=True)[:BATCH])
    stop = ChannelStop.objects.current(settings.MESSAGE_CHANNEL)
    if not due or (stop and not stop.begin_trial(moment)):
        return False
    outcomes = []
    for outcome in (attempt(send, pk, now) for pk in due):
        outcomes.append(outcome)
        if stop and outcome is Outcome.ANSWERED:
            stop.end(now or timezone.now())
            stop = None
        if is_over(outcomes, is_trial=bool(stop), now=now):
            return False
    return len(due) == BATCH and any(outcomes)


def is_over(outcomes, *, is_trial, now):
    """Tell whether the channel takes nothing more for now; stop it when it has been silent too often."""
    if outcomes[-1] is Outcome.LOST and not is_trial and lost_at_last(outcomes) == MOST_LOST:
        ChannelStop.objects.stop(settings.MESSAGE_CHANNEL, Cause.OUT_OF_REACH, now=now)
        return True
    return outcomes[-1] is Outcome.SUSPENDED or (is_trial and outcomes[-1] is Outcome.LOST)


def lost_at_last(outcomes):
    """Count the calls without a result since the last answer; what the gate held back says nothing about the provider."""
    called = [outcome for outcome in outcomes if outcome in (Outcome.ANSWERED, Outcome.LOST)]
    return next((number for number, outcome in enumerate(reversed(called)) if outcome is Outcome.ANSWERED), len(called))


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
        return None


def send(pk, now):
    """Take the message, call the channel, write the result; return the ``Outcome``, None for a message somebody else has."""
    message = read(pk, Message.Status.PLANNED)
    if message is None or not message.begin(now):
        return message and Outcome.HELD
    try:
        provider_ref = channel().send(message) or ""
    except Unavailable as error:
        message.retry(now, Reason.UNAVAILABLE, error.answer)
        return Outcome.LOST
    except Suspended as error:
        message.wait(now, error.answer)
        ChannelStop.objects.stop(settings.MESSAGE_CHANNEL, Cause.SUSPENDED, answer=error.answer, now=now)
        return Outcome.SUSPENDED
    except Refused as error:
        message.fail(error.reason, error.answer)
    except NoAnswer as error:
        logger.warning("No answer for message %s (%s), it is asked for when its lease is over", pk, error.answer)
        return Outcome.LOST
    else:
        message.finish(now, provider_ref)
    return Outcome.ANSWERED


def ask(pk, now):
    message = read(pk, Message.Status.SENDING)
    if message is None:
        return False
    try:
        # Only the provider it was handed to can tell.
        taken = channel().query(message) if message.channel in ("", settings.MESSAGE_CHANNEL) else None
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
