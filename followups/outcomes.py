"""What can come of a call and what follows from it (domain rules 3.3)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    OK = "ok", _("Completed")
    PARTIAL = "partial", _("Broken off")
    CALLBACK = "callback", _("Call back later")
    REFUSED = "refused", _("Refused the interview")
    DO_NOT_CALL = "do_not_call", _("Wants no more calls")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy or hung up")
    OFF = "off", _("Switched off")
    SUSPENDED = "suspended", _("Number suspended")
    EMPTY = "empty", _("Number does not exist")
    WRONG = "wrong", _("Wrong number")
    SOLD = "sold", _("Not the owner any more")
    LANGUAGE = "language", _("Language barrier")
    INELIGIBLE = "ineligible", _("Not eligible")
    MESSAGE = "message", _("Completed by SMS or WeChat")


class Retry(models.TextChoices):
    NONE = "none", _("No retry")
    LATER_PART = "later_part", _("In another part of the day")
    SAME_DAY = "same_day", _("The same day")
    NEXT_DAY = "next_day", _("The next day")
    AGREED = "agreed", _("At the agreed time")


@dataclass(frozen=True)
class Rule:
    """What follows from an outcome. ``closes_as`` is a ``FollowUp.Status`` slug, empty while the follow-up stays open.

    ``exhausted_as`` is how it closes when no try is left; ``max_tries`` counts tries with this same outcome.
    """

    key: str
    is_contact: bool
    closes_as: str = ""
    retry: Retry = Retry.NONE
    max_tries: int | None = None
    exhausted_as: str = "unreachable"
    doubts_phone: bool = False


OUTCOMES = {
    Outcome.OK: Rule("o", True, closes_as="done"),
    Outcome.PARTIAL: Rule("p", True, retry=Retry.LATER_PART, max_tries=2, exhausted_as="refused"),
    Outcome.CALLBACK: Rule("c", True, retry=Retry.AGREED),
    Outcome.REFUSED: Rule("r", True, closes_as="refused"),
    Outcome.DO_NOT_CALL: Rule("d", True, closes_as="refused"),
    Outcome.NO_ANSWER: Rule("1", False, retry=Retry.LATER_PART),
    Outcome.BUSY: Rule("2", False, retry=Retry.SAME_DAY),
    Outcome.OFF: Rule("3", False, retry=Retry.NEXT_DAY),
    Outcome.SUSPENDED: Rule("4", False, retry=Retry.NEXT_DAY, max_tries=2, doubts_phone=True),
    Outcome.EMPTY: Rule("5", False, closes_as="unreachable", doubts_phone=True),
    Outcome.WRONG: Rule("6", False, closes_as="unreachable", doubts_phone=True),
    Outcome.SOLD: Rule("7", True, closes_as="ineligible"),
    Outcome.LANGUAGE: Rule("l", True, retry=Retry.NEXT_DAY),
    Outcome.INELIGIBLE: Rule("i", True, closes_as="ineligible"),
    Outcome.MESSAGE: Rule("m", True, closes_as="done"),
}

# The outcomes after which somebody was spoken to.
REACHED = [outcome for outcome, rule in OUTCOMES.items() if rule.is_contact]
