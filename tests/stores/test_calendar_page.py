"""The settings page of the working calendar (FU7, T74)."""

import pytest
from django.urls import reverse

from stores.calendar import add_working_days
from stores.models import CalendarDay, Holiday
from tests.factories import on

pytestmark = pytest.mark.django_db


def test_a_year_shows_its_days_off_and_make_up_days(defaults, administrator, page):
    response = page(administrator).get(reverse("stores:calendar"), {"year": 2026})
    text = response.content.decode()
    assert "2026-02-14" in text
    assert "2025-10-11" not in text
    assert "Spring Festival" in text


def test_a_year_without_notice_is_warned_about(defaults, administrator, page, time_machine):
    time_machine.move_to("2026-11-18T02:00:00Z")
    assert "The make-up working days of 2027 are not entered yet" in page(administrator).get(reverse("stores:calendar")).content.decode()


@pytest.mark.parametrize("year", ["x", "", "1", "99999"])
def test_a_year_that_is_none_shows_this_year(administrator, page, year):
    assert page(administrator).get(reverse("stores:calendar"), {"year": year}).status_code == 200


def test_an_added_day_counts_at_once(defaults, administrator, page):
    data = {"date": "2027-02-14", "is_working": "on", "holiday": "", "name": ""}
    response = page(administrator).post(reverse("stores:calendar_create"), data)
    assert response["Location"] == "/settings/calendar/?year=2027"
    assert CalendarDay.objects.get(date="2027-02-14").source == "charlie"
    assert add_working_days(on("2027-02-12"), 1) == on("2027-02-14")


def test_an_edited_day_counts_at_once(defaults, administrator, page):
    day = CalendarDay.objects.get(date="2026-02-14")
    page(administrator).post(reverse("stores:calendar_edit", args=[day.pk]), {"date": "2026-02-14", "holiday": Holiday.SPRING_FESTIVAL, "name": ""})
    assert add_working_days(on("2026-02-13"), 1) == on("2026-02-24")


def test_a_deleted_day_falls_back_to_what_the_program_knows(administrator, page):
    day = CalendarDay.objects.create(date="2026-11-19", is_working=False, name="Snow")
    page(administrator).post(reverse("stores:calendar_delete", args=[day.pk]))
    assert add_working_days(on("2026-11-18"), 1) == on("2026-11-19")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"date": "", "holiday": "new_year"}, "date"),
        ({"date": "2026-02-30", "holiday": "new_year"}, "date"),
        ({"date": "0001-01-01", "holiday": "new_year"}, "date"),
        ({"date": "2026-12-01", "holiday": "easter"}, "holiday"),
        ({"date": "2026-12-01"}, "holiday"),
        ({"date": "2026-10-01", "holiday": "new_year"}, "date"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(defaults, administrator, page, data, field):
    count = CalendarDay.objects.count()
    response = page(administrator).post(reverse("stores:calendar_create"), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert CalendarDay.objects.count() == count


def test_only_who_manages_stores_may_change_the_calendar(store_manager, page):
    assert page(store_manager).get(reverse("stores:calendar")).status_code == 403
    assert page(store_manager).post(reverse("stores:calendar_create"), {}).status_code == 403


def test_deleting_by_following_a_link_is_refused(administrator, page):
    day = CalendarDay.objects.create(date="2026-11-19", is_working=False, name="Snow")
    assert page(administrator).get(reverse("stores:calendar_delete", args=[day.pk])).status_code == 405
