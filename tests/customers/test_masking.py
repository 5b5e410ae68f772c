"""SE2 and domain rule 6.5: people without the right see neither whole phones, plates and VINs nor addresses below the district."""

import pytest

from customers.masking import mask_address, mask_phone, mask_plate, mask_vin
from tests.factories import make_customer, make_vehicle


@pytest.mark.parametrize(("phone", "masked"), [("13812345678", "138****5678"), ("02112345678", "021****5678"), ("12345", "****"), ("", "")])
def test_of_a_phone_the_first_three_and_last_four_digits_stay(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(("plate", "masked"), [("沪A12345", "沪A***45"), ("粤B12345D", "粤B***5D"), ("", "")])
def test_of_a_plate_the_place_and_the_last_two_signs_stay(plate, masked):
    assert mask_plate(plate) == masked


def test_of_a_vin_the_last_six_signs_stay():
    assert mask_vin("LATPAB071W1005301") == "…005301"


@pytest.mark.parametrize(("address", "masked"), [("上海市浦东新区示例路1号", "上海市浦东新区…"), ("示例路1号", "…"), ("", "")])
def test_an_address_ends_at_the_district(address, masked):
    assert mask_address(address) == masked


@pytest.fixture
def car(store):
    owner = make_customer(store, name="王示例", phone="13812345678", address="上海市浦东新区示例路1号")
    return make_vehicle(store, owner, plate="沪A12345", vin="LATPAB071W1005301")


@pytest.mark.parametrize("address", ["/customers/", "/customers/{customer}/", "/vehicles/{vehicle}/", "/search/?q=5678", "/data-quality/unverified/"])
def test_phone_and_address_are_masked_by_default_for_everybody(car, agent, page, address):
    """T31: the right alone opens nothing; plates and VINs, by which cars are known, stay readable with it."""
    shown = page(agent).get(address.format(customer=car.customer_id, vehicle=car.pk), follow=True).content.decode()
    assert "13812345678" not in shown
    assert "示例路1号" not in shown


@pytest.mark.parametrize("address", ["/customers/", "/customers/{customer}/", "/vehicles/", "/vehicles/{vehicle}/", "/search/?q=5678", "/search/?q=A123"])
def test_a_store_manager_sees_masked_data_on_pages(car, store_manager, page, address):
    shown = page(store_manager).get(address.format(customer=car.customer_id, vehicle=car.pk), follow=True).content.decode()
    assert "13812345678" not in shown
    assert "沪A12345" not in shown
    assert "LATPAB071W1005301" not in shown
    assert "示例路" not in shown
    assert "138****5678" in shown or "沪A***45" in shown


def test_a_store_manager_gets_masked_data_from_the_api(car, store_manager, api):
    client = api(store_manager)
    assert client.get(f"/api/v1/customers/{car.customer_id}/").json()["phone"] == "138****5678"
    found = client.get("/api/v1/vehicles/").json()["results"][0]
    assert (found["plate"], found["vin"]) == ("沪A***45", "…005301")


def test_the_api_masks_for_who_reveals_one_by_one(car, agent, advisor, page, api):
    """T31: a page of the API tells no more than the pages do, in a session neither."""
    for client in (api(agent), api(advisor), page(agent)):
        assert client.get("/api/v1/customers/?page_size=200").json()["results"][0]["phone"] == "138****5678"
        found = client.get(f"/api/v1/customers/{car.customer_id}/").json()
        assert (found["phone"], found["address"]) == ("138****5678", "上海市浦东新区…")
        assert client.get(f"/api/v1/vehicles/{car.pk}/").json()["plate"] == "沪A12345"


def test_the_api_tells_whole_numbers_to_who_keeps_archives_alike(car, care_manager, api):
    assert api(care_manager).get(f"/api/v1/customers/{car.customer_id}/").json()["phone"] == "13812345678"
    scoped = api(care_manager, scopes=["customers.view", "customers.reveal"])
    assert scoped.get(f"/api/v1/customers/{car.customer_id}/").json()["phone"] == "138****5678"


def test_a_token_without_the_scope_masks_for_its_owner_too(car, agent, api):
    client = api(agent, scopes=["customers.view"])
    assert client.get(f"/api/v1/customers/{car.customer_id}/").json()["phone"] == "138****5678"
