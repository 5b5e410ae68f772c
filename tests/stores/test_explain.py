"""Deadlines that explain themselves, in both languages (features.md B5, FU7, T74)."""

import pytest
from django.utils import translation

from stores.calendar import Unit, deadline, explain
from stores.models import CalendarDay, StoreDay
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.django_db


def explained(store, start, amount, unit):
    return explain(deadline(store, instant(start), amount, unit).steps)


def test_national_day_2025_is_told_as_people_tell_it(store):
    assert explained(store, "2025-09-30 09:00", 3, Unit.WORKING_DAYS) == [
        "1–8 Oct: National Day, Mid-Autumn Festival",
        "9, 10 Oct count",
        "11 Oct is a make-up working day",
    ]


def test_spring_festival_2026_crosses_a_weekend(store):
    assert explained(store, "2026-02-13 09:00", 3, Unit.WORKING_DAYS) == [
        "14 Feb is a make-up working day",
        "15–23 Feb: Spring Festival",
        "24, 25 Feb count",
    ]


def test_a_weekend_is_called_a_weekend(store):
    assert explained(store, "2026-11-20 09:00", 1, Unit.WORKING_DAYS) == ["21–22 Nov: weekend", "23 Nov counts"]


def test_many_counted_days_are_a_span(store):
    assert explained(store, "2026-11-22 09:00", 4, Unit.WORKING_DAYS) == ["23–26 Nov count"]


def test_a_span_over_two_months_names_both(store):
    assert explained(store, "2026-10-28 09:00", 3, Unit.WORKING_DAYS) == ["29, 30 Oct count", "31 Oct–1 Nov: weekend", "2 Nov counts"]


def test_a_year_without_make_up_days_is_provisional(store):
    lines = explained(store, "2027-01-28 09:00", 1, Unit.WORKING_DAYS)
    assert lines == ["29 Jan counts", "The make-up working days of 2027 are not known yet; this date may move."]


def test_the_other_units_tell_what_they_count(store):
    assert explained(store, "2026-11-18 10:00", 24, Unit.CLOCK_HOURS) == ["24 clock hours after 18 Nov 10:00"]
    assert explained(store, "2026-11-18 10:00", 7, Unit.CALENDAR_DAYS) == ["7 calendar days after 18 Nov"]
    assert explained(store, "2026-01-31 10:00", 1, Unit.MONTHS) == ["1 month after 31 Jan", "28 Feb is the last day of its month"]


def test_business_hours_name_closing_days_and_their_reasons(store):
    StoreDay.objects.create(store=store, date="2026-09-29", spans=[], reason="Stocktaking")
    assert explained(store, "2026-09-28 16:30", 12, Unit.BUSINESS_HOURS) == [
        "28 Sep: open for 1 h 30 min",
        "29 Sep: closed, Stocktaking",
        "30 Sep: open for 8 h 30 min",
        "1–7 Oct: closed, National Day",
        "8 Oct: open for 2 h",
    ]


def test_a_name_somebody_typed_stays_as_it_is(store):
    CalendarDay.objects.create(date="2026-11-19", is_working=False, name="Heavy snow")
    assert explained(store, "2026-11-18 10:00", 1, Unit.WORKING_DAYS) == ["19 Nov: Heavy snow", "20 Nov counts"]


def test_dates_are_written_the_chinese_way(store):
    due = deadline(store, instant("2025-09-30 09:00"), 3, Unit.WORKING_DAYS)
    with translation.override("zh-hans"):
        lines = explain(due.steps)
    assert [line[: len(words)] for line, words in zip(lines, ["10月1日至8日", "10月9日、10日", "10月11日"], strict=True)] == [
        "10月1日至8日",
        "10月9日、10日",
        "10月11日",
    ]
