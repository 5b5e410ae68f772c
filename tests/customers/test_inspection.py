"""The annual inspection by dated rules (B20, S1-17, domain 5.4)."""

from calendar import monthrange
from datetime import timedelta

import pytest

from activity.models import Event
from customers.models import InspectionRule, Vehicle
from customers.services import expect_inspections, moved_inspections
from stores.calendar import add_months
from stores.models import Store
from tests.factories import make_vehicle, on

pytestmark = pytest.mark.usefixtures("defaults")
RELIEF, OLD, NONE = "relief", "old_cycle", "none"

# class, registered, last inspected, today -> due, on site; worked out by hand
CARS = [
    (RELIEF, "2024-03-15", None, "2026-03-01", "2026-03-31", False),
    (RELIEF, "2024-03-15", None, "2026-03-31", "2026-03-31", False),
    (RELIEF, "2024-03-15", None, "2026-04-01", "2028-03-31", False),
    (RELIEF, "2020-06-30", None, "2026-01-01", "2026-06-30", True),
    (RELIEF, "2018-02-10", None, "2026-01-01", "2026-02-28", False),
    (RELIEF, "2016-02-29", None, "2026-01-01", "2026-02-28", True),
    (RELIEF, "2018-02-10", None, "2027-01-01", "2028-02-29", True),
    (RELIEF, "2015-12-01", None, "2026-01-01", "2026-12-31", True),
    (RELIEF, "2006-05-05", None, "2026-01-01", "2026-05-31", True),
    (RELIEF, "2006-05-05", None, "2026-06-01", "2027-05-31", True),
    (RELIEF, "2022-10-20", None, "2024-10-31", "2024-10-31", False),
    (RELIEF, "2022-10-20", None, "2024-11-01", "2026-10-31", False),
    (RELIEF, "2019-01-31", None, "2024-12-01", "2025-01-31", True),
    (RELIEF, "2019-01-31", None, "2025-02-01", "2027-01-31", False),
    (RELIEF, "2024-08-31", None, "2026-01-01", "2026-08-31", False),
    (RELIEF, "2026-11-01", None, "2026-11-18", "2028-11-30", False),
    # Around 1 October 2022 each inspection follows the rule of its own day.
    (RELIEF, "2018-09-15", None, "2022-09-01", "2022-09-30", True),
    (RELIEF, "2018-10-15", None, "2022-09-01", "2022-10-31", False),
    (RELIEF, "2015-09-10", None, "2022-09-01", "2022-09-30", True),
    (RELIEF, "2015-10-10", None, "2022-09-01", "2023-10-31", False),
    (RELIEF, "2012-10-10", None, "2022-09-01", "2022-10-31", True),
    (RELIEF, "2007-03-10", None, "2022-01-01", "2022-03-31", True),
    (RELIEF, "2007-03-10", None, "2022-04-01", "2022-09-30", True),
    (RELIEF, "2007-03-10", None, "2022-10-01", "2023-03-31", True),
    (OLD, "2024-03-15", None, "2026-01-01", "2026-03-31", True),
    (OLD, "2019-03-15", None, "2026-01-01", "2026-03-31", True),
    (OLD, "2010-03-15", None, "2026-01-01", "2026-03-31", True),
    (OLD, "2010-03-15", None, "2026-04-01", "2026-09-30", True),
    (OLD, "2011-04-10", None, "2026-01-01", "2026-04-30", True),
    # Done within its window (the month it is due and the two before), it is over; a day earlier it is not.
    (RELIEF, "2024-03-15", "2026-01-01", "2026-01-20", "2028-03-31", False),
    (RELIEF, "2024-03-15", "2025-12-31", "2026-01-20", "2026-03-31", False),
]


@pytest.mark.parametrize(("code", "registered", "inspected", "today", "due", "is_on_site"), CARS)
def test_the_next_inspection_is_worked_out_by_the_rule_of_its_day(store, code, registered, inspected, today, due, is_on_site):
    """B20: a table of cars across the change of rules."""
    car = Vehicle(store=store, registered_on=on(registered), inspected_on=inspected and on(inspected), inspection_class=code)
    step = car.next_inspection(on(today))
    assert (step.due_on, step.is_on_site) == (on(due), is_on_site)


@pytest.mark.parametrize(("code", "registered"), [(NONE, "2024-03-15"), (RELIEF, None)])
def test_a_car_no_rule_covers_has_no_day(store, code, registered):
    assert Vehicle(store=store, registered_on=registered and on(registered), inspection_class=code).next_inspection(on("2026-01-01")) is None


