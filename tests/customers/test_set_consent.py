"""Domain rule 6.1: consent per purpose and channel with source and time; withdrawing is as easy as granting."""

import pytest

from activity.models import Event
from customers.models import Consent
from tests.factories import make_customer

YES = {"purpose": "survey", "channel": "phone", "is_granted": "yes"}
NO = YES | {"is_granted": "no"}


@pytest.fixture
def customer(store):
    return make_customer(store)


def allows(customer):
    return Consent.objects.allows(customer, "survey", "phone")


def test_consent_is_granted_and_withdrawn_and_both_words_stay(customer, agent, page):
    client = page(agent)
    assert not allows(customer)
    client.post(f"/customers/{customer.pk}/set_consent/", YES)
    assert allows(customer)
    client.post(f"/customers/{customer.pk}/set_consent/", NO)
    assert not allows(customer)
    words = customer.consents.order_by("pk").values_list("is_granted", "source", "taken_by__username")
    assert list(words) == [(True, "staff", "alice"), (False, "staff", "alice")]
    assert list(Event.objects.order_by("pk").values_list("code", flat=True)) == ["consent.granted", "consent.withdrawn"]


def test_the_same_word_again_changes_nothing(customer, agent):
    customer.set_consent("survey", "phone", True, by=agent)
    customer.set_consent("survey", "phone", True, by=agent)
    assert customer.consents.count() == Event.objects.count() == 1


def test_purposes_and_channels_stand_apart(customer, agent):
    customer.set_consent("survey", "phone", True, by=agent)
    assert not Consent.objects.allows(customer, "survey", "sms")
    assert not Consent.objects.allows(customer, "marketing", "phone")


@pytest.mark.parametrize("wrong", [{"purpose": "spying"}, {"channel": "pigeon"}, {"is_granted": "maybe"}, {"is_granted": ""}])
def test_nonsense_is_refused(customer, agent, page, wrong):
    page(agent).post(f"/customers/{customer.pk}/set_consent/", YES | wrong)
    assert not customer.consents.exists()


def test_strangers_and_lookers_on_may_not(customer, stranger, store_manager, page, api):
    assert page(stranger).post(f"/customers/{customer.pk}/set_consent/", YES).status_code == 404
    assert page(store_manager).post(f"/customers/{customer.pk}/set_consent/", YES).status_code == 403
    assert api(stranger).post(f"/api/v1/customers/{customer.pk}/set_consent/", {}).status_code == 404
    assert not customer.consents.exists()


def test_get_changes_nothing(customer, agent, page):
    assert page(agent).get(f"/customers/{customer.pk}/set_consent/").status_code == 405


def test_the_api_agrees(customer, agent, api):
    client = api(agent)
    answer = client.post(f"/api/v1/customers/{customer.pk}/set_consent/", {"purpose": "survey", "channel": "phone", "is_granted": True})
    assert answer.status_code == 200
    assert customer.consents.get().source == "api"
    wrong = client.post(f"/api/v1/customers/{customer.pk}/set_consent/", {"purpose": "spying", "channel": "phone", "is_granted": True})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["purpose"])
