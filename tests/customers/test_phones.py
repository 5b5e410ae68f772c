"""AR1, T31, T32: several numbers of a customer, one of them preferred."""

import pytest

from activity.models import Event
from common.errors import DomainError, NotAllowed
from customers.alike import customers_like
from customers.duplicates import find_duplicates
from customers.merging import merge_customers, undo_merge
from customers.models import Customer, CustomerMerge, DuplicatePair, Phone
from customers.search import find
from tests.factories import make_customer, make_user

FIRST, SECOND, THIRD = "13812345678", "13900001111", "02112340000"


@pytest.fixture
def customer(store):
    return make_customer(store, name="王示例", phone=FIRST)


@pytest.fixture
def second(customer, agent):
    return Phone(customer=customer, phone=SECOND, label="work", note="Evenings only").add(by=agent)


def numbers(customer):
    customer = Customer.objects.get(pk=customer.pk)
    return customer.phone, [phone.phone for phone in customer.other_phones]


def test_a_number_is_added_and_shown_masked(customer, agent, page):
    """T31."""
    given = {"phone": "139 0000 1111", "label": "work", "note": "Evenings only"}
    text = page(agent).post(f"/customers/{customer.pk}/phones/new/", given, follow=True).content.decode()
    assert "139****1111" in text and "Evenings only" in text and SECOND not in text
    event = Event.objects.get(code="phone.added")
    assert (event.actor, event.customer_ref) == (agent, customer.pk)


def test_a_reason_opens_all_numbers_and_the_call_screen_does(customer, second, agent, page):
    """T31."""
    client = page(agent)
    client.post(f"/customers/{customer.pk}/reveal/", {"reason": "call"})
    text = client.get(f"/customers/{customer.pk}/").content.decode()
    assert FIRST in text and SECOND in text


def test_the_page_costs_no_query_more(customer, second, agent, page, django_assert_num_queries):
    """AR1: what twelve queries show is the page of test_detail; here is what the numbers add to it."""
    client = page(agent)
    with django_assert_num_queries(12):
        client.get(f"/customers/{customer.pk}/")


def test_the_preferred_number_changes_places(customer, second, agent, page):
    customer.doubt_phone()
    page(agent).post(f"/phones/{second.pk}/prefer/")
    customer.refresh_from_db()
    assert numbers(customer) == (SECOND, [FIRST])
    assert (customer.phone_tail, customer.phone_doubtful_at) == ("1111", None)
    assert customer.phones.get(phone=FIRST).wrong_at is not None
    assert Event.objects.latest("pk").particulars == {"fields": ["phone"]}
    customer.phones.get(phone=FIRST).prefer(by=agent)
    assert numbers(customer) == (FIRST, [SECOND])
    assert Customer.objects.get().phone_doubtful_at is not None
    assert customer.phones.get(phone=SECOND).note == "Evenings only"


def test_a_number_typed_over_the_preferred_one_takes_its_place(customer, second, agent):
    customer.edit(by=agent, phone=THIRD)
    assert numbers(customer) == (THIRD, [SECOND])


def test_struck_out_the_next_right_number_takes_its_place(customer, second, agent):
    Phone(customer=customer, phone=THIRD, label="home").add(by=agent)
    second.mark_wrong(by=agent)
    customer.edit(by=agent, phone="")
    assert numbers(customer) == (THIRD, [SECOND])


def test_the_first_number_of_a_customer_without_one_is_preferred(store, agent):
    customer = make_customer(store, phone="")
    Phone(customer=customer, phone=SECOND).add(by=agent)
    assert numbers(customer) == (SECOND, [])


def test_a_known_number_given_again_gets_another_label(customer, second, agent):
    second.mark_wrong(by=agent)
    Phone(customer=customer, phone=SECOND, label="home", note="").add(by=agent)
    (phone,) = customer.phones.all()
    assert (phone.pk, phone.label, phone.note, phone.wrong_at is None) == (second.pk, "home", "", False)


def test_a_wrong_number_is_marked_and_the_mark_taken_back(customer, second, agent, page):
    client = page(agent)
    for _twice in range(2):
        client.post(f"/phones/{second.pk}/mark_wrong/")
    assert "Wrong number" in client.get(f"/customers/{customer.pk}/").content.decode()
    client.post(f"/phones/{second.pk}/mark_right/")
    second.refresh_from_db()
    assert second.wrong_at is None
    assert list(Event.objects.filter(code__startswith="phone.marked").order_by("pk").values_list("code", flat=True)) == [
        "phone.marked_wrong",
        "phone.marked_right",
    ]


def test_a_number_is_removed_but_not_the_preferred_one(customer, second, agent, page):
    page(agent).post(f"/phones/{second.pk}/remove/")
    assert numbers(customer) == (FIRST, [])
    own = Phone(customer=customer, phone=FIRST, label="work").add(by=agent)
    with pytest.raises(DomainError):
        own.remove(by=agent)


def test_strangers_and_lookers_on_may_not(customer, second, stranger, store_manager, page):
    for verb in ("prefer", "mark_wrong", "mark_right", "remove"):
        assert page(stranger).post(f"/phones/{second.pk}/{verb}/").status_code == 404
        assert page(store_manager).post(f"/phones/{second.pk}/{verb}/").status_code == 403
        assert page(store_manager).get(f"/phones/{second.pk}/{verb}/").status_code in {403, 405}
    with pytest.raises(NotAllowed):
        second.mark_wrong(by=store_manager)


