"""A car changes hands: visits stay with it, reminders go to the new owner (AR2)."""

from datetime import timedelta

import pytest

from activity.models import Event
from common.errors import Conflict
from customers.models import Customer, PastOwnership, Purpose, Vehicle
from messaging import outbox
from messaging.models import Message, MessageTemplate, Reason
from messaging.reminders import plan_reminders
from tests.factories import NOW, make_customer, make_handed_over, make_vehicle, on
from tests.messaging.factories import agree, make_message


@pytest.fixture
def car(store):
    return make_vehicle(store, make_customer(store, name="王旧主"), delivered_on=on("2024-05-01"))


@pytest.fixture
def buyer(store):
    return make_customer(store, name="李新主", phone="13900000002")


def given(**changes):
    return {"name": "李新主", "phone": "13900000002", "on": "2026-10-01", "reason": "sold"} | changes


def test_the_car_goes_to_a_known_customer(car, buyer, agent, page):
    former = car.customer
    assert page(agent).post(f"/vehicles/{car.pk}/transfer/", given()).status_code == 302
    car.refresh_from_db()
    past = PastOwnership.objects.get()
    assert (car.customer, past.customer, past.since, past.until, past.recorded_by) == (buyer, former, on("2024-05-01"), on("2026-10-01"), agent)
    assert list(Event.objects.order_by("pk").values_list("code", "customer_ref")) == [("vehicle.given_up", former.pk), ("vehicle.taken_over", buyer.pk)]


def test_the_car_goes_to_somebody_new(car, agent, page):
    page(agent).post(f"/vehicles/{car.pk}/transfer/", given(name="赵新", phone="13900000009"))
    car.refresh_from_db()
    assert (car.customer.name, car.customer.store, Customer.objects.count()) == ("赵新", car.store, 2)


def test_another_name_under_a_known_phone_is_asked_about(car, buyer, agent, page):
    asked = page(agent).post(f"/vehicles/{car.pk}/transfer/", given(name="李别名"))
    assert asked.context["form"].errors == {"name": ["This phone belongs to 李新主, who would become the owner."]}
    page(agent).post(f"/vehicles/{car.pk}/transfer/", given(name="李别名", confirmed="on"))
    car.refresh_from_db()
    assert car.customer == buyer


def test_visits_stay_with_car_and_with_whoever_came(car, buyer, agent, page, store):
    """AR2: a car changes owner without losing its visits."""
    visit, former = make_handed_over(store, vehicle=car), car.customer
    car.transfer(buyer, by=agent)
    visit.refresh_from_db()
    assert (visit.vehicle, visit.customer) == (car, former)
    assert visit in page(agent).get("/visits/", {"vehicle": car.pk}).context["page_obj"]
    text = page(agent).get(f"/vehicles/{car.pk}/").content.decode()
    assert "王旧主" in text
    assert "went to another owner" in text


def test_the_former_owner_gets_no_more_reminders_of_it(car, buyer, agent, defaults):
    """AR2: from the transfer on, planned or not."""
    template = MessageTemplate.objects.create(code="t", category="care", purpose=Purpose.REMINDER, name_en="t", name_zh="t", body="您好")
    planned = make_message(agree(car.customer), template, vehicle=car)
    agree(buyer)
    car.transfer(buyer, by=agent)
    outbox.send_due(NOW)
    planned.refresh_from_db()
    assert (planned.status, planned.reason) == (Message.Status.CANCELLED, Reason.OWNER_CHANGED)
    Vehicle.objects.update(next_maintenance_on=car.store.today(NOW) + timedelta(days=16))
    plan_reminders(NOW)
    assert set(Message.objects.exclude(pk=planned.pk).values_list("customer", flat=True)) == {buyer.pk}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"on": "2999-01-01"}, "on"), ({"on": "2024-04-30"}, "on"), ({"phone": "12"}, "phone"), ({"phone": ""}, "phone"), ({"reason": "x"}, "reason")],
)
def test_what_cannot_be_is_told_at_its_field(car, buyer, agent, page, changes, field):
    answer = page(agent).post(f"/vehicles/{car.pk}/transfer/", given(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not PastOwnership.objects.exists()


def test_two_transfers_follow_one_another(car, buyer, agent, store):
    third = make_customer(store)
    car.transfer(buyer, by=agent, on=on("2025-01-01"))
    car.transfer(third, by=agent, on=on("2026-01-01"), reason="family")
    assert car.past_ownerships.values_list("customer", "since", "until").first() == (buyer.pk, on("2025-01-01"), on("2026-01-01"))


def test_who_is_slower_is_told(car, buyer, agent, store):
    stale = Vehicle.objects.get(pk=car.pk)
    car.transfer(buyer, by=agent)
    with pytest.raises(Conflict):
        stale.transfer(make_customer(store), by=agent)


def test_the_api_transfers(car, buyer, agent, api):
    answer = api(agent).post(f"/api/v1/vehicles/{car.pk}/transfer/", {"customer": buyer.pk, "on": "2026-10-01", "reason": "company"})
    assert (answer.status_code, answer.json()["customer"]) == (200, buyer.pk)


def test_the_api_refuses_the_present_and_a_foreign_owner(car, agent, api, other_store):
    present = api(agent).post(f"/api/v1/vehicles/{car.pk}/transfer/", {"customer": car.customer_id})
    foreign = api(agent).post(f"/api/v1/vehicles/{car.pk}/transfer/", {"customer": make_customer(other_store).pk})
    assert [(answer.status_code, list(answer.json()["errors"])) for answer in (present, foreign)] == [(400, ["customer"])] * 2


def test_right_store_and_method_are_asked(car, auditor, stranger, page):
    assert page(auditor).post(f"/vehicles/{car.pk}/transfer/", given()).status_code == 403
    assert page(stranger).post(f"/vehicles/{car.pk}/transfer/", given()).status_code == 404
