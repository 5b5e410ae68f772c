"""AR3, T8, T32: what is on file already shows up under the field while somebody types it as new."""

import json

import pytest

from accounts.roles import Role
from customers.models import Customer
from tests.factories import make_customer, make_user, make_vehicle

ALIKE, VEHICLE_ALIKE = "/customers/new/alike/", "/vehicles/new/alike/"


@pytest.fixture
def known(store):
    return make_customer(store, name="王示例", phone="13812345678")


@pytest.fixture
def car(known):
    return make_vehicle(known.store, known, plate="沪A9K871", vin="LATPAB071W1005301")


@pytest.fixture
def told(page):
    """Return whom the answer names, with the reason."""

    def ask(user, address, **typed):
        answer = page(user).post(address, typed)
        assert answer.status_code == 200
        return [(hit.vehicle or hit.customer, str(hit.reason)) for hit in answer.context["hits"]]

    return ask


def test_a_whole_phone_shows_its_customer(known, agent, told):
    assert told(agent, ALIKE, key="phone", phone="+86 138-1234 5678") == [(known, "Phone")]


@pytest.mark.parametrize("phone", ["", "138", "5678", "1381234567", "nonsense"])
def test_part_of_a_phone_shows_nobody(known, agent, told, phone):
    assert told(agent, ALIKE, key="phone", phone=phone) == []


@pytest.mark.parametrize("key", ["phone", "name"])
def test_the_same_name_with_another_number_of_the_same_end_is_shown(known, agent, told, key):
    assert told(agent, ALIKE, key=key, name=" 王示例 ", phone="13900005678") == [(known, "Name and last 4 digits of the phone")]


def test_a_company_is_shown_by_part_of_its_name_and_a_person_is_not(store, known, agent, told):
    company = make_customer(store, kind=Customer.Kind.COMPANY, name="上海示例物流有限公司")
    make_customer(store, name="示例物流")
    assert told(agent, ALIKE, key="name", name="示例物流") == [(company, "Name of the company")]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"key": "vin", "vin": "latpab071w1005301"}, "VIN"),
        ({"key": "vin", "vin": "005301"}, "End of the VIN"),
        ({"key": "plate", "plate": "沪a·9k871"}, "Plate"),
    ],
)
def test_a_car_is_shown_by_vin_and_plate(car, agent, told, typed, reason):
    assert told(agent, VEHICLE_ALIKE, **typed) == [(car, reason)]


@pytest.mark.parametrize("typed", [{"key": "vin", "vin": "05301"}, {"key": "plate", "plate": "9K871"}, {"key": "plate", "plate": "未上牌"}, {"key": "x"}, {}])
def test_too_little_of_a_car_shows_none(car, agent, told, typed):
    assert told(agent, VEHICLE_ALIKE, **typed) == []


def test_another_store_is_not_told(car, stranger, other_store, told):
    assert told(stranger, ALIKE, key="phone", phone="13812345678") == []
    assert told(stranger, VEHICLE_ALIKE, key="plate", plate="沪A9K871", store=car.store.pk) == []


def test_people_of_several_stores_are_told_of_the_one_they_chose(car, administrator, other_store, told):
    assert told(administrator, ALIKE, key="phone", phone="13812345678", store=other_store.pk) == []
    assert told(administrator, ALIKE, key="phone", phone="13812345678", **{"customer-store": car.store.pk}) == [(car.customer, "Phone")]


def test_the_answer_links_to_the_record(car, agent, page):
    text = page(agent).post(VEHICLE_ALIKE, {"vehicle-plate": "沪A9K871", "key": "plate"}).content.decode()
    assert f'href="/vehicles/{car.pk}/"' in text
    assert "On file already?" in text


def test_the_answer_is_masked(known, car, monkeypatch, page, store, agent):
    monkeypatch.setattr("customers.masking.may_reveal", lambda user, store_id: False)
    text = page(agent).post(ALIKE, {"key": "phone", "phone": "13812345678"}).content.decode()
    text += page(agent).post(VEHICLE_ALIKE, {"key": "plate", "plate": "沪A9K871"}).content.decode()
    assert "138****5678" in text and "沪A***71" in text
    assert "13812345678" not in text and "沪A9K871" not in text


def test_only_who_may_write_the_archive_asks(store_manager, auditor, page):
    assert [page(user).post(ALIKE, {"key": "phone"}).status_code for user in (store_manager, auditor)] == [403, 403]


def test_a_new_row_asks_and_a_known_one_does_not(car, agent, page):
    new = page(agent).get("/customers/new/").context["form"].fields["phone"].widget.attrs
    assert (new["hx-post"], json.loads(new["hx-vals"])) == (ALIKE, {"key": "phone"})
    car_form = page(agent).get(f"/customers/{car.customer_id}/vehicles/new/").context["form"]
    assert json.loads(car_form.fields["vin"].widget.attrs["hx-vals"]) == {"key": "vin", "store": car.store_id}
    assert "hx-post" not in page(agent).get(f"/customers/{car.customer_id}/edit/").context["form"].fields["phone"].widget.attrs


def test_the_counter_asks_too(store, page):
    text = page(make_user("ann", Role.SERVICE_ADVISOR, store)).get("/visits/new/").content.decode()
    assert text.count(f'hx-post="{ALIKE}"') == 2 and text.count(f'hx-post="{VEHICLE_ALIKE}"') == 2
    assert text.count('class="answers"') == 4