def test_the_number_of_somebody_else_is_asked_about_once(customer, second, store, agent, page):
    other = make_customer(store, name="Other")
    client, given = page(agent), {"phone": SECOND, "label": "mobile"}
    answer = client.post(f"/customers/{other.pk}/phones/new/", given)
    assert (answer.status_code, "王示例 has the same number" in answer.content.decode()) == (422, True)
    client.post(f"/customers/{other.pk}/phones/new/", given | {"confirmed": "on"})
    assert numbers(other)[1] == [SECOND]


@pytest.mark.parametrize(("text", "reason"), [("1111", "Last 4 digits of another phone"), (SECOND, "Another phone of the customer")])
def test_search_knows_every_number_by_its_end_or_whole(customer, second, agent, stranger, text, reason):
    """UX9, T7, T32."""
    (hit,) = find(agent, text)
    assert (hit.customer, str(hit.reason)) == (customer, reason)
    assert find(stranger, text) == []
    assert find(agent, SECOND[:8]) == []


def test_a_list_narrows_by_every_number(customer, second, store, agent, page):
    make_customer(store)
    assert list(page(agent).get("/customers/", {"q": SECOND}).context["page_obj"]) == [customer]


def test_who_is_typed_as_new_is_known_by_every_number(customer, second, agent):
    """AR3."""
    (hit,) = customers_like(agent, {"phone": SECOND}, "phone")
    assert hit.customer == customer


def test_two_records_that_share_any_number_may_be_one(customer, second, store, agent):
    """AR4."""
    other = make_customer(store, name="Somebody", phone=SECOND)
    third = make_customer(store, name="Third", phone="13700000001")
    Phone(customer=third, phone=SECOND).add(by=agent)
    find_duplicates(store)
    pairs = {(pair.first, pair.second): pair.reasons for pair in DuplicatePair.objects.all()}
    assert pairs == {key: ["other_phone"] for key in [(customer, other), (customer, third), (other, third)]}


def test_a_merge_keeps_all_numbers_and_the_undo_parts_them(customer, second, store, care_manager):
    """AR4: the number not chosen stands beside the other; undone, both have what they had."""
    other = make_customer(store, name="Other", phone=THIRD)
    other.phones.create(phone=SECOND, label="home")
    before = list(Phone.objects.order_by("pk").values())
    merge_customers(customer, other, by=care_manager)
    assert numbers(customer) == (FIRST, [SECOND, THIRD])
    undo_merge(Customer.objects.get(pk=customer.pk), by=care_manager)
    assert list(Phone.objects.order_by("pk").values()) == before
    merge_customers(customer, other, by=care_manager, taken=["phone"])
    assert (numbers(customer)[0], set(numbers(customer)[1])) == (THIRD, {FIRST, SECOND})
    assert len(CustomerMerge.objects.latest("pk").added) == 1


def test_the_api_lists_and_changes_them_masked(customer, store, agent, care_manager, api):
    """T31."""
    client = api(agent)
    answer = client.post(f"/api/v1/customers/{customer.pk}/add_phone/", {"phone": "139 0000 1111", "label": "work"}, format="json")
    assert answer.status_code == 200, answer.content
    (listed,) = answer.json()["other_phones"]
    assert (listed["phone"], listed["label"], listed["note"], listed["wrong_at"]) == ("139****1111", "work", "", None)
    assert api(care_manager).get(f"/api/v1/customers/{customer.pk}/").json()["other_phones"][0]["phone"] == SECOND
    marked = client.post(f"/api/v1/customers/{customer.pk}/mark_phone_wrong/", {"phone": listed["id"]}, format="json").json()
    assert marked["other_phones"][0]["wrong_at"] is not None
    client.post(f"/api/v1/customers/{customer.pk}/mark_phone_right/", {"phone": listed["id"]}, format="json")
    preferred = client.post(f"/api/v1/customers/{customer.pk}/prefer_phone/", {"phone": listed["id"]}, format="json").json()
    assert (preferred["phone"], [each["phone"] for each in preferred["other_phones"]]) == ("139****1111", ["138****5678"])
    last = client.post(f"/api/v1/customers/{customer.pk}/remove_phone/", {"phone": preferred["other_phones"][0]["id"]}, format="json").json()
    assert last["other_phones"] == []
    foreign = make_customer(store).phones.create(phone=THIRD)
    answer = client.post(f"/api/v1/customers/{customer.pk}/prefer_phone/", {"phone": foreign.pk}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "phone_unknown")


def test_another_system_does_not_change_which_number_is_preferred(store, agent, care_manager, api):
    """AP5: it sends the number it knows with every run."""
    client, row = api(care_manager), {"store": store.pk, "name": "王示例", "kind": "person", "phone": FIRST, "source": "dms", "external_id": "C1"}
    client.put("/api/v1/customers/upsert/", row, format="json")
    customer = Customer.objects.get()
    Phone(customer=customer, phone=SECOND).add(by=agent).prefer(by=agent)
    client.put("/api/v1/customers/upsert/", row, format="json")
    assert numbers(customer) == (SECOND, [FIRST])
    client.put("/api/v1/customers/upsert/", row | {"phone": THIRD}, format="json")
    assert numbers(customer) == (THIRD, [FIRST])


def test_the_list_of_customers_costs_the_same_however_many_numbers(store, agent, api, django_assert_max_num_queries):
    for number in range(5):
        make_customer(store).phones.create(phone=f"1390000222{number}")
    client = api(make_user("robot", "care_agent", store))
    with django_assert_max_num_queries(9):
        assert len(client.get("/api/v1/customers/").json()["results"]) == 5
