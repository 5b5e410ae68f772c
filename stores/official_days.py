"""The Chinese state calendar as the ``holidays`` package knows it: the seed of the CalendarDay table and its fallback."""

from datetime import date, timedelta
from functools import cache

import holidays

from stores.models import Holiday

DAY = timedelta(days=1)
SATURDAY = 5
NAMES = {
    "New Year's Day": Holiday.NEW_YEAR,
    "Chinese New Year": Holiday.SPRING_FESTIVAL,
    "Tomb-Sweeping Day": Holiday.QINGMING,
    "Labor Day": Holiday.LABOUR_DAY,
    "Dragon Boat Festival": Holiday.DRAGON_BOAT,
    "Mid-Autumn Festival": Holiday.MID_AUTUMN,
    "National Day": Holiday.NATIONAL_DAY,
}


@cache
def official_days(year: int) -> dict[date, tuple[bool, str]]:
    """Return ``{day: (is_working, holiday)}`` of every make-up working day and every whole holiday period of the year.

    A period is the unbroken run of days off around a named holiday, weekends included, as the State Council announces it.
    """
    china = holidays.CN(years=range(year - 1, year + 2), language="en_US")
    named = {day: holiday for day, name in china.items() for start, holiday in NAMES.items() if name.startswith(start)}
    makeup = {day for day in china.weekend_workdays if day.year == year}
    off = set()
    for day in china:
        off |= run_of_days_off(day, china)
    days = {day: (False, nearest(day, named)) for day in off if day.year == year}
    return dict(sorted((days | dict.fromkeys(makeup, (True, ""))).items()))


def run_of_days_off(day, china):
    """Return ``day`` with the weekends that touch it."""
    run = {day}
    for step in (DAY, -DAY):
        neighbour = day + step
        while neighbour.weekday() >= SATURDAY and neighbour not in china.weekend_workdays:
            run.add(neighbour)
            neighbour += step
    return run


def nearest(day, named):
    """Return the named holiday closest to ``day``, the earlier one of two."""
    return named[min(named, key=lambda other: (abs(other - day), other))]


@cache
def knows_makeup_days(year: int) -> bool:
    return any(is_working for is_working, _holiday in official_days(year).values())
