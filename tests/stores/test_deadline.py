"""Deadlines of a store in every unit: CO3, T61, T72, T73, T75, T79, T80."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from common.errors import DomainError
from stores.calendar import Calendar, Unit, add_months, deadline
from stores.models import BusinessHours, Store, StoreDay
from tests.factories import on
from tests.stores import naive_calendar
from tests.stores.naive_calendar import instant

SHANGHAI = ZoneInfo("Asia/Shanghai")


def due(store, start, amount, unit):
    return deadline(store, instant(start), amount, unit).at


def test_clock_hours_run_through_nights_and_holidays(store):
    assert due(store, "2026-09-30 17:30", 24, Unit.CLOCK_HOURS) == instant("2026-10-01 17:30")


def test_calendar_days_keep_the_time_of_day(store):
    assert due(store, "2026-09-30 17:30", 3, Unit.CALENDAR_DAYS) == instant("2026-10-03 17:30")


def test_working_days_keep_the_time_of_day(store):
    assert due(store, "2025-09-30 09:00", 3, Unit.WORKING_DAYS) == instant("2025-10-11 09:00")


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_end_on_the_last_day_of_a_shorter_month(start, amount, end):
    assert add_months(on(start), amount) == on(end)


@pytest.mark.parametrize(
    ("start", "local_day"),
    [("2026-11-18 15:59:59", 19), ("2026-11-18 16:00:00", 20), ("2026-11-18 23:59:59", 20), ("2026-11-19 00:00:00", 20)],
)
def test_the_day_is_that_of_the_store_not_of_the_server(store, start, local_day):
    """Between 00:00 and 08:00 in Shanghai the server in UTC still has yesterday (T80)."""
    start = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert store.local(deadline(store, start, 1, Unit.WORKING_DAYS).at).day == local_day


def test_business_hours_leave_out_lunch_night_and_holiday(store):
    """08:30–12:00 and 13:00–18:00 every day; the state's days off are closed."""
    assert due(store, "2026-11-18 11:00", 2, Unit.BUSINESS_HOURS) == instant("2026-11-18 14:00")
    assert due(store, "2026-11-18 17:00", 2, Unit.BUSINESS_HOURS) == instant("2026-11-19 09:30")
    assert due(store, "2026-11-18 07:00", 1, Unit.BUSINESS_HOURS) == instant("2026-11-18 09:30")
    assert due(store, "2026-09-30 17:00", 2, Unit.BUSINESS_HOURS) == instant("2026-10-08 09:30")


def test_a_deadline_at_closing_time_stays_there(store):
    assert due(store, "2026-11-18 17:00", 1, Unit.BUSINESS_HOURS) == instant("2026-11-18 18:00")


def test_one_second_before_closing_counts_one_second(store):
    """The last second before Spring Festival (T72): 14 Feb 2026 is worked, 15 to 23 Feb are off."""
    start = instant("2026-02-14 18:00") - timedelta(seconds=1)
    assert deadline(store, start, 1, Unit.BUSINESS_HOURS).at == instant("2026-02-24 09:30") - timedelta(seconds=1)


def test_a_special_day_of_the_store_wins_over_everything(store):
    """Open on National Day, early closing, closed for stocktaking (T75, CO3)."""
    StoreDay.objects.create(store=store, date="2026-10-01", spans=[["10:00", "12:00"]], reason="open day")
    StoreDay.objects.create(store=store, date="2026-11-18", spans=[["08:30", "12:00"]], reason="early closing")
    StoreDay.objects.create(store=store, date="2026-11-19", spans=[], reason="stocktaking")
    assert due(store, "2026-09-30 17:00", 2, Unit.BUSINESS_HOURS) == instant("2026-10-01 11:00")
    assert due(store, "2026-11-18 11:00", 2, Unit.BUSINESS_HOURS) == instant("2026-11-20 09:30")


def test_a_make_up_day_is_worked_like_a_monday_where_weekends_are_free(store):
    store.business_hours.filter(weekday__in=[6, 7]).delete()
    assert due(store, "2026-02-13 17:30", 1, Unit.BUSINESS_HOURS) == instant("2026-02-14 09:00")
    assert due(store, "2026-11-20 17:30", 1, Unit.BUSINESS_HOURS) == instant("2026-11-23 09:00")


