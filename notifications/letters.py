"""Mail to staff, so that nothing is lost while the mail server or the worker is away.

What is to be mailed is a row. Planning puts rows into letters, one digest a day and one letter for all that is to go at once; sending takes letter
by letter. Both may run late, twice or in parallel. While the server cannot be reached, every letter simply stays due.
"""

import logging
from itertools import groupby
from operator import attrgetter
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail import get_connection
from django.utils import timezone

from accounts.models import User
from notifications.hours import WorkingHours, digest_moment, held_until
from notifications.kinds import Mail
from notifications.mail import compose
from notifications.models import USUAL_HOUR, Letter, Notification, Preference

BATCH = 200
logger = logging.getLogger(__name__)


def plan(now=None):
    """Put what is to be mailed into letters, for each person whose hour has come."""
    now = now or timezone.now()
    waiting = list(Notification.objects.waiting_for_mail().order_by("user_id", "mail", "pk"))
    people = User.objects.prefetch_related("memberships").in_bulk({note.user_id for note in waiting})
    hours = dict(Preference.objects.filter(user__in=people).values_list("user_id", "digest_hour"))
    working_hours = WorkingHours() if waiting else None
    for (user_id, way), notes in groupby(waiting, key=attrgetter("user_id", "mail")):
        user = people[user_id]
        calendar = working_hours.of(user)
        if way == Mail.DIGEST:
            plan_digest(user, list(notes), calendar, hours.get(user_id, USUAL_HOUR), now)
        else:
            plan_at_once(user, list(notes), calendar, now)


def plan_digest(user, notes, calendar, hour, now):
    """Plan the one digest of the day; what comes later is told tomorrow."""
    moment = digest_moment(calendar, hour, now) if calendar else None
    told = [note for note in notes if moment and note.created_at < moment]
    if told:
        Letter.plan(f"digest:{user.pk}:{moment:%Y-%m-%d}", user, told, mail=Mail.DIGEST, due_at=now, created_at=now)


def plan_at_once(user, notes, calendar, now):
    """Plan one letter of all that may go out now: the urgent at any hour, the rest while the store is open."""
    is_open = calendar is None or calendar.is_open(now)
    told = [note for note in notes if is_open or note.is_urgent]
    if told:
        is_urgent = any(note.is_urgent for note in told)
        Letter.plan(f"at_once:{user.pk}:{told[0].pk}", user, told, mail=Mail.AT_ONCE, is_urgent=is_urgent, due_at=now, created_at=now)


def send_due(now=None):
    """Send the letters that are due over one connection; without a server they stay due."""
    now = now or timezone.now()
    due = list(Letter.objects.due(now).select_related("user").prefetch_related("user__memberships").order_by("due_at", "pk")[:BATCH])
    if not due:
        return
    working_hours = WorkingHours()
    try:
        with get_connection() as connection:
            for letter in due:
                attempt(letter, connection, working_hours.of(letter.user), now)
    except OSError as error:
        # SMTPException is an OSError too: whatever could not be opened or broke off ends this round.
        logger.warning("Mail server unreachable, letters wait: %s", error)


def attempt(letter, connection, calendar, now):
    """Take the letter, hand it to the server, write the result; a bug in one must not hold up the others."""
    until = held_until(calendar, letter, now)
    if until:
        return letter.hold(until)
    if not letter.begin(now):
        return None
    try:
        send(letter, connection, calendar, now)
    except (SMTPServerDisconnected, ConnectionError, TimeoutError):
        letter.retry(now)
        raise
    except Exception:
        logger.exception("Letter %s could not be sent", letter.pk)
        letter.retry(now)


def send(letter, connection, calendar, now):
    message = compose(letter, calendar and calendar.store.zone)
    if message is None:
        return letter.drop()
    if not letter.user.email:
        return letter.fail()
    message.connection = connection
    try:
        message.send()
    except SMTPRecipientsRefused as refusal:
        return letter.fail() if is_final(refusal) else letter.retry(now)
    except SMTPServerDisconnected:
        raise
    except SMTPException as error:
        logger.warning("Letter %s was turned down, it is tried again: %s", letter.pk, error)
        return letter.retry(now)
    return letter.finish(now)


def is_final(refusal):
    """Tell whether the server will never take a mail to this address (5xx), as against not now (4xx)."""
    return all(code >= 500 for code, _words in refusal.recipients.values())
