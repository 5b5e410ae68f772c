"""AR1: one page shows the customer whole, within twelve queries."""

import pytest
from django.dispatch import receiver

from activity.services import record
from customers.models import ContactPerson
from customers.notices import Notice
from customers.signals import notices_asked
from tests.factories import make_customer, make_vehicle, make_visit


@pytest.fixture
def busy(store, agent):
    """A customer with 5 cars, 60 visits and 200 events."""
    customer = make_customer(store)
    cars = [make_vehicle(store, customer) for _number in range(5)]
    for number in range(60):
        visit = make_visit(store, cars[number % 5])
        record("visit.created", visit, by=agent, number=visit.number)
    for _number in range(140):
        record("customer.confirmed", customer, by=agent, customer_id=customer.pk)
    for purpose in ("survey", "reminder", "marketing"):
        customer.set_consent(purpose, "phone", True, by=agent)
    ContactPerson(customer=customer, name="x", relation="driver").add(by=agent)
    return customer


def test_the_page_stays_within_twelve_queries(busy, agent, page, django_assert_max_num_queries):
    client = page(agent)
    with django_assert_max_num_queries(12):
        assert client.get(f"/customers/{busy.pk}/").status_code == 200


def test_the_timeline_is_cut_and_leads_to_the_older_events(busy, agent, page):
    first = page(agent).get(f"/customers/{busy.pk}/").context["timeline"]
    assert (len(first.events), first.older) == (40, 40)
    last = page(agent).get(f"/customers/{busy.pk}/?from=200").context["timeline"]
    assert (len(last.events), last.older) == (4, None)


def test_the_timeline_narrows_to_a_topic_and_a_car(busy, agent, page):
    car = busy.vehicles.first()
    events = page(agent).get(f"/customers/{busy.pk}/?topic=visit&vehicle={car.pk}").context["timeline"].events
    assert len(events) == 12
    assert {(event.code, event.vehicle_ref) for event in events} == {("visit.created", car.pk)}


@pytest.mark.parametrize("query", ["topic=nonsense", "vehicle=x", "from=-1", "from=99999999999999999999", "vehicle=99999999999999999999", "topic=visit%25"])
def test_nonsense_in_the_address_breaks_nothing(busy, agent, page, query):
    assert page(agent).get(f"/customers/{busy.pk}/?{query}").status_code == 200


def test_a_stranger_gets_the_answer_of_an_unknown_customer(busy, stranger, page, api):
    assert page(stranger).get(f"/customers/{busy.pk}/").status_code == 404
    assert page(stranger).get("/customers/999999/").status_code == 404
    assert api(stranger).get(f"/api/v1/customers/{busy.pk}/").status_code == 404


def test_the_archive_tells_what_is_missing(store, agent, page):
    """S2-14."""
    customer = make_customer(store, gender="female", address="示例路1号")
    assert customer.completeness == 80
    assert [field.name for field in customer.missing_fields] == ["birthday"]
    assert "80% complete" in page(agent).get(f"/customers/{customer.pk}/").content.decode()


def test_apps_above_are_asked_for_notices(store, agent, page):
    customer = make_customer(store)

    @receiver(notices_asked)
    def answer(sender, customer_ids, user, **kwargs):
        return {pk: [Notice("Promised a call", "/somewhere/")] for pk in customer_ids}

    try:
        assert "Promised a call" in page(agent).get(f"/customers/{customer.pk}/").content.decode()
    finally:
        notices_asked.disconnect(answer)


def test_the_vehicle_page_shows_its_own_events(store, agent, page, django_assert_max_num_queries):
    car, other = make_vehicle(store), make_vehicle(store)
    car.edit(by=agent, model="B")
    other.edit(by=agent, model="C")
    client = page(agent)
    with django_assert_max_num_queries(12):
        answer = client.get(f"/vehicles/{car.pk}/")
    assert [event.subject_id for event in answer.context["timeline"].events] == [car.pk]


def test_a_strange_vehicle_is_unknown(store, stranger, page, api):
    car = make_vehicle(store)
    assert page(stranger).get(f"/vehicles/{car.pk}/").status_code == 404
    assert api(stranger).get(f"/api/v1/vehicles/{car.pk}/").status_code == 404