def test_midnight_is_the_end_of_the_day_and_overlaps_count_once(store):
    store.business_hours.all().delete()
    for opens, closes in [(time(20), time(0)), (time(21), time(22))]:
        BusinessHours.objects.create(store=store, weekday=3, opens=opens, closes=closes)
    assert due(store, "2026-11-18 19:00", 4, Unit.BUSINESS_HOURS) == instant("2026-11-19 00:00")
    assert due(store, "2026-11-18 19:00", 5, Unit.BUSINESS_HOURS) == instant("2026-11-25 21:00")


def test_a_store_that_never_opens_is_refused_not_looped(store):
    store.business_hours.all().delete()
    with pytest.raises(DomainError) as refused:
        due(store, "2026-11-18 10:00", 1, Unit.BUSINESS_HOURS)
    assert refused.value.code == "no_business_hours"


@pytest.mark.parametrize("amount", [-1, 10_001, 1.5, None])
def test_an_amount_nobody_means_is_refused(store, amount):
    with pytest.raises(DomainError) as refused:
        due(store, "2026-11-18 10:00", amount, Unit.WORKING_DAYS)
    assert refused.value.field == "amount"


@pytest.mark.parametrize("unit", [Unit.MONTHS, Unit.WORKING_DAYS])
def test_a_deadline_beyond_the_horizon_is_refused(store, unit):
    with pytest.raises(DomainError) as refused:
        due(store, "2099-11-18 10:00", 2000, unit)
    assert refused.value.code == "too_far"


@pytest.mark.parametrize("unit", Unit.values)
def test_nothing_to_wait_for_is_due_at_once(store, unit):
    assert due(store, "2026-10-03 03:00", 0, unit) == instant("2026-10-03 03:00")


def test_a_thousand_deadlines_cost_the_queries_of_one(store, django_assert_num_queries):
    calendar = Calendar(store)
    with django_assert_num_queries(3):
        for minute in range(1000):
            calendar.deadline(instant("2026-02-12 10:00") + timedelta(minutes=minute), 3, Unit.WORKING_DAYS)
            calendar.deadline(instant("2026-02-12 10:00"), 8, Unit.BUSINESS_HOURS)


@pytest.mark.parametrize("spans", [[["9:00", "12:00"]], [["12:00", "09:00"]], [["09:00", "25:00"]], [["09:00"]], ["09:00"], [[9, 12]]])
def test_hours_that_are_no_hours_are_refused_on_saving(spans):
    with pytest.raises(ValidationError) as refused:
        StoreDay(date=on("2026-11-18"), spans=spans, reason="x").clean()
    assert "spans" in refused.value.message_dict


clocks = st.sampled_from(["00:00", "07:45", "08:30", "12:00", "13:00", "17:15", "18:00", "23:59", "24:00"])
spans = st.lists(st.tuples(clocks, clocks).filter(lambda span: span[0] < span[1]), max_size=3)
# Somewhere in the week the store is open for hours, so that the walk by minutes comes to an end.
weeks = st.dictionaries(st.integers(1, 7), spans).map(lambda week: {**week, 4: [*week.get(4, []), ("08:30", "17:15")]})
specials = st.dictionaries(st.dates(date(2026, 9, 20), date(2026, 10, 12)), spans, max_size=4)
starts = st.datetimes(datetime(2026, 9, 18), datetime(2026, 10, 9)).map(lambda start: start.replace(second=0, microsecond=0, tzinfo=SHANGHAI))


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(start=starts, hours=st.integers(1, 12), weekly=weeks, special=specials)
def test_business_hours_agree_with_a_walk_minute_by_minute(start, hours, weekly, special):
    """Lunch breaks, early closing, closing days, make-up days and National Day at random (CO3)."""
    calendar = calendar_of(weekly, special)
    assert calendar.deadline(start, hours, Unit.BUSINESS_HOURS).at == naive_calendar.add_open_minutes(start, hours * 60, weekly, special)


def calendar_of(weekly, special):
    calendar = Calendar(Store(code="P", name="P"))
    calendar.state.table = {}
    calendar.special_days = {day: (spans, "") for day, spans in special.items()}
    calendar.weekly_hours = {weekday: [(in_minutes(opens), in_minutes(closes)) for opens, closes in weekly.get(weekday, [])] for weekday in range(1, 8)}
    return calendar


def in_minutes(clock):
    return int(clock[:2]) * 60 + int(clock[3:])
