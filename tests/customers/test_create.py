import pytest

from activity.models import Event
from customers.models import Customer, Vehicle
from tests.factories import make_customer, make_vehicle

GIVEN = {"name": "王示例", "kind": "person", "phone": "+86 138-1234-5678"}


def test_a_customer_is_created_with_a_normal_phone(agent, store, page):
    answer = page(agent).post("/customers/new/", GIVEN | {"store": store.pk})
    customer = Customer.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/customers/{customer.pk}/")
    assert (customer.store, customer.phone, customer.phone_tail) == (store, "13812345678", "5678")
    assert Event.objects.get().code == "customer.created"


def test_a_bad_phone_is_told_at_its_field(agent, store, page):
    answer = page(agent).post("/customers/new/", GIVEN | {"store": store.pk, "phone": "12345"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"phone": ["The phone must be a mobile with 11 digits or a landline with area code."]}
    assert not Customer.objects.exists()


def test_the_same_phone_in_the_store_needs_a_second_look(agent, store, page):
    make_customer(store, name="Other", phone="13812345678")
    client = page(agent)
    answer = client.post("/customers/new/", GIVEN | {"store": store.pk})
    assert answer.context["form"].errors == {"phone": ["Other has the same number."]}
    assert client.post("/customers/new/", GIVEN | {"store": store.pk, "confirmed": "on"}).status_code == 302
    assert Customer.objects.filter(phone="13812345678").count() == 2


def test_the_same_phone_in_another_store_is_not_told(agent, store, other_store, page):
    """T8."""
    make_customer(other_store, phone="13812345678")
    assert page(agent).post("/customers/new/", GIVEN | {"store": store.pk}).status_code == 302


def test_a_foreign_store_is_as_unknown_as_none(agent, other_store, page):
    """T4."""
    answer = page(agent).post("/customers/new/", GIVEN | {"store": other_store.pk})
    unknown = page(agent).post("/customers/new/", GIVEN | {"store": 999999})
    assert answer.context["form"].errors == unknown.context["form"].errors
    assert list(answer.context["form"].errors) == ["store"]


def test_people_of_one_store_are_not_asked_for_it(agent, page):
    assert page(agent).get("/customers/new/").context["form"]["store"].is_hidden


def test_people_of_several_stores_choose_one(administrator, store, other_store, page):
    form = page(administrator).get("/customers/new/").context["form"]
    assert not form["store"].is_hidden
    assert list(form.fields["store"].queryset) == [store, other_store]


def test_a_store_manager_may_not_create(store_manager, page, api, store):
    assert page(store_manager).get("/customers/new/").status_code == 403
    assert api(store_manager).post("/api/v1/customers/", {"store": store.pk, "name": "x"}).status_code == 403


def test_the_api_creates_alike(agent, store, api):
    answer = api(agent).post("/api/v1/customers/", {"store": store.pk, "name": "王示例", "phone": "+86 13812345678", "source": "dms", "external_id": "K1"})
    assert answer.status_code == 201
    assert Customer.objects.get(pk=answer.json()["id"]).phone == "13812345678"
    assert Event.objects.get().code == "customer.created"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"phone": "123"}, "phone"),
        ({"name": ""}, "name"),
        ({"kind": "robot"}, "kind"),
        ({"store": 999999}, "store"),
        ({"do_not_call_at": "2026-01-01T00:00:00Z"}, "do_not_call_at"),
        ({"nonsense": 1}, "nonsense"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"birthday": "31.12.1990"}, "birthday"),
    ],
)
def test_the_api_names_the_field_that_is_wrong(agent, store, api, given, field):
    """T23, T105."""
    answer = api(agent).post("/api/v1/customers/", {"store": store.pk, "name": "x"} | given)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Customer.objects.exists()


def test_the_api_refuses_half_a_character(agent, store, api):
    """T105."""
    answer = api(agent).post("/api/v1/customers/", b'{"store": %d, "name": "\\ud800"}' % store.pk, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["name"])


