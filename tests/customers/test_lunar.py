"""Lunar birthdays (domain 5.6, B7, S4-01)."""

from datetime import date
from itertools import pairwise

import pytest
from django.utils.translation import override

from common.errors import DomainError
from customers.lunar import lunar_birthdays_on, lunar_label, normal_lunar
from customers.models import Customer
from tests.factories import make_customer, on


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("六月十五", "6-15"),
        ("农历闰六月初一", "L6-1"),
        ("正月初一", "1-1"),
        ("腊月三十", "12-30"),
        ("十二月廿三", "12-23"),
        ("冬月二十三", "11-23"),
        ("十月初十", "10-10"),
        ("八月二十", "8-20"),
        ("６－１５", "6-15"),
        ("06/05", "6-5"),
        ("闰4月8日", "L4-8"),
        ("L6-15", "L6-15"),
        (" 2 . 30 ", "2-30"),
    ],
)
def test_a_lunar_birthday_is_read_as_people_write_it(typed, stored):
    assert normal_lunar(typed) == stored
    assert normal_lunar(stored) == stored


@pytest.mark.parametrize("typed", ["13-1", "0-5", "6-31", "六月", "15", "1990-06-15", "六月卅一", "月十五", "十三月初一", "6-"])
def test_what_is_no_lunar_day_is_refused(typed):
    with pytest.raises(DomainError) as refused:
        normal_lunar(typed)
    assert (refused.value.code, refused.value.field) == ("lunar_birthday_invalid", "lunar_birthday")


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        ("2026-02-17", {"1-1", "L1-1"}),
        ("2026-09-25", {"8-15", "L8-15"}),
        ("2027-02-05", {"12-29", "L12-29", "12-30", "L12-30"}),
        ("2030-02-02", {"12-30", "L12-30"}),
        ("2025-07-25", set()),
        ("2028-06-23", set()),
    ],
)
def test_each_solar_day_keeps_its_lunar_birthdays(day, kept):
    """Spring Festival and Mid-Autumn of 2026, the missing and the present thirtieth, days of leap months."""
    assert lunar_birthdays_on(on(day)) == kept


def test_every_lunar_birthday_is_kept_once_in_every_lunar_year():
    """B7: five years with the leap months of 2025 and 2028, each of 720 ways to be born."""
    starts = [on(day) for day in ("2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13")]
    every = {f"{leap}{month}-{day}" for leap in ("", "L") for month in range(1, 13) for day in range(1, 31)}
    for first, after in pairwise(starts):
        days = [date.fromordinal(number) for number in range(first.toordinal(), after.toordinal())]
        kept = [written for day in days for written in lunar_birthdays_on(day)]
        # A thirtieth of a month of 29 days and the first of the next are two birthdays, so none is kept twice.
        assert (len(kept), set(kept)) == (len(every), every)


@pytest.mark.parametrize(
    ("rule", "day", "written"),
    [
        ("ordinary", "2025-01-28", "12-30"),
        ("ordinary", "2025-06-25", "L6-1"),
        ("leap", "2025-07-25", "L6-1"),
        ("leap", "2026-07-14", "L6-1"),
        ("leap", "2025-06-25", "6-1"),
        ("leap", "2025-08-22", "L6-30"),
    ],
)
def test_which_month_keeps_a_leap_birthday_is_a_setting(settings, rule, day, written):
    """B7: the 30th of a twelfth month of 29 days; the 1st of a leap month by either rule."""
    settings.LUNAR_LEAP_BIRTHDAYS = rule
    year = on(day).year
    kept = [date.fromordinal(number) for number in range(date(year, 1, 1).toordinal(), date(year, 12, 1).toordinal())]
    assert on(day) in [each for each in kept if written in lunar_birthdays_on(each)]
    assert len([each for each in kept if written in lunar_birthdays_on(each) and abs((each - on(day)).days) < 100]) == 1


def test_it_is_shown_in_the_words_of_the_reader():
    with override("zh-hans"):
        assert [lunar_label(written) for written in ("6-15", "L6-1", "12-30")] == ["农历六月十五", "农历闰六月初一", "农历腊月三十"]
    with override("en"):
        assert lunar_label("L6-1") == "lunar leap month 6, day 1"


def test_the_form_and_the_api_take_it_and_name_the_field(store, agent, page, api):
    """S4-01."""
    sent = {"store": store.pk, "name": "Lunar", "kind": "person", "lunar_birthday": "闰六月十五"}
    assert page(agent).post("/customers/new/", sent).status_code == 302
    customer = Customer.objects.get()
    assert customer.lunar_birthday == "L6-15"
    assert "birthday" not in [field.name for field in customer.missing_fields]
    answer = api(agent).patch(f"/api/v1/customers/{customer.pk}/", {"lunar_birthday": "13-1"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["lunar_birthday"])


def test_the_page_shows_it(store, agent, page):
    customer = make_customer(store, lunar_birthday="6-15")
    customer.contacts.create(name="Contact", relation="spouse", lunar_birthday="8-15")
    shown = page(agent).get(f"/customers/{customer.pk}/").content.decode()
    assert "lunar month 6, day 15" in shown
    assert "lunar month 8, day 15" in shown
