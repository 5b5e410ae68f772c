"""Repair orders and deliveries as another system pushes them (AP5)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from activity.models import Event
from tests.factories import make_delivery, make_user
from visits.models import Delivery, Visit

VISITS, DELIVERIES = "/api/v1/visits/", "/api/v1/deliveries/"


@pytest.fixture
def order(car):
    arrived = timezone.now().replace(microsecond=0) - timedelta(hours=3)
    return {
        "source": "dms", "external_id": "RO1", "vehicle": car.pk, "number": "RO1", "kind": "maintenance",
        "arrived_at": arrived.isoformat(), "promised_at": (arrived + timedelta(hours=2)).isoformat(), "mileage": 12000,
    }  # fmt: skip


def ended(order):
    handed_over_at = timezone.now().replace(microsecond=0) - timedelta(hours=1, minutes=30)
    return order | {"handed_over_at": handed_over_at.isoformat(), "labour_amount": "100.00", "parts_amount": "50"}


def test_an_order_is_pushed_and_pushed_again(advisor, api, order):
    assert [api(advisor).put(f"{VISITS}upsert/", order).status_code for _attempt in range(2)] == [201, 200]
    assert Event.objects.filter(code__startswith="visit.").count() == 1


def test_an_order_with_its_end_is_handed_over_once(advisor, api, order):
    """AP5: the hand-over plans its calls through the same verb as at the desk."""
    order = ended(order)
    answers = [api(advisor).put(f"{VISITS}upsert/", order) for _attempt in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[1].json()["status"] == "handed_over"
    assert Event.objects.filter(code="visit.handed_over").count() == 1


def test_the_end_may_come_later(advisor, api, order):
    api(advisor).put(f"{VISITS}upsert/", order)
    assert api(advisor).put(f"{VISITS}upsert/", ended(order)).status_code == 200
    assert Visit.objects.values_list("status", "total_amount").get() == ("handed_over", 150)


def test_amounts_alone_hand_nothing_over(advisor, api, order):
    api(advisor).put(f"{VISITS}upsert/", order)
    answer = api(advisor).put(f"{VISITS}upsert/", order | {"total_amount": "99.00"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["total_amount"])
    assert Visit.objects.get().status == Visit.Status.IN_SHOP


def test_what_is_given_once_cannot_differ(advisor, api, order):
    api(advisor).put(f"{VISITS}upsert/", order)
    answer = api(advisor).put(f"{VISITS}upsert/", order | {"number": "RO2"})
    assert answer.json()["errors"] == {"number": ["This is given once and cannot be changed here."]}


def test_a_bad_hand_over_writes_nothing_of_the_order(advisor, api, order):
    answer = api(advisor).put(f"{VISITS}upsert/", ended(order) | {"handed_over_at": "2020-01-01T00:00:00Z"})
    assert (answer.status_code, Visit.objects.count()) == (400, 0)


def test_who_may_not_hand_over_is_told_so_per_item(store, api, order):
    token = api(make_user("dms", Role.SERVICE_ADVISOR, store), scopes=["visits.view", "visits.create", "customers.view"])
    result = token.post(f"{VISITS}bulk/", {"items": [order, ended(order) | {"external_id": "RO2", "number": "RO2"}]}).json()["results"]
    assert [(each["outcome"], each.get("code")) for each in result] == [("created", None), ("failed", "not_allowed")]
    assert Visit.objects.count() == 1


def test_a_delivery_is_pushed_twice(salesperson, api, car):
    delivery = {"source": "dms", "external_id": "D1", "vehicle": car.pk, "delivered_at": "2026-01-05T02:00:00Z"}
    assert [api(salesperson).put(f"{DELIVERIES}upsert/", delivery).status_code for _attempt in range(2)] == [201, 200]
    assert Event.objects.filter(code="delivery.created").count() == 1


def test_another_day_of_a_delivery_is_refused(salesperson, api, car):
    make_delivery(car.store, car, source="dms", external_id="D1")
    answer = api(salesperson).put(f"{DELIVERIES}upsert/", {"source": "dms", "external_id": "D1", "vehicle": car.pk, "delivered_at": "2026-01-05T02:00:00Z"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["delivered_at"])
    assert Delivery.objects.count() == 1
