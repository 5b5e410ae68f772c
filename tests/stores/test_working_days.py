"""Working days of the state: domain.md 5.5, FU7, T73, T74."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stores.calendar import StateCalendar, add_working_days, is_working_day, missing_makeup_years, working_days_between
from stores.models import CalendarDay, Holiday
from stores.official_days import official_days
from tests.factories import on
from tests.stores import naive_calendar

pytestmark = pytest.mark.django_db

TABLE = [
    ("2026-02-12", "2026-02-24"),
    ("2026-02-14", "2026-02-26"),
    ("2026-04-30", "2026-05-08"),
    ("2026-09-18", "2026-09-22"),
    ("2026-09-30", "2026-10-10"),
    ("2026-01-01", "2026-01-06"),
    ("2025-09-30", "2025-10-11"),
    ("2026-02-13", "2026-02-25"),
]


@pytest.mark.parametrize(("handed_over", "due"), TABLE)
def test_three_working_days_follow_the_state_calendar(handed_over, due):
    assert add_working_days(on(handed_over), 3) == on(due)


@pytest.mark.parametrize(("handed_over", "due"), TABLE)
def test_the_loaded_table_agrees_with_the_package(defaults, handed_over, due):
    assert add_working_days(on(handed_over), 3) == on(due)


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_seed_is_the_list_of_the_state_council(defaults, year):
    rows = CalendarDay.objects.filter(date__year=year)
    assert {str(row.date) for row in rows if not row.is_working} == naive_calendar.off_days(year)
    assert [f"{row.date:%m-%d}" for row in rows if row.is_working] == naive_calendar.MAKEUP_DAYS[year]


def test_the_table_wins_over_the_package():
    CalendarDay.objects.create(date=on("2026-02-14"), is_working=False, name="Store says no")
    CalendarDay.objects.create(date=on("2026-11-21"), is_working=True)
    assert not is_working_day(on("2026-02-14"))
    assert is_working_day(on("2026-11-21"))
    assert add_working_days(on("2026-02-13"), 1) == on("2026-02-24")


def test_loading_twice_keeps_what_the_administrator_wrote(defaults):
    from stores import defaults as shipped

    CalendarDay.objects.filter(date="2026-10-10").update(is_working=False, name="moved")
    count = CalendarDay.objects.count()
    shipped.load()
    assert CalendarDay.objects.count() == count
    assert not is_working_day(on("2026-10-10"))


def test_days_between_count_the_last_day_and_not_the_first():
    assert working_days_between(on("2026-09-30"), on("2026-10-10")) == 3
    assert working_days_between(on("2026-10-10"), on("2026-10-10")) == 0
    assert working_days_between(on("2026-10-10"), on("2026-09-30")) == 0


def test_a_year_without_a_notice_is_reported(defaults):
    assert missing_makeup_years(date(2026, 11, 18)) == [2027]
    assert missing_makeup_years(date(2025, 6, 1)) == []
    CalendarDay.objects.create(date=on("2027-02-14"), is_working=True, holiday=Holiday.SPRING_FESTIVAL)
    assert missing_makeup_years(date(2026, 11, 18)) == []


def test_the_holiday_of_a_substituted_day_is_the_one_beside_it():
    days = official_days(2026)
    assert days[on("2026-02-23")] == (False, Holiday.SPRING_FESTIVAL)
    assert days[on("2026-01-02")] == (False, Holiday.NEW_YEAR)
    assert days[on("2026-09-20")] == (True, "")


days = st.dates(date(2025, 1, 1), date(2026, 10, 31))
state = StateCalendar()
state.table = {}


@settings(max_examples=150, deadline=None)
@given(day=days, amount=st.integers(0, 40))
def test_adding_agrees_with_a_walk_day_by_day(day, amount):
    due, steps = state.add_working_days(day, amount)
    assert due == naive_calendar.add_working_days(day, amount)
    assert [step["days"] for step in steps if step["code"] != "provisional"] == grouped(day, due)


def grouped(day, due):
    """Every day after ``day`` up to ``due`` once, in runs of one kind."""
    runs, kinds = [], []
    while day < due:
        day += timedelta(days=1)
        kind = naive_calendar.is_working(day), day.weekday() >= 5
        kind = "off" if not kind[0] else kind
        if not kinds or kinds[-1] != kind:
            runs.append([])
            kinds.append(kind)
        runs[-1].append(day.isoformat())
    return runs


@settings(max_examples=100, deadline=None)
@given(day=days, amount=st.integers(1, 30))
def test_counting_is_the_inverse_of_adding(day, amount):
    due = state.add_working_days(day, amount)[0]
    assert state.is_working_day(due)
    assert state.working_days_between(day, due) == amount
    assert state.working_days_between(day, due - timedelta(days=1)) == amount - 1
