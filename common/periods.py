"""Periods of figures: month, quarter, half-year, year, rolling months. All are whole months.

Written ``2026-10``, ``2026-Q4``, ``2026-H2``, ``2026``, ``r3:2026-10`` (the three months that end with October).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import DomainError

FIRST_YEAR, LAST_YEAR = 2000, 2099
FORMS = re.compile(
    r"(?P<month>(?P<m_year>\d{4})-(?P<m>\d{2}))|(?P<quarter>(?P<q_year>\d{4})-Q(?P<q>[1-4]))|(?P<half>(?P<h_year>\d{4})-H(?P<h>[12]))"
    r"|(?P<year>\d{4})|(?P<rolling>r(?P<r>3|12):(?P<r_year>\d{4})-(?P<r_m>\d{2}))",
    re.ASCII,
)


class Grain(models.TextChoices):
    MONTH = "month", gettext_lazy("Month")
    QUARTER = "quarter", gettext_lazy("Quarter")
    HALF = "half", gettext_lazy("Half-year")
    YEAR = "year", gettext_lazy("Year")
    ROLLING_3 = "r3", gettext_lazy("Rolling 3 months")
    ROLLING_12 = "r12", gettext_lazy("Rolling 12 months")


LENGTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF: 6, Grain.YEAR: 12, Grain.ROLLING_3: 3, Grain.ROLLING_12: 12}


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def month_start(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """``length`` whole months, of which ``start`` (months since year 0) is the first."""

    grain: Grain
    start: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        match = FORMS.fullmatch(text or "")
        period = cls.matched(match.groupdict()) if match else None
        if period is None or not FIRST_YEAR <= period.first.year <= period.last.year <= LAST_YEAR:
            raise DomainError(
                _("“%(text)s” is not a period. Accepted are, for example: 2026-10, 2026-Q4, 2026-H2, 2026, r3:2026-10, r12:2026-10.") % {"text": text},
                code="bad_period",
                field="period",
            )
        return period

    @classmethod
    def matched(cls, found) -> "Period | None":
        """Build the period of a recognised writing; None for a month that does not exist."""
        if found["quarter"]:
            return cls(Grain.QUARTER, int(found["q_year"]) * 12 + int(found["q"]) * 3 - 3)
        if found["half"]:
            return cls(Grain.HALF, int(found["h_year"]) * 12 + int(found["h"]) * 6 - 6)
        if found["year"]:
            return cls(Grain.YEAR, int(found["year"]) * 12)
        year, month = (found["r_year"], found["r_m"]) if found["rolling"] else (found["m_year"], found["m"])
        if not 1 <= int(month) <= 12 or int(year) < FIRST_YEAR:
            return None
        grain = Grain(f"r{found['r']}") if found["rolling"] else Grain.MONTH
        return cls(grain, int(year) * 12 + int(month) - LENGTHS[grain])

    @classmethod
    def containing(cls, day: date, grain: Grain = Grain.MONTH) -> "Period":
        """Return the period of this grain around ``day``; a rolling one ends with the month of ``day``."""
        number = month_number(day)
        if grain in (Grain.ROLLING_3, Grain.ROLLING_12):
            return cls(grain, number - LENGTHS[grain] + 1)
        return cls(grain, number - number % LENGTHS[grain])

    def __str__(self):
        """Write the period the way ``parse`` reads it."""
        year, month = divmod(self.start, 12)
        if self.grain == Grain.YEAR:
            return f"{year:04d}"
        if self.grain in (Grain.QUARTER, Grain.HALF):
            return f"{year:04d}-{self.grain.value[0].upper()}{month // self.length + 1}"
        ending = f"{self.last:%Y-%m}"
        return ending if self.grain == Grain.MONTH else f"{self.grain.value}:{ending}"

    @property
    def length(self) -> int:
        return LENGTHS[self.grain]

    @property
    def first(self) -> date:
        return month_start(self.start)

    @property
    def last(self) -> date:
        return month_start(self.start + self.length) - timedelta(days=1)

    @property
    def label(self) -> str:
        """Name the period in the active language."""
        if self.grain == Grain.YEAR:
            return _("Year %(year)s") % {"year": self.first.year}
        if self.grain == Grain.HALF:
            text = _("First half of %(year)s") if self.first.month == 1 else _("Second half of %(year)s")
            return text % {"year": self.first.year}
        if self.grain == Grain.QUARTER:
            return _("Quarter %(quarter)s of %(year)s") % {"quarter": self.first.month // 3 + 1, "year": self.first.year}
        month = date_format(self.last, "YEAR_MONTH_FORMAT")
        return month if self.grain == Grain.MONTH else _("%(months)s months to %(month)s") % {"months": self.length, "month": month}

    def months(self) -> list["Period"]:
        return [Period(Grain.MONTH, self.start + step) for step in range(self.length)]

    def previous(self) -> "Period":
        return Period(self.grain, self.start - self.length)

    def following(self) -> "Period":
        return Period(self.grain, self.start + self.length)

    def moved(self, steps: int) -> "Period":
        """Return the period some steps on: rolling ones move by a month, the others by their length."""
        return Period(self.grain, self.start + steps * (1 if self.grain in (Grain.ROLLING_3, Grain.ROLLING_12) else self.length))

    def year_before(self) -> "Period":
        return Period(self.grain, self.start - 12)

    def ending_here(self, grain: Grain) -> "Period":
        """Return the period of another grain around the last month of this one."""
        return Period.containing(self.last, grain)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last
