"""The only place that counts deadlines.

Two calendars, kept apart: working days are those of the state (the CalendarDay table wins over the ``holidays`` package), business hours are
those of the store (a special day of the store wins over the state's days off, which win over its weekly hours).
"""

import calendar as months
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from stores.calendar_words import explain as explain
from stores.models import CalendarDay
from stores.official_days import DAY, SATURDAY, knows_makeup_days, official_days

MOST = 10_000
LONGEST_CLOSURE = 366
LATEST_YEAR = 2100


class Unit(models.TextChoices):
    CLOCK_HOURS = "clock_hours", _("clock hours")
    BUSINESS_HOURS = "business_hours", _("business hours")
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    WORKING_DAYS = "working_days", _("working days")
    MONTHS = "months", _("months")


@dataclass(frozen=True)
class Deadline:
    """The instant something is due and how it was counted: codes and ISO dates, worded by ``explain``."""

    at: datetime
    steps: list


def deadline(store, start, amount, unit) -> Deadline:
    return Calendar(store).deadline(start, amount, unit)


def is_working_day(day) -> bool:
    return StateCalendar().is_working_day(day)


def add_working_days(day, amount) -> date:
    return StateCalendar().add_working_days(day, amount)[0]


def working_days_between(start, end) -> int:
    return StateCalendar().working_days_between(start, end)


def missing_makeup_years(today) -> list[int]:
    """Return which of this and next year have no make-up working days yet; the notice comes in November."""
    state = StateCalendar()
    return [year for year in (today.year, today.year + 1) if not state.knows_makeup_days(year)]


class StateCalendar:
    """The working days of the state, the table read once."""

    @cached_property
    def table(self):
        return {
            day: (is_working, name or holiday) for day, is_working, holiday, name in CalendarDay.objects.values_list("date", "is_working", "holiday", "name")
        }

    @cached_property
    def known_years(self):
        return {day.year for day, (is_working, _name) in self.table.items() if is_working}

    def special(self, day):
        """Return ``(is_working, name)`` of a day the state has ruled on, else None."""
        return self.table.get(day) or official_days(day.year).get(day)

    def is_working_day(self, day):
        special = self.special(day)
        return special[0] if special else day.weekday() < SATURDAY

    def knows_makeup_days(self, year):
        return year in self.known_years or knows_makeup_days(year)

    def add_working_days(self, day, amount):
        """Return the ``amount``-th working day after ``day`` and the steps that lead there."""
        passed, left = [], amount
        while left:
            day += DAY
            check_horizon(day)
            left -= self.is_working_day(day)
            passed.append(day)
        return day, self.steps(passed)

    def working_days_between(self, start, end):
        """Return how many working days follow ``start`` up to and with ``end``; the inverse of adding them."""
        return sum(self.is_working_day(start + DAY * number) for number in range(1, (end - start).days + 1))

    def steps(self, days):
        """Group the passed days into days off with their names, counted days and make-up working days."""
        steps = []
        for day in days:
            is_working, name = self.special(day) or (day.weekday() < SATURDAY, "")
            code = "off" if not is_working else "makeup" if day.weekday() >= SATURDAY else "counts"
            if not steps or steps[-1]["code"] != code:
                steps.append({"code": code, "days": []})
            steps[-1]["days"].append(day.isoformat())
            if code == "off" and name and name not in steps[-1].setdefault("names", []):
                steps[-1]["names"].append(name)
        return steps + [{"code": "provisional", "year": year} for year in sorted({day.year for day in days}) if not self.knows_makeup_days(year)]


