"""S4-01: family, drivers and key persons are noted beside the customer."""

import pytest

from activity.models import Event
from customers.models import ContactPerson
from tests.factories import make_customer

GIVEN = {"name": "李示例", "relation": "spouse", "phone": "138 0000 9999", "birthday": "1990-05-01", "preferences": "tea"}


@pytest.fixture
def customer(store):
    return make_customer(store)


@pytest.fixture
def contact(customer, agent):
    return ContactPerson(customer=customer, name="李示例", relation="spouse").add(by=agent)


def test_a_contact_person_is_added_and_shown(customer, agent, page):
    answer = page(agent).post(f"/customers/{customer.pk}/contacts/new/", GIVEN, follow=True)
    assert customer.contacts.get().phone == "13800009999"
    assert "李示例" in answer.content.decode()
    event = Event.objects.get()
    assert (event.code, event.customer_ref) == ("contact.added", customer.pk)


def test_a_wrong_phone_is_told(customer, agent, page):
    answer = page(agent).post(f"/customers/{customer.pk}/contacts/new/", GIVEN | {"phone": "1"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["phone"])


def test_a_contact_person_is_removed_and_the_event_stays(contact, customer, agent, page):
    page(agent).post(f"/contacts/{contact.pk}/remove/")
    assert not customer.contacts.exists()
    assert Event.objects.latest("pk").code == "contact.removed"


def test_strangers_and_lookers_on_may_not(contact, customer, stranger, store_manager, page):
    assert page(stranger).get(f"/customers/{customer.pk}/contacts/new/").status_code == 404
    assert page(stranger).post(f"/contacts/{contact.pk}/remove/").status_code == 404
    assert page(store_manager).post(f"/contacts/{contact.pk}/remove/").status_code == 403
    assert page(store_manager).get(f"/customers/{customer.pk}/contacts/new/").status_code == 403


def test_get_removes_nothing(contact, agent, page):
    assert page(agent).get(f"/contacts/{contact.pk}/remove/").status_code == 405
