"""Birthdays by the lunar calendar: how they are written, and on which days they are kept (domain rule 5.6).

A lunar birthday is stored as ``month-day``, ``L`` before the month of a leap month: ``6-15``, ``L6-15``.
"""

import re
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from lunar_python import LunarMonth, LunarYear, Solar

from common.errors import DomainError
from customers.numbers import plain

MONTHS = ["正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊"]
OTHER_MONTHS = {"一": 1, "元": 1, "十一": 11, "十二": 12}
DIGITS = "一二三四五六七八九十"
DAYS = [f"{tens}{digit}" for tens in ("初", "十", "廿") for digit in DIGITS[:9]]
DAYS = [*DAYS[:9], "初十", *DAYS[9:18], "二十", *DAYS[18:], "三十"]
OTHER_DAYS = {f"二十{digit}": 20 + number for number, digit in enumerate(DIGITS[:9], start=1)} | {"十": 10, "卅": 30}
MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS, start=1)} | OTHER_MONTHS
DAY_NUMBERS = {name: number for number, name in enumerate(DAYS, start=1)} | OTHER_DAYS | {name: number for number, name in enumerate(DIGITS, start=1)}
WRITTEN = re.compile(
    r"(?:农历|阴历|旧历)?(闰|L)?(\d{1,2}|[正元一二三四五六七八九十冬腊]{1,2})(?:月|-|/|\.)(\d{1,2}|[初十廿二三卅一四五六七八九]{1,3})日?", re.IGNORECASE
)


def normal_lunar(text, field="lunar_birthday"):
    """Return ``month-day``; raise ``DomainError`` naming what is accepted."""
    found = WRITTEN.fullmatch(re.sub(r"\s", "", plain(text)))
    month, day = (number(found[2], MONTH_NUMBERS), number(found[3], DAY_NUMBERS)) if found else (0, 0)
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise DomainError(_("A lunar birthday is written like 6-15, 六月十五 or 闰六月十五."), code="lunar_birthday_invalid", field=field)
    return f"{'L' if found[1] else ''}{month}-{day}"


def number(text, names):
    return int(text) if text.isascii() else names.get(text, 0)


def lunar_label(written):
    """Return a stored lunar birthday as people write it."""
    month, day = (int(part) for part in written.removeprefix("L").split("-"))
    is_leap = written.startswith("L")
    if (get_language() or "").startswith("zh"):
        return f"农历{'闰' if is_leap else ''}{MONTHS[month - 1]}月{DAYS[day - 1]}"
    words = gettext("lunar leap month %(month)d, day %(day)d") if is_leap else gettext("lunar month %(month)d, day %(day)d")
    return words % {"month": month, "day": day}


def lunar_birthdays_on(day):
    """Return the lunar birthdays, as stored, that are kept on a solar ``day``.

    1. Under the ordinary rule a birthday in a leap month is kept in the ordinary month of the same number, in every year once.
       Under the leap rule it is kept in the leap month in the years that have it.
    2. The last day of a month of 29 days keeps the thirtieth as well.
    """
    return birthdays_by_rule(day, settings.LUNAR_LEAP_BIRTHDAYS)


@lru_cache(maxsize=1000)
def birthdays_by_rule(day, rule):
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    year, month, number = lunar.getYear(), lunar.getMonth(), lunar.getDay()
    numbers = {number, 30} if number == LunarMonth.fromYm(year, month).getDayCount() else {number}
    return frozenset(f"{leap}{abs(month)}-{kept}" for kept in numbers for leap in leaps_kept(year, month, rule))


def leaps_kept(year, month, rule):
    """Return the marks of the birthdays a lunar month keeps; a month below zero is a leap month."""
    is_leap_year_of_month = LunarYear.fromYear(year).getLeapMonth() == abs(month)
    if rule == "ordinary" or not is_leap_year_of_month:
        return ("", "L") if month > 0 else ()
    return ("",) if month > 0 else ("L",)
