"""Customer classes and customer value (S2-01, S0-12, S1-16, S4-08)."""

from datetime import timedelta

import pytest

from activity.models import Event
from customers.models import Customer
from tests.factories import NOW, make_customer, make_delivery, make_handed_over, make_vehicle, make_visit, on
from visits.loyalty.classes import classify_customers
from visits.loyalty.value import value_of
from visits.models import LoyaltyRule

pytestmark = pytest.mark.usefixtures("defaults")


def came(store, *days, vehicle=None, **fields):
    vehicle = vehicle or make_vehicle(store)
    for day in days:
        at = NOW.replace(year=on(day).year, month=on(day).month, day=on(day).day)
        make_handed_over(store, at=at, vehicle=vehicle, **fields)
    return vehicle.customer


def class_of(customer):
    classify_customers(NOW)
    customer.refresh_from_db()
    return customer.loyalty


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], ""),
        (["2026-11-01"], "ordinary"),
        (["2026-05-18"], "ordinary"),
        (["2026-05-17"], "at_risk"),
        (["2025-11-18"], "at_risk"),
        (["2025-11-17"], "lost"),
        (["2024-11-18", "2025-06-01", "2026-01-01", "2026-06-01"], "loyal"),
        (["2024-11-17", "2025-06-01", "2026-01-01", "2026-06-01"], "ordinary"),
        (["2025-01-01", "2025-06-01", "2026-01-01", "2026-05-01"], "at_risk"),
    ],
)
def test_the_class_follows_the_visits(store, days, expected):
    """S2-01, on 18 November 2026: six months away is at risk, twelve lost, four visits in two years loyal."""
    assert class_of(came(store, *days)) == expected


def test_a_car_bought_counts_as_being_here(store):
    assert class_of(make_delivery(store, delivered_at=NOW - timedelta(days=30)).customer) == "ordinary"
    assert class_of(make_delivery(store, delivered_at=NOW - timedelta(days=400)).customer) == "lost"


def test_a_cancelled_visit_counts_for_nothing(store):
    customer = make_visit(store, status="cancelled").customer
    assert class_of(customer) == ""


def test_the_rule_in_force_on_the_day_sorts(store):
    LoyaltyRule.objects.create(valid_from=on("2026-11-18"), loyal_visits=1, loyal_months=1, at_risk_months=1, lost_months=2)
    LoyaltyRule.objects.create(valid_from=on("2026-11-19"), loyal_visits=9, loyal_months=1, at_risk_months=1, lost_months=2)
    assert [class_of(came(store, day)) for day in ("2026-11-01", "2026-10-01", "2026-09-01")] == ["loyal", "at_risk", "lost"]


def test_sorting_again_changes_nothing_and_tells_since_when(store, django_assert_max_num_queries):
    """A hundred customers cost no more queries than one."""
    customers = [came(store, "2026-11-01") for _number in range(3)]
    updated_at = customers[0].updated_at
    assert (classify_customers(NOW), classify_customers(NOW + timedelta(days=1))) == (3, 0)
    customers[0].refresh_from_db()
    assert (customers[0].loyalty_on, customers[0].updated_at) == (on("2026-11-18"), updated_at)
    with django_assert_max_num_queries(5):
        classify_customers(NOW)


def test_the_list_the_api_and_the_page_know_the_class(store, agent, page, api):
    """S2-01: activities are aimed at a class."""
    lost, here = came(store, "2025-01-01"), came(store, "2026-11-01")
    classify_customers(NOW)
    assert list(page(agent).get("/customers/?loyalty=lost").context["page_obj"]) == [lost]
    assert [row["id"] for row in api(agent).get("/api/v1/customers/?loyalty=ordinary").json()["results"]] == [here.pk]
    assert api(agent).patch(f"/api/v1/customers/{here.pk}/", {"loyalty": "loyal"}).status_code == 400
    assert "Lost" in page(agent).get(f"/customers/{lost.pk}/").content.decode()


