import pytest

from activity.models import Event
from tests.factories import make_customer, make_vehicle, on


@pytest.fixture
def customer(store):
    return make_customer(store, name="Before", phone="13800001111")


def given(customer, **changes):
    return {"name": customer.name, "kind": customer.kind, "phone": customer.phone, **changes}


def test_an_edit_is_saved_and_recorded_by_field_name_only(customer, agent, page):
    answer = page(agent).post(f"/customers/{customer.pk}/edit/", given(customer, name="After", phone="138 0000 2222"))
    assert answer.url == f"/customers/{customer.pk}/"
    customer.refresh_from_db()
    assert (customer.name, customer.phone, customer.phone_tail) == ("After", "13800002222", "2222")
    event = Event.objects.get()
    assert (event.code, event.particulars) == ("customer.edited", {"fields": ["name", "phone"]})


def test_an_edit_that_changes_nothing_leaves_no_trace(customer, agent, page):
    page(agent).post(f"/customers/{customer.pk}/edit/", given(customer))
    assert not Event.objects.exists()


def test_a_new_number_is_not_doubtful_any_more(customer, agent):
    customer.doubt_phone()
    customer.refresh_from_db()
    assert customer.phone_doubtful_at is not None
    customer.edit(by=agent, phone="13800002222")
    customer.refresh_from_db()
    assert customer.phone_doubtful_at is None


def test_a_wrong_value_changes_nothing(customer, agent, page):
    answer = page(agent).post(f"/customers/{customer.pk}/edit/", given(customer, name="After", phone="1"))
    assert answer.status_code == 422
    customer.refresh_from_db()
    assert customer.name == "Before"


def test_a_stranger_gets_the_answer_of_an_unknown_customer(customer, stranger, page, api):
    assert page(stranger).get(f"/customers/{customer.pk}/edit/").status_code == 404
    assert page(stranger).post(f"/customers/{customer.pk}/edit/", given(customer)).status_code == 404
    assert api(stranger).patch(f"/api/v1/customers/{customer.pk}/", {"name": "x"}).status_code == 404


def test_a_store_manager_may_look_but_not_edit(customer, store_manager, page, api):
    assert page(store_manager).get(f"/customers/{customer.pk}/").status_code == 200
    assert page(store_manager).get(f"/customers/{customer.pk}/edit/").status_code == 403
    assert api(store_manager).patch(f"/api/v1/customers/{customer.pk}/", {"name": "x"}).status_code == 403


def test_the_api_edits_alike(customer, agent, api):
    answer = api(agent).patch(f"/api/v1/customers/{customer.pk}/", {"phone": "+8613800002222"})
    assert answer.json()["phone"] == "138****2222"
    customer.refresh_from_db()
    assert customer.phone == "13800002222"
    assert Event.objects.get().particulars == {"fields": ["phone"]}


@pytest.mark.parametrize("field", ["store", "store_id", "do_not_call_at", "phone_tail", "external_id", "created_at", "status"])
def test_the_api_refuses_what_cannot_be_written(customer, agent, api, field):
    """T23."""
    answer = api(agent).patch(f"/api/v1/customers/{customer.pk}/", {field: "1", "name": "After"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    customer.refresh_from_db()
    assert customer.name == "Before"


def test_nothing_is_deleted_over_the_api(customer, agent, api):
    assert api(agent).delete(f"/api/v1/customers/{customer.pk}/").status_code == 405


def test_a_vehicle_is_edited_and_its_reading_dated(store, agent, page):
    vehicle = make_vehicle(store, plate="沪A12345", vin="LATPAB071W1005301")
    page(agent).post(f"/vehicles/{vehicle.pk}/edit/", {"plate": "沪A12345", "vin": "LATPAB071W1005301", "model": "B", "mileage": "12000"})
    vehicle.refresh_from_db()
    assert (vehicle.model, vehicle.mileage, vehicle.mileage_on) == ("B", 12000, store.today())
    read, edited = Event.objects.order_by("pk")
    assert (read.code, read.particulars["mileage"], edited.particulars) == ("vehicle.read", 12000, {"fields": ["model"]})


def test_a_mileage_running_backwards_is_asked_about(store, agent, page):
    """AR2."""
    vehicle = make_vehicle(store, mileage=12000)
    sent = {"plate": vehicle.plate, "vin": vehicle.vin, "mileage": "1200"}
    answer = page(agent).post(f"/vehicles/{vehicle.pk}/edit/", sent)
    assert answer.context["form"].errors == {"mileage": ["The last reading was 12000 km."]}
    assert page(agent).post(f"/vehicles/{vehicle.pk}/edit/", sent | {"confirmed": "on"}).status_code == 302
    vehicle.refresh_from_db()
    assert (vehicle.mileage, vehicle.mileage_readings.get().mileage) == (12000, 1200)


def test_the_api_keeps_a_lower_mileage_on_record_once_and_overwrites_nothing(store, agent, api):
    """AR2."""
    vehicle = make_vehicle(store, mileage=12000, mileage_on=on("2026-11-01"))
    for _time in range(2):
        assert api(agent).patch(f"/api/v1/vehicles/{vehicle.pk}/", {"mileage": 1200}).json()["mileage"] == 12000
    assert [reading.mileage for reading in vehicle.mileage_readings.all()] == [1200]
    assert Event.objects.get().particulars["is_backward"] is True


def test_a_stranger_cannot_edit_a_vehicle(store, stranger, page, api):
    vehicle = make_vehicle(store)
    assert page(stranger).get(f"/vehicles/{vehicle.pk}/edit/").status_code == 404
    assert api(stranger).patch(f"/api/v1/vehicles/{vehicle.pk}/", {"model": "x"}).status_code == 404


def test_the_api_moves_no_vehicle_to_another_owner(store, agent, api):
    vehicle = make_vehicle(store)
    answer = api(agent).patch(f"/api/v1/vehicles/{vehicle.pk}/", {"customer": make_customer(store).pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["customer"])


def test_of_two_people_editing_the_second_sees_both_values_first(customer, agent, second_agent, page):
    """T46."""
    address = f"/customers/{customer.pk}/edit/"
    seen = page(second_agent).get(address).context["form"]["seen"].value()
    page(agent).post(address, given(customer, name="After", gender="male"))
    again = page(second_agent).post(address, given(customer, name="Mine", seen=seen))
    errors = again.context["form"].errors
    assert (again.status_code, set(errors)) == (422, {"name", "gender"})
    assert "on file is now: After." in errors["name"][0]
    assert "on file is now: Male." in errors["gender"][0]
    customer.refresh_from_db()
    assert customer.name == "After"
    page(second_agent).post(address, given(customer, name="Mine", gender="male", seen=again.context["form"]["seen"].value()))
    customer.refresh_from_db()
    assert customer.name == "Mine"
