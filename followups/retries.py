"""What follows from an outcome: the follow-up closes, or the next try is set (domain rules 3.3). Pure: no database."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from common.errors import DomainError
from followups.outcomes import OUTCOMES, Outcome, Retry

GAP = timedelta(hours=1)
GRACE = timedelta(days=5)
FARTHEST_PROMISE = timedelta(days=30)


@dataclass(frozen=True)
class Step:
    """Either ``closes_as`` (a ``FollowUp.Status`` slug) or ``at``, the moment of the next try."""

    closes_as: str = ""
    at: object = None
    doubts_phone: bool = False


@dataclass(frozen=True)
class History:
    """The earlier tries ``[(at, outcome)]``, oldest first, and their bounds."""

    tries: list
    max_attempts: int
    due_at: object


def next_step(outcome, history, window, now, promised_at=None):
    """Return the ``Step`` that follows from ``outcome`` at ``now``; ``promised_at`` is the time agreed with the customer."""
    rule = OUTCOMES[outcome]
    if promised_at is not None and rule.retry != Retry.AGREED:
        raise DomainError(_("A time can only be agreed with the outcome “Call back later”."), code="time_without_callback", field="next_at")
    if rule.closes_as:
        return Step(closes_as=rule.closes_as, doubts_phone=rule.doubts_phone)
    if rule.retry == Retry.AGREED:
        return Step(at=checked_promise(promised_at, window, now))
    at = retry_at(rule.retry, history, window, now)
    if is_exhausted(outcome, history) or at > history.due_at + GRACE:
        return Step(closes_as=rule.exhausted_as, doubts_phone=not rule.is_contact)
    return Step(at=at)


def is_exhausted(outcome, history):
    """Tell whether this was the last try allowed, by the outcome itself or by the plan."""
    same = 1 + sum(1 for _at, earlier in history.tries if earlier == outcome)
    rule = OUTCOMES[outcome]
    return (rule.max_tries is not None and same >= rule.max_tries) or len(history.tries) + 1 >= history.max_attempts


def retry_at(retry, history, window, now):
    """Return when to try again, always inside the call window."""
    if retry == Retry.SAME_DAY:
        return window.next_slot(now + GAP)
    tried = [window.part_of(at) for at, _outcome in history.tries] + [window.part_of(now)]
    return window.in_another_part(now + GAP if retry == Retry.LATER_PART else window.next_day(now), tried)


def checked_promise(promised_at, window, now):
    """Return the agreed time, or say what is wrong with it."""
    if promised_at is None:
        raise DomainError(_("Give the time agreed with the customer."), code="promise_missing", field="next_at")
    if promised_at <= now:
        raise DomainError(_("The agreed time must lie in the future."), code="promise_in_past", field="next_at")
    if promised_at > now + FARTHEST_PROMISE:
        raise DomainError(_("The agreed time must lie within %(days)s days.") % {"days": FARTHEST_PROMISE.days}, code="promise_too_far", field="next_at")
    if promised_at not in window:
        raise DomainError(_("Customers are called between %(window)s only.") % {"window": window}, code="promise_outside_window", field="next_at")
    return promised_at


def checked_outcome(outcome, accepted):
    if outcome not in accepted:
        raise DomainError(_("Choose one of the outcomes: %(outcomes)s.") % {"outcomes": ", ".join(accepted)}, code="unknown_outcome", field="outcome")
    return Outcome(outcome)
