"""A second calendar for the tests only: day by day from the State Council's own lists, minute by minute through the opening hours."""

from datetime import UTC, date, datetime, timedelta
from functools import cache

# domain.md 5.5: first and last day off, and the weekend days that are worked.
DAYS_OFF = {
    2025: [("01-01", "01-01"), ("01-28", "02-04"), ("04-04", "04-06"), ("05-01", "05-05"), ("05-31", "06-02"), ("10-01", "10-08")],
    2026: [("01-01", "01-03"), ("02-15", "02-23"), ("04-04", "04-06"), ("05-01", "05-05"), ("06-19", "06-21"), ("09-25", "09-27"), ("10-01", "10-07")],
}
MAKEUP_DAYS = {
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


@cache
def off_days(year):
    return {f"{year}-{day}" for first, last in DAYS_OFF[year] for day in every_day(year, first, last)}


def every_day(year, first, last):
    day, days = date.fromisoformat(f"{year}-{first}"), []
    while day <= date.fromisoformat(f"{year}-{last}"):
        days.append(f"{day:%m-%d}")
        day += timedelta(days=1)
    return days


def is_working(day):
    text = day.isoformat()
    if text[5:] in MAKEUP_DAYS[day.year]:
        return True
    return text not in off_days(day.year) and day.weekday() < 5


def add_working_days(day, amount):
    while amount > 0:
        day = day + timedelta(days=1)
        if is_working(day):
            amount -= 1
    return day


def hours_of(day, weekly, special):
    if day in special:
        return special[day]
    if day.isoformat() in off_days(day.year):
        return []
    hours = weekly.get(day.isoweekday(), [])
    if f"{day:%m-%d}" in MAKEUP_DAYS[day.year] and not hours:
        return weekly.get(1, [])
    return hours


def add_open_minutes(start, amount, weekly, special):
    """Walk the local clock minute by minute; ``start`` stands on a full minute."""
    minute = start
    while amount:
        clock = f"{minute:%H:%M}"
        if any(opens <= clock < closes for opens, closes in hours_of(minute.date(), weekly, special)):
            amount -= 1
        minute += timedelta(minutes=1)
    return minute


def instant(text) -> datetime:
    """Return ``2026-02-12 10:00`` of Shanghai as an instant."""
    return (datetime.fromisoformat(text) - timedelta(hours=8)).replace(tzinfo=UTC)
