"""What speaks against logged calls having been made: pace, length, copied notes, nobody reached in a row, hours (FU13, T27). Pure: no database.

Every finding is a question with its numbers, not a verdict: people settle it.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from itertools import groupby

from django.db import models
from django.utils.translation import gettext_lazy as _

from followups.outcomes import OUTCOMES, Outcome

# One talk about several cars is logged several times.
SAME_TALK = timedelta(minutes=10)
# Chinese is compared character by character, other writing word by word; punctuation says nothing.
TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
# Of these no call need have been made.
WITHOUT_CALL = (Outcome.MESSAGE, Outcome.INELIGIBLE)


class Sign(models.TextChoices):
    """What a doubt rests on."""

    PACE = "pace", _("Implausible pace")
    LENGTH = "length", _("Too short for a call")
    NOTES = "notes", _("Copied notes")
    SERIES = "series", _("Nobody reached in a row")
    HOURS = "hours", _("Outside the hours")


@dataclass(frozen=True)
class Logged:
    """One try of one person, as it was logged."""

    pk: int
    customer: int
    at: datetime
    day: date
    outcome: str
    note: str = ""
    seconds: int | None = None
    is_told: bool = False
    is_interview: bool = False
    is_outside: bool = False

    @property
    def is_contact(self):
        return OUTCOMES[self.outcome].is_contact

    def shortest(self, rule):
        """Return the fewest seconds a call with this outcome takes."""
        if not self.is_contact:
            return rule.ring_seconds
        return rule.interview_seconds if self.outcome == Outcome.OK and self.is_interview else rule.contact_seconds

    def is_short(self, rule):
        """Tell whether it took less; a telephone that talked for no second has nothing against a call nobody answered."""
        return self.seconds is not None and self.seconds < self.shortest(rule) and not (self.is_told and not self.is_contact)


@dataclass(frozen=True)
class Suspicion:
    """Calls that look as if they had not been made, and the numbers that say so."""

    sign: Sign
    calls: tuple
    numbers: dict


def suspicions(calls, rules):
    """Return what is doubtful in the calls of one person, oldest first; ``rules`` maps a day to the rule in force, None for none."""
    apart = talks([call for call in calls if call.outcome not in WITHOUT_CALL])
    found = []
    for day, group in groupby(apart, key=lambda call: call.day):
        rule, same_day = rules(day), list(group)
        if rule:
            found += [*too_quick(same_day, rule), *too_short(same_day, rule), *unreached(same_day, rule), *outside(same_day, rule)]
    rule = apart and rules(apart[-1].day)
    return found + (list(copied(apart, rule)) if rule else [])


def talks(calls):
    """Return the calls without those logged about the same customer right after another one."""
    apart, last = [], None
    for call in calls:
        if last is None or call.customer != last.customer or call.at - last.at > SAME_TALK:
            apart.append(call)
        last = call
    return apart


def too_quick(calls, rule):
    """Yield every run of at least so many calls logged within so many seconds."""
    last, span = rule.pace_calls - 1, timedelta(seconds=rule.pace_seconds)
    starts = [index for index in range(len(calls) - last) if calls[index + last].at - calls[index].at <= span]
    runs = []
    for start in starts:
        if runs and start <= runs[-1][1]:
            runs[-1][1] = start + last
        else:
            runs.append([start, start + last])
    for first, end in runs:
        run = calls[first : end + 1]
        numbers = {"seconds": round((run[-1].at - run[0].at).total_seconds()), "most": rule.pace_calls, "within": rule.pace_seconds}
        yield suspicion(Sign.PACE, run, **numbers)


def too_short(calls, rule):
    """Yield the short calls of a day when there are several; one is enough where the telephone says that nothing was said."""
    short = [call for call in calls if call.is_short(rule)]
    if len(short) >= rule.short_calls or any(call.is_told and call.seconds == 0 for call in short):
        shortest = min(short, key=lambda call: call.seconds)
        yield suspicion(Sign.LENGTH, short, seconds=shortest.seconds, least=shortest.shortest(rule), most=rule.short_calls)


def unreached(calls, rule):
    """Yield every unbroken series of calls that reached nobody."""
    for is_contact, group in groupby(calls, key=lambda call: call.is_contact):
        run = list(group)
        if not is_contact and len(run) >= rule.series_calls:
            yield suspicion(Sign.SERIES, run, minutes=round((run[-1].at - run[0].at).total_seconds() / 60), most=rule.series_calls)


def outside(calls, rule):
    """Yield the calls of a day when nobody is called and the store is closed."""
    late = [call for call in calls if call.is_outside]
    if len(late) >= rule.outside_calls:
        yield suspicion(Sign.HOURS, late, first=late[0].at.isoformat(), last=late[-1].at.isoformat(), grace=rule.grace_minutes)


def copied(calls, rule):
    """Yield the calls that reached different customers and yet have nearly the same words; short notes are alike by nature."""
    words = {call: TOKEN.findall(call.note.lower()) for call in calls if call.is_contact}
    by_text = defaultdict(list)
    for call, tokens in words.items():
        if len(tokens) >= rule.note_words:
            by_text[tuple(tokens)].append(call)
    for texts in alike(list(by_text), rule.note_percent):
        same = sorted((call for text in texts for call in by_text[text]), key=lambda call: call.at)
        customers = len({call.customer for call in same})
        if customers >= rule.note_customers:
            yield suspicion(Sign.NOTES, same, customers=customers, percent=rule.note_percent, most=rule.note_customers, days=rule.note_days)


def alike(texts, percent):
    """Gather texts of which each resembles another one of its group."""
    groups, counts = [], {text: Counter(text) for text in texts}
    for text in texts:
        matcher = SequenceMatcher(autojunk=False, b=text)
        near = [group for group in groups if any(resembles(matcher, other, counts, percent / 100) for other in group)]
        groups = [group for group in groups if group not in near] + [[text, *(other for group in near for other in group)]]
    return groups


def resembles(matcher, other, counts, share):
    """Tell whether at least this share of two texts is the same; what they could share at best is counted first, as it is quick."""
    text = matcher.b
    total = len(text) + len(other)
    if 2 * min(len(text), len(other)) < share * total or 2 * (counts[text] & counts[other]).total() < share * total:
        return False
    matcher.set_seq1(other)
    return matcher.ratio() >= share


def suspicion(sign, calls, **numbers):
    return Suspicion(sign, tuple(call.pk for call in calls), {"calls": len(calls), **numbers})
