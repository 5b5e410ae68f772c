"""Rows of another system by (source, external_id): the same body twice changes nothing (AP5)."""

import pytest

from activity.models import Event
from customers.models import Customer, Vehicle
from tests.factories import make_customer

CUSTOMERS, VEHICLES = "/api/v1/customers/", "/api/v1/vehicles/"


@pytest.fixture
def row(store):
    return {"store": store.pk, "source": "dms", "external_id": "C1", "name": "王示例", "phone": "13812345678"}


def test_the_first_put_creates(agent, api, row):
    answer = api(agent).put(f"{CUSTOMERS}upsert/", row)
    assert (answer.status_code, answer.json()["external_id"]) == (201, "C1")
    assert Customer.objects.get().name == "王示例"


def test_the_same_body_twice_leaves_no_event(agent, api, row):
    """AP5, T97."""
    api(agent).put(f"{CUSTOMERS}upsert/", row)
    before = Event.objects.count()
    answer = api(agent).put(f"{CUSTOMERS}upsert/", row)
    assert (answer.status_code, Customer.objects.count(), Event.objects.count()) == (200, 1, before)


def test_a_second_put_changes_what_differs_and_keeps_the_rest(agent, api, row):
    api(agent).put(f"{CUSTOMERS}upsert/", row | {"address": "示例路 1 号"})
    answer = api(agent).put(f"{CUSTOMERS}upsert/", row | {"name": "王新"})
    assert answer.status_code == 200
    assert Customer.objects.values_list("name", "address").get() == ("王新", "示例路 1 号")
    assert Event.objects.get(code="customer.edited").particulars["fields"] == ["name"]


def test_the_same_key_in_another_store_is_another_row(agent, api, other_store, row):
    make_customer(other_store, source="dms", external_id="C1")
    assert api(agent).put(f"{CUSTOMERS}upsert/", row).status_code == 201


def test_a_foreign_store_is_unknown(agent, api, other_store, row):
    """T4."""
    answer = api(agent).put(f"{CUSTOMERS}upsert/", row | {"store": other_store.pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["store"])


@pytest.mark.parametrize("name", ["source", "external_id"])
def test_a_row_without_its_key_is_refused(agent, api, row, name):
    answer = api(agent).put(f"{CUSTOMERS}upsert/", row | {name: " "})
    assert answer.json()["errors"] == {name: ["Say which row of which system this is."]}


def test_something_else_than_an_object_is_refused(agent, api):
    assert api(agent).put(f"{CUSTOMERS}upsert/", [1], format="json").status_code == 400


def test_a_car_names_its_owner_by_key(agent, api, row):
    api(agent).put(f"{CUSTOMERS}upsert/", row)
    car = {"source": "dms", "external_id": "V1", "customer": {"source": "dms", "external_id": "C1"}, "plate": "沪A12345"}
    assert [api(agent).put(f"{VEHICLES}upsert/", car).status_code for _attempt in range(2)] == [201, 200]
    assert Vehicle.objects.get().customer == Customer.objects.get()


def test_an_unknown_owner_is_named(agent, api):
    car = {"source": "dms", "external_id": "V1", "customer": {"source": "dms", "external_id": "C9"}, "plate": "沪A12345"}
    assert api(agent).put(f"{VEHICLES}upsert/", car).json()["errors"] == {"customer": ["No row, or more than one, has this source and external id."]}


def test_a_half_key_is_refused(agent, api):
    answer = api(agent).put(f"{VEHICLES}upsert/", {"source": "dms", "external_id": "V1", "customer": {"source": "dms"}, "plate": "沪A12345"})
    assert answer.json()["errors"] == {"customer": ["Give an id, or an object with source and external_id."]}


def test_a_batch_says_what_came_of_each_row(agent, api, row):
    """AP5: a thousand rows, one of them bad, one known already."""
    api(agent).put(f"{CUSTOMERS}upsert/", row)
    items = [row | {"external_id": f"C{number}"} for number in range(1, 1001)]
    items[499]["phone"] = "12"
    answer = api(agent).post(f"{CUSTOMERS}bulk/", {"items": items}).json()
    assert {name: answer[name] for name in ("created", "updated", "unchanged", "failed")} == {"created": 998, "updated": 0, "unchanged": 1, "failed": 1}
    assert answer["results"][499].items() >= {"index": 499, "external_id": "C500", "outcome": "failed", "code": "invalid"}.items()
    assert list(answer["results"][499]["errors"]) == ["phone"]


def test_a_batch_above_the_limit_is_refused(agent, api):
    answer = api(agent).post(f"{CUSTOMERS}bulk/", {"items": [{}] * 1001})
    assert answer.json()["errors"] == {"items": ["A batch holds at most 1000 items."]}
    assert Customer.objects.count() == 0


def test_items_of_a_batch_may_be_anything_and_never_break_it(agent, api):
    answer = api(agent).post(f"{CUSTOMERS}bulk/", {"items": [None, 1, "x", [], {}]})
    assert (answer.status_code, answer.json()["failed"]) == (200, 5)
