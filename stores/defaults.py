"""What the product ships: the state calendar as far as the package knows it."""

from stores.models import CalendarDay
from stores.official_days import official_days

YEARS = range(2024, 2028)


def load():
    """Add the days that are missing; what an administrator wrote stays."""
    days = [
        CalendarDay(date=day, is_working=is_working, holiday=holiday, source="holidays")
        for year in YEARS
        for day, (is_working, holiday) in official_days(year).items()
    ]
    CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
