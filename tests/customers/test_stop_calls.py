"""The wish not to be called, and taking it back."""

import pytest

from activity.models import Event
from tests.factories import make_customer, make_followup, make_vehicle, make_visit

VERBS = ["stop_calls", "allow_calls", "confirm"]


@pytest.fixture
def customer(store):
    return make_customer(store)


def test_the_wish_is_noted_and_recorded(customer, agent, page):
    answer = page(agent).post(f"/customers/{customer.pk}/stop_calls/")
    assert answer.url == f"/customers/{customer.pk}/"
    customer.refresh_from_db()
    assert customer.do_not_call_at is not None
    assert Event.objects.get().code == "customer.calls_stopped"


def test_the_wish_told_twice_is_noted_once(customer, agent):
    customer.stop_calls(by=agent)
    first = customer.do_not_call_at
    customer.stop_calls(by=agent)
    assert customer.do_not_call_at == first
    assert Event.objects.count() == 1


def test_the_wish_can_be_taken_back(customer, agent, page):
    customer.stop_calls(by=agent)
    page(agent).post(f"/customers/{customer.pk}/allow_calls/")
    customer.refresh_from_db()
    assert customer.do_not_call_at is None
    assert Event.objects.latest("pk").code == "customer.calls_allowed"


def test_taking_back_what_was_never_said_leaves_no_trace(customer, agent):
    customer.allow_calls(by=agent)
    assert not Event.objects.exists()


def test_data_are_confirmed_with_the_customer(customer, agent, page):
    """S2-14."""
    customer.doubt_phone()
    page(agent).post(f"/customers/{customer.pk}/confirm/")
    customer.refresh_from_db()
    assert customer.confirmed_at is not None
    assert customer.phone_doubtful_at is None
    assert Event.objects.get().code == "customer.confirmed"


def test_one_key_confirms_them_in_a_call_and_at_the_desk(customer, agent, advisor, page):
    """AR9, S2-14: verification in calls and at reception, without leaving the page."""
    call = make_followup(customer.store, customer=customer)
    call.claim(by=agent)
    visit = make_visit(customer.store, make_vehicle(customer.store, customer))
    for client, url in ((page(agent), call.get_absolute_url()), (page(advisor), visit.get_absolute_url())):
        assert f'hx-post="/customers/{customer.pk}/confirm/"' in client.get(url).content.decode()
    answer = page(agent).post(f"/customers/{customer.pk}/confirm/", headers={"HX-Request": "true"})
    assert "Data confirmed" in answer.content.decode()
    customer.refresh_from_db()
    assert customer.confirmed_at is not None


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_gets_the_answer_of_an_unknown_customer(customer, stranger, page, api, verb):
    assert page(stranger).post(f"/customers/{customer.pk}/{verb}/").status_code == 404
    assert api(stranger).post(f"/api/v1/customers/{customer.pk}/{verb}/").status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_a_store_manager_may_not(customer, store_manager, page, api, verb):
    assert page(store_manager).post(f"/customers/{customer.pk}/{verb}/").status_code == 403
    assert api(store_manager).post(f"/api/v1/customers/{customer.pk}/{verb}/").status_code == 403


@pytest.mark.parametrize("verb", VERBS)
def test_get_changes_nothing(customer, agent, page, api, verb):
    assert page(agent).get(f"/customers/{customer.pk}/{verb}/").status_code == 405
    assert api(agent).get(f"/api/v1/customers/{customer.pk}/{verb}/").status_code == 405
    assert not Event.objects.exists()


def test_the_api_agrees(customer, agent, api):
    client = api(agent)
    assert client.post(f"/api/v1/customers/{customer.pk}/stop_calls/").json()["do_not_call_at"] is not None
    assert client.post(f"/api/v1/customers/{customer.pk}/allow_calls/").json()["do_not_call_at"] is None
    assert client.post(f"/api/v1/customers/{customer.pk}/confirm/").json()["confirmed_at"] is not None
