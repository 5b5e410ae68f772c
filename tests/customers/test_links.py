"""One person in two stores: linked by who answers for both, never merged (T19, T20)."""

import pytest

from accounts.roles import Role
from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from customers.merging import merge_customers, undo_merge
from customers.models import Customer, CustomerLink
from customers.models.link import link_customers, unlink_customers
from followups.models import FollowUp
from followups.services import exempt_stopped
from tests.factories import NOW, make_customer, make_followup, make_store, make_user

PHONE = "13900000007"


@pytest.fixture
def here(store):
    return make_customer(store, phone=PHONE)


@pytest.fixture
def there(other_store):
    return make_customer(other_store, phone=PHONE)


@pytest.fixture
def group_manager(db):
    return make_user("grace", Role.GROUP_MANAGER, is_group=True)


def told(customer, code="customer.linked"):
    return Event.objects.filter(code=code, store=customer.store, customer_ref=customer.pk).count()


def test_only_who_answers_for_both_stores_links(here, there, care_manager, group_manager):
    with pytest.raises(NotAllowed):
        link_customers(here, there, by=care_manager)
    assert (CustomerLink.objects.count(), told(here)) == (0, 0)
    link_customers(there, here, by=group_manager)
    assert (list(here.elsewhere()), list(there.elsewhere())) == ([there], [here])


def test_it_is_on_record_in_both_stores_and_names_neither(here, there, group_manager, care_manager, page):
    link_customers(here, there, by=group_manager)
    assert (told(here), told(there)) == (1, 1)
    text = page(care_manager).get(f"/customers/{here.pk}/").content.decode()
    assert "another store of the group" in text
    assert str(there.store) not in text
    assert str(there) not in text


def test_it_is_taken_back_and_both_records_are_as_before(here, there, group_manager):
    link = link_customers(here, there, by=group_manager)
    unlink_customers(link, by=group_manager)
    assert (here.elsewhere().count(), told(here, "customer.unlinked"), told(there, "customer.unlinked")) == (0, 1, 1)
    with pytest.raises(Conflict):
        unlink_customers(link, by=group_manager)
    link_customers(here, there, by=group_manager)
    with pytest.raises(Conflict):
        link_customers(there, here, by=group_manager)


def test_records_of_one_store_are_merged_and_of_two_are_not(store, here, there, group_manager):
    with pytest.raises(DomainError) as refused:
        link_customers(here, make_customer(store), by=group_manager)
    assert refused.value.code == "same_store"
    with pytest.raises(DomainError) as refused:
        merge_customers(here, there, by=group_manager)
    assert refused.value.code == "other_store"


def test_no_calls_told_to_one_store_holds_in_the_other(here, there, group_manager, care_manager):
    link_customers(here, there, by=group_manager)
    call = make_followup(there.store, customer=there)
    here.stop_calls(by=care_manager)
    there.refresh_from_db()
    exempt_stopped(NOW)
    assert (bool(there.do_not_call_at), FollowUp.objects.get(pk=call.pk).exemption) == (True, "do_not_call")
    here.allow_calls(by=care_manager)
    there.refresh_from_db()
    assert there.do_not_call_at


def test_a_wish_told_before_holds_from_the_link_on(here, there, group_manager):
    there.stop_calls()
    link_customers(here, there, by=group_manager)
    here.refresh_from_db()
    assert here.do_not_call_at


def test_a_merged_record_keeps_its_links(store, here, there, group_manager):
    link_customers(here, there, by=group_manager)
    kept = make_customer(store)
    merge_customers(kept, here, by=group_manager)
    assert list(kept.elsewhere()) == [there]
    undo_merge(kept, by=group_manager)
    assert (kept.elsewhere().count(), list(Customer.objects.get(pk=here.pk).elsewhere())) == (0, [there])


def test_a_link_outlives_a_merge_on_the_other_side_and_reaches_a_third_store(here, there, other_store, group_manager, page):
    third_store = make_store("S03")
    third, kept = make_customer(third_store), make_customer(other_store)
    link_customers(here, there, by=group_manager)
    link_customers(there, third, by=group_manager)
    merge_customers(kept, there, by=group_manager)
    assert set(here.elsewhere()) == {kept, third}
    here.stop_calls(by=group_manager)
    assert Customer.objects.exclude(do_not_call_at=None).count() == 3
    assert page(group_manager).post(f"/customers/{here.pk}/links/{kept.pk}/undo/").status_code == 302
    assert not here.elsewhere().exists()


def test_the_page_offers_who_has_the_same_phone(here, there, other_store, group_manager, care_manager, page):
    make_customer(other_store, phone="13900000008")
    client = page(group_manager)
    assert "Other stores" in client.get(f"/customers/{here.pk}/").content.decode()
    assert str(there) in client.get(f"/customers/{here.pk}/links/").content.decode()
    client.post(f"/customers/{here.pk}/links/{there.pk}/")
    assert list(here.elsewhere()) == [there]
    client.post(f"/customers/{here.pk}/links/{there.pk}/undo/")
    assert here.elsewhere().count() == 0
    mine = page(care_manager)
    assert "Other stores" not in mine.get(f"/customers/{here.pk}/").content.decode()
    assert str(there) not in mine.get(f"/customers/{here.pk}/links/").content.decode()
    assert mine.post(f"/customers/{here.pk}/links/{there.pk}/").status_code == 404
