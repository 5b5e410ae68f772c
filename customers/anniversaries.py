"""The day a car was delivered on, in later years (S4-07)."""

from datetime import date, timedelta

from django.db.models import Q


def anniversary(day, year):
    """Return ``day`` in another year; 29 February is kept on the 28th where there is none."""
    return day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 3, 1) - timedelta(days=1)


def keeps_anniversary_on(car, day):
    return car.delivered_on is not None and car.delivered_on.year < day.year and anniversary(car.delivered_on, day.year) == day


def delivered_around(days):
    """Return the condition that a car's anniversary may fall on one of ``days``; ``keeps_anniversary_on`` says whether it does."""
    same = Q()
    for day in days:
        same |= Q(delivered_on__month=day.month, delivered_on__day=day.day)
        if (day.month, day.day) == (2, 28):
            same |= Q(delivered_on__month=2, delivered_on__day=29)
    return same