class Calendar:
    """Counts deadlines of one store; its tables are read once, so that planning thousands costs two or three queries."""

    def __init__(self, store):
        self.store = store
        self.state = StateCalendar()
        self.working_days_from = {}

    def deadline(self, start, amount, unit):
        """Return when ``amount`` of ``unit`` after ``start`` are over; days and months keep the local time of day."""
        if not isinstance(amount, int) or not 0 <= amount <= MOST:
            raise DomainError(gettext("Give a whole number from 0 to %(most)s.") % {"most": MOST}, code="amount_out_of_range", field="amount")
        count = {
            Unit.CLOCK_HOURS: self.after_clock_hours,
            Unit.BUSINESS_HOURS: self.after_business_hours,
            Unit.CALENDAR_DAYS: self.after_calendar_days,
            Unit.WORKING_DAYS: self.after_working_days,
            Unit.MONTHS: self.after_months,
        }
        return count[Unit(unit)](self.store.local(start), amount)

    def after_clock_hours(self, start, amount):
        at = start.astimezone(UTC) + timedelta(hours=amount)
        return Deadline(at, [{"code": "clock_hours", "from": start.isoformat(timespec="minutes"), "amount": amount}])

    def after_calendar_days(self, start, amount):
        day = start.date() + DAY * amount
        return Deadline(self.same_time(start, day), [{"code": "calendar_days", "from": start.date().isoformat(), "amount": amount}])

    def after_months(self, start, amount):
        day = add_months(start.date(), amount)
        steps = [{"code": "months", "from": start.date().isoformat(), "amount": amount}]
        if day.day < start.day:
            steps.append({"code": "month_end", "day": day.isoformat()})
        return Deadline(self.same_time(start, day), steps)

    def after_working_days(self, start, amount):
        key = (start.date(), amount)
        if key not in self.working_days_from:
            self.working_days_from[key] = self.state.add_working_days(*key)
        day, steps = self.working_days_from[key]
        return Deadline(self.same_time(start, day), steps)

    def same_time(self, start, day):
        check_horizon(day)
        return datetime.combine(day, start.timetz().replace(fold=0)).astimezone(UTC)

    def after_business_hours(self, start, amount):
        """Walk the open spans until the hours are used up; a deadline at closing time stays there."""
        now, left, closed_days, steps = start.astimezone(UTC), timedelta(hours=amount), 0, []
        day = start.date()
        while left:
            spans = [(max(opens, now), closes) for opens, closes in self.open_spans(day) if closes > now]
            used, now, left = use_up(spans, now, left)
            add_business_step(steps, day, used, self.reason_of(day))
            closed_days = 0 if spans else closed_days + 1
            if closed_days > LONGEST_CLOSURE:
                raise DomainError(gettext("%(store)s has no business hours to count.") % {"store": self.store}, code="no_business_hours")
            day += DAY
            check_horizon(day)
        return Deadline(now, steps)

    def open_spans(self, day):
        """Return the open spans of ``day`` as instants, in order and without overlap."""
        spans = []
        for opens, closes in sorted(self.hours_of(day)):
            if spans and opens <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], closes)
            elif opens < closes:
                spans.append([opens, closes])
        return [(self.instant(day, opens), self.instant(day, closes)) for opens, closes in spans]

    def hours_of(self, day):
        """Return ``(opens, closes)`` in minutes: of the special day, else none on a state holiday, else of the weekday."""
        if day in self.special_days:
            return [(minutes(opens), minutes(closes)) for opens, closes in self.special_days[day][0]]
        is_working, _name = self.state.special(day) or (None, "")
        if is_working is False:
            return []
        hours = self.weekly_hours[day.isoweekday()]
        if is_working and not hours:
            # A make-up working day of a store that rests at weekends is worked like a Monday.
            hours = self.weekly_hours[1]
        return hours

    def is_working_day(self, day):
        """Tell whether people work on ``day``: a special day of the store decides, else the state."""
        if day in self.special_days:
            return bool(self.special_days[day][0])
        return self.state.is_working_day(day)

    def is_open(self, now):
        return any(opens <= now < closes for opens, closes in self.open_spans(self.store.local(now).date()))

    def opening(self, now, *, on_working_days=False):
        """Return ``now`` while the store is open, else when it opens next; ``now`` as well where it never does."""
        today = self.store.local(now).date()
        for day in (today + DAY * number for number in range(LONGEST_CLOSURE)):
            spans = [] if on_working_days and not self.is_working_day(day) else self.open_spans(day)
            start = next((max(opens, now) for opens, closes in spans if closes > now), None)
            if start:
                return start
        return now

    def reason_of(self, day):
        if day in self.special_days:
            return self.special_days[day][1]
        is_working, name = self.state.special(day) or (None, "")
        return name if is_working is False else ""

    def instant(self, day, minute):
        day, minute = (day + DAY, 0) if minute == 24 * 60 else (day, minute)
        return datetime.combine(day, time(*divmod(minute, 60)), self.store.zone).astimezone(UTC)

    @cached_property
    def special_days(self):
        return {special.date: (special.spans, special.reason) for special in self.store.special_days.all()}

    @cached_property
    def weekly_hours(self):
        hours = defaultdict(list)
        for span in self.store.business_hours.all():
            hours[span.weekday].append((minutes(f"{span.opens:%H:%M}"), minutes(f"{span.closes:%H:%M}") or 24 * 60))
        return hours


def add_months(day, amount):
    """Return the same day ``amount`` months later, the last day of a shorter month."""
    years, month = divmod(day.month - 1 + amount, 12)
    year = day.year + years
    check_horizon(date(min(year, LATEST_YEAR + 1), 1, 1))
    return day.replace(year=year, month=month + 1, day=min(day.day, months.monthrange(year, month + 1)[1]))


def check_horizon(day):
    """Refuse what no table can know, so that no walk runs for ever."""
    if day.year > LATEST_YEAR:
        raise DomainError(gettext("This deadline lies after the year %(year)s.") % {"year": LATEST_YEAR}, code="too_far")


def minutes(clock):
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def use_up(spans, now, left):
    """Take ``left`` from the open spans; return what was used, the instant reached and what remains."""
    used = timedelta()
    for opens, closes in spans:
        taken = min(left, closes - opens)
        now, left, used = opens + taken, left - taken, used + taken
        if not left:
            break
    return used, now, left


def add_business_step(steps, day, used, reason):
    """Add the day to the last step of its kind, or begin a new one."""
    code = "open" if used else "closed"
    if not steps or steps[-1]["code"] != code:
        steps.append({"code": code, "days": [], "seconds": 0})
    steps[-1]["days"].append(day.isoformat())
    steps[-1]["seconds"] += int(used.total_seconds())
    if reason and reason not in steps[-1].setdefault("names", []):
        steps[-1]["names"].append(reason)
