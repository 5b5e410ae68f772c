"""When a store is open and when its people work (UX10)."""

import pytest

from stores.calendar import Calendar
from stores.models import BusinessHours, CalendarDay, StoreDay
from tests.factories import on
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("at", "is_open", "opening"),
    [
        ("2026-11-18 08:29", False, "2026-11-18 08:30"),
        ("2026-11-18 08:30", True, "2026-11-18 08:30"),
        ("2026-11-18 11:59", True, "2026-11-18 11:59"),
        ("2026-11-18 12:00", False, "2026-11-18 13:00"),
        ("2026-11-18 18:00", False, "2026-11-19 08:30"),
        ("2026-09-30 18:00", False, "2026-10-08 08:30"),
    ],
)
def test_the_store_opens_by_its_hours_and_rests_on_holidays(store, at, is_open, opening):
    calendar = Calendar(store)
    assert (calendar.is_open(instant(at)), calendar.opening(instant(at))) == (is_open, instant(opening))


def test_the_next_opening_on_a_working_day_passes_over_a_sale_on_saturday(store):
    calendar = Calendar(store)
    assert calendar.opening(instant("2026-11-20 18:00")) == instant("2026-11-21 08:30")
    assert calendar.opening(instant("2026-11-20 18:00"), on_working_days=True) == instant("2026-11-23 08:30")


def test_a_special_day_decides_else_the_state(store):
    StoreDay.objects.create(store=store, date=on("2026-11-19"), spans=[], reason="Stocktaking")
    StoreDay.objects.create(store=store, date=on("2026-11-21"), spans=[["09:00", "12:00"]], reason="Open house")
    CalendarDay.objects.create(date=on("2026-11-22"), is_working=True)
    calendar = Calendar(store)
    assert [calendar.is_working_day(on(f"2026-11-{day}")) for day in (18, 19, 20, 21, 22, 28)] == [True, False, True, True, True, False]


def test_a_store_that_never_opens_holds_nothing_back(store):
    BusinessHours.objects.filter(store=store).delete()
    assert Calendar(store).opening(instant("2026-11-18 03:00")) == instant("2026-11-18 03:00")