def test_the_value_is_summed_by_year_and_car(store, agent, page):
    """S0-12: profit contribution and loyalty of one customer; the visits of a sold car stay with whoever paid."""
    customer = make_customer(store)
    one, two = make_vehicle(store, customer), make_vehicle(store, customer)
    came(store, "2025-03-01", "2026-03-01", vehicle=one, total_amount=600)
    came(store, "2026-04-01", vehicle=two, total_amount=1200)
    make_visit(store, one, total_amount=9999)
    make_delivery(store, one)
    make_customer(store, referred_by=customer)
    value = value_of(customer)
    assert (value.total.visits, value.total.spent, value.total.average, value.bought, value.referred) == (3, 2400, 800, 1, 1)
    assert {year: (sum.visits, sum.spent) for year, sum in value.years.items()} == {2026: (2, 1800), 2025: (1, 600)}
    assert {car: sum.spent for car, sum in value.cars.items()} == {two: 1200, one: 1200}
    shown = page(agent).get(f"/customers/{customer.pk}/value/").content.decode()
    assert "2,400" in shown
    assert f"/customers/?referred_by={customer.pk}" in shown


def test_who_referred_is_found_by_phone_within_the_store(store, other_store, agent, page):
    """S4-08, S1-16: the channel and the referrer of a new customer."""
    referrer, stranger = make_customer(store, phone="13800009999"), make_customer(other_store, phone="13800008888")
    sent = {"store": store.pk, "name": "New", "kind": "person", "channel": "referral"}
    for phone in (stranger.phone, "123"):
        answer = page(agent).post("/customers/new/", sent | {"referrer_phone": phone})
        assert list(answer.context["form"].errors) == ["referrer_phone"]
    assert page(agent).post("/customers/new/", sent | {"referrer_phone": "138 0000 9999"}).status_code == 302
    new = Customer.objects.get(name="New")
    assert (new.referred_by, new.channel) == (referrer, "referral")
    assert list(page(agent).get(f"/customers/?referred_by={referrer.pk}").context["page_obj"]) == [new]


def test_editing_keeps_the_referrer_and_nobody_refers_himself(store, agent, page):
    referrer = make_customer(store, phone="13800009999")
    customer = make_customer(store, phone="13800001111", referred_by=referrer)
    sent = {"name": "Renamed", "kind": "person", "phone": customer.phone}
    page(agent).post(f"/customers/{customer.pk}/edit/", sent)
    customer.refresh_from_db()
    assert (customer.name, customer.referred_by) == ("Renamed", referrer)
    assert "referrer_phone" in page(agent).post(f"/customers/{customer.pk}/edit/", sent | {"referrer_phone": customer.phone}).context["form"].errors


def test_somebody_of_the_store_looks_after_the_record(store, agent, second_agent, stranger, page, api):
    """S0-12: dedicated staff."""
    customer = make_customer(store)
    page(agent).post(f"/customers/{customer.pk}/edit/", {"name": customer.name, "kind": "person", "phone": customer.phone, "keeper": second_agent.pk})
    customer.refresh_from_db()
    assert (customer.keeper, Event.objects.get().particulars) == (second_agent, {"fields": ["keeper"]})
    answer = api(agent).patch(f"/api/v1/customers/{customer.pk}/", {"keeper": stranger.pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["keeper"])


def test_a_new_rule_is_a_setting_on_record(administrator, page):
    given = {"valid_from": "2027-01-01", "loyal_visits": "3", "loyal_months": "12", "at_risk_months": "9", "lost_months": "18"}
    client = page(administrator)
    assert client.post("/settings/customer-classes/new/", given).status_code == 302
    assert Event.objects.get().code == "setting.created"
    wrong = client.post("/settings/customer-classes/new/", given | {"valid_from": "2027-02-01", "lost_months": "9"})
    assert wrong.status_code == 422