def test_one_may_come_from_the_second_month_before(store):
    """机动车登记规定 Art. 54, as calendar months."""
    assert Vehicle(store=store, registered_on=on("2025-01-31")).next_inspection(on("2026-01-01")).opens_on == on("2026-11-01")


def test_the_page_shows_day_kind_and_rule(store, agent, page):
    car, registered = make_vehicle(store), store.today() - timedelta(days=365)
    sent = {"plate": car.plate, "vin": car.vin, "registered_on": registered.isoformat(), "inspection_class": RELIEF, "confirmed": "on"}
    page(agent).post(f"/vehicles/{car.pk}/edit/", sent)
    car.refresh_from_db()
    answer = page(agent).get(f"/vehicles/{car.pk}/")
    assert answer.context["step"].due_on == car.inspection_due_on
    for words in ("mark without test", "Reform of 2022", "24 months after the registration"):
        assert words in answer.content.decode()


def test_an_inspection_done_moves_the_day_on(store, agent, page, api):
    today = store.today()
    car = make_vehicle(store, registered_on=add_months(today, -24))
    assert car.next_inspection().opens_on <= today <= car.next_inspection().due_on
    assert page(agent).post(f"/vehicles/{car.pk}/inspect/", {"on": today.isoformat()}).status_code == 302
    car.refresh_from_db()
    assert (car.inspected_on, car.inspection_due_on) == (today, car.next_inspection().due_on)
    assert car.next_inspection().months == 48
    assert Event.objects.get().particulars == {"on": today.isoformat()}
    assert api(agent).post(f"/api/v1/vehicles/{car.pk}/inspect/", {"on": today.isoformat()}).json()["inspected_on"] == today.isoformat()


@pytest.mark.parametrize("day", ["2099-01-01", "2025-01-30", "x", ""])
def test_an_impossible_day_of_inspection_is_refused(store, agent, page, api, day):
    car = make_vehicle(store, registered_on=on("2025-01-31"))
    page(agent).post(f"/vehicles/{car.pk}/inspect/", {"on": day})
    answer = api(agent).post(f"/api/v1/vehicles/{car.pk}/inspect/", {"on": day})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["on"])
    car.refresh_from_db()
    assert car.inspected_on is None


def test_the_night_follows_imports_and_costs_no_query_a_car(store, django_assert_max_num_queries):
    cars = [make_vehicle(store, registered_on=on("2025-01-31")) for _number in range(20)]
    with django_assert_max_num_queries(4):
        assert expect_inspections([store]) == 20
    assert expect_inspections([store]) == 0
    Vehicle.objects.filter(pk=cars[0].pk).update(registered_on=None)
    assert expect_inspections([store]) == 1


def test_a_changed_rule_first_shows_which_cars_move(store, administrator, page):
    """B20: an edited rule previews which reminders move."""
    car = make_vehicle(store, registered_on=add_months(store.today(), -12), plate="沪A12345")
    expect_inspections(Store.objects.all())
    car.refresh_from_db()
    before, after = car.inspection_due_on, last_of_month(add_months(car.registered_on, 36))
    rule = InspectionRule.objects.get(inspection_class=RELIEF, valid_from=on("2022-10-01"))
    given = {
        "inspection_class": RELIEF, "valid_from": "2022-10-01", "name_zh": "新", "name_en": "New", "mark_years": "3", "site_years": "6", "then_months": "12",
    }  # fmt: skip
    client, address = page(administrator), f"/settings/inspection-rules/{rule.pk}/"
    preview = client.post(address, given)
    assert f"沪A12345: {before} → {after}" in str(preview.context["form"].errors)
    assert moved_inspections([store]) == []
    assert client.post(address, given | {"confirmed": "on"}).status_code == 302
    assert Vehicle.objects.get().inspection_due_on == after


def last_of_month(day):
    return day.replace(day=monthrange(day.year, day.month)[1])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mark_years": "2,4;8"}, "mark_years"),
        ({"site_years": "4,6"}, "site_years"),
        ({"later_year": "15"}, "later_months"),
        ({"then_months": "0"}, "then_months"),
    ],
)
def test_a_rule_that_makes_no_sense_names_the_field(administrator, page, changes, field):
    given = {
        "inspection_class": OLD,
        "valid_from": "2027-01-01",
        "name_zh": "新",
        "name_en": "New",
        "mark_years": "2,4",
        "site_years": "6",
        "then_months": "12",
    }
    assert list(page(administrator).post("/settings/inspection-rules/new/", given | changes).context["form"].errors) == [field]
