import pytest
from django.utils import timezone

from tests.factories import make_customer, make_vehicle


@pytest.fixture
def people(store, other_store):
    make_customer(other_store, name="Foreign")
    return [
        make_customer(store, name="Quiet", do_not_call_at=timezone.now()),
        make_customer(store, name="Doubtful", phone_doubtful_at=timezone.now()),
        make_customer(store, name="Fleet", kind="company", is_key_account=True, phone="13800004321"),
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Fleet", "Doubtful", "Quiet"]),
        ("q=fle", ["Fleet"]),
        ("q=4321", ["Fleet"]),
        ("q=nobody", []),
        ("kind=company", ["Fleet"]),
        ("is_key_account=true", ["Fleet"]),
        ("do_not_call=yes", ["Quiet"]),
        ("do_not_call=no", ["Fleet", "Doubtful"]),
        ("phone_doubtful=true", ["Doubtful"]),
        ("kind=nonsense", []),
        ("store=999999", []),
    ],
)
def test_the_list_shows_what_the_filters_let_through(people, agent, page, query, names):
    answer = page(agent).get(f"/customers/?{query}")
    assert [customer.name for customer in answer.context["page_obj"]] == names


def test_the_api_lists_with_the_same_filters(people, agent, api):
    found = api(agent).get("/api/v1/customers/?do_not_call=true").json()
    assert [customer["name"] for customer in found["results"]] == ["Quiet"]


@pytest.mark.parametrize("query", ["customer__phone=1", "ordering=phone", "store__name=S01", "kind=nonsense", "do_not_call=maybe", "updated_since=yesterday"])
def test_the_api_refuses_what_is_no_filter_or_no_value_of_it(agent, api, query):
    """T6."""
    answer = api(agent).get(f"/api/v1/customers/?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.split("=")[0]]


def test_the_api_lists_what_has_changed_since(people, agent, api):
    moment = timezone.now()
    people[0].edit(by=agent, notes="moved")
    found = api(agent).get("/api/v1/customers/", {"updated_since": moment.isoformat()}).json()
    assert [customer["name"] for customer in found["results"]] == ["Quiet"]


@pytest.mark.parametrize(
    ("query", "plates"), [("", ["沪A22222", ""]), ("no_plate=true", [""]), ("no_plate=false", ["沪A22222"]), ("q=2222", ["沪A22222"]), ("power=electric", [])]
)
def test_the_vehicle_list_shows_what_the_filters_let_through(store, other_store, agent, page, query, plates):
    make_vehicle(other_store)
    make_vehicle(store, plate="", vin="LATPAB071W1005301")
    make_vehicle(store, plate="沪A22222")
    answer = page(agent).get(f"/vehicles/?{query}")
    assert [vehicle.plate for vehicle in answer.context["page_obj"]] == plates


@pytest.mark.parametrize("address", ["/customers/", "/vehicles/"])
def test_a_list_stays_within_its_queries(store, agent, page, address, django_assert_max_num_queries):
    for _number in range(60):
        make_vehicle(store)
    client = page(agent)
    with django_assert_max_num_queries(10):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/customers/", "/vehicles/"])
def test_an_auditor_does_not_see_the_archive(auditor, page, address):
    assert page(auditor).get(address).status_code == 403