def test_the_api_answers_a_foreign_store_like_an_unknown_one(agent, other_store, api):
    """T4."""
    client = api(agent)
    foreign = client.post("/api/v1/customers/", {"store": other_store.pk, "name": "x"})
    unknown = client.post("/api/v1/customers/", {"store": 999999, "name": "x"})
    assert foreign.status_code == unknown.status_code == 400
    assert foreign.json()["errors"]["store"][0].replace(str(other_store.pk), "999999") == unknown.json()["errors"]["store"][0]


def test_the_api_takes_an_external_id_once(agent, store, api):
    client = api(agent)
    given = {"store": store.pk, "name": "x", "source": "dms", "external_id": "K1"}
    assert client.post("/api/v1/customers/", given).status_code == 201
    answer = client.post("/api/v1/customers/", given)
    assert answer.status_code == 400
    assert "This external id is already taken in this store." in str(answer.json()["errors"])


def test_nul_in_a_form_is_refused(agent, store, page):
    """T105."""
    answer = page(agent).post("/customers/new/", GIVEN | {"store": store.pk, "name": "a\x00b"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])


@pytest.fixture
def owner(store):
    return make_customer(store)


def test_a_vehicle_is_created_for_its_owner(owner, agent, page):
    answer = page(agent).post(f"/customers/{owner.pk}/vehicles/new/", {"plate": "沪a·12345", "vin": "latpab071w1005301", "brand": "Demo", "model": "A"})
    vehicle = Vehicle.objects.get()
    assert answer.url == f"/vehicles/{vehicle.pk}/"
    assert (vehicle.customer, vehicle.store, vehicle.plate, vehicle.vin, vehicle.vin_tail) == (owner, owner.store, "沪A12345", "LATPAB071W1005301", "005301")
    assert Event.objects.get().code == "vehicle.created"


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"vin": "LFV2A11G593139571"}, "vin", "The check digit of the VIN does not fit; please compare with the registration."),
        ({"plate": "沪A1"}, "plate", "“沪A1” does not follow a known plate pattern."),
    ],
)
def test_a_doubtful_vehicle_needs_a_second_look(owner, agent, page, given, field, message):
    client = page(agent)
    address = f"/customers/{owner.pk}/vehicles/new/"
    answer = client.post(address, given)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [message]}
    assert 'type="checkbox" name="confirmed"' in answer.content.decode()
    assert client.post(address, given | {"confirmed": "on"}).status_code == 302


def test_a_vehicle_needs_vin_or_plate(owner, agent, page):
    answer = page(agent).post(f"/customers/{owner.pk}/vehicles/new/", {"model": "A"})
    assert answer.context["form"].errors == {"vin": ["Give the VIN or the plate."]}


def test_a_vin_is_taken_once_per_store(owner, agent, page):
    make_vehicle(owner.store, vin="LATPAB071W1005301")
    answer = page(agent).post(f"/customers/{owner.pk}/vehicles/new/", {"vin": "LATPAB071W1005301"})
    assert answer.context["form"].errors == {"__all__": ["A vehicle with this VIN already exists in this store."]}


def test_a_vin_of_another_store_is_free(owner, agent, other_store, page):
    """T8."""
    make_vehicle(other_store, vin="LATPAB071W1005301")
    assert page(agent).post(f"/customers/{owner.pk}/vehicles/new/", {"vin": "LATPAB071W1005301"}).status_code == 302


def test_the_api_creates_a_vehicle_in_the_store_of_its_owner(owner, agent, api):
    answer = api(agent).post("/api/v1/vehicles/", {"customer": owner.pk, "plate": "沪A12345"})
    assert answer.status_code == 201
    assert answer.json()["store"] == owner.store_id


def test_the_api_answers_a_foreign_owner_like_an_unknown_one(agent, other_store, api):
    """T4."""
    foreign = make_customer(other_store)
    answer = api(agent).post("/api/v1/vehicles/", {"customer": foreign.pk, "plate": "沪A12345"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["customer"])


def test_the_api_takes_a_vin_once_per_store(owner, agent, api):
    make_vehicle(owner.store, vin="LATPAB071W1005301")
    answer = api(agent).post("/api/v1/vehicles/", {"customer": owner.pk, "vin": "LATPAB071W1005301"})
    assert answer.status_code == 400
    assert "A vehicle with this VIN already exists in this store." in str(answer.json()["errors"])
