"""AR4: who may be on file twice, with a score; told apart once, a pair never comes up again."""

from datetime import date

import pytest
from django.utils import timezone

from activity.models import Event
from common.errors import Conflict, NotAllowed
from customers.duplicates import MOST_ALIKE, find_duplicates
from customers.models import Customer, DuplicatePair
from customers.tasks import find_duplicates as nightly
from tests.factories import make_customer

PHONE = "13812345678"
BORN = date(1990, 2, 3)


def pairs(store):
    return {(pair.first, pair.second): (pair.score, pair.reasons) for pair in DuplicatePair.objects.filter(store=store).open()}


@pytest.fixture
def twins(store):
    return make_customer(store, name="王示例", phone=PHONE), make_customer(store, name="王示例", phone=PHONE)


@pytest.fixture
def pair(twins, store):
    find_duplicates(store)
    return DuplicatePair.objects.get()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"phone": PHONE}, {"phone": PHONE}, (55, ["phone"])),
        ({"name": "王", "phone": PHONE}, {"name": "王", "phone": PHONE}, (90, ["phone", "name"])),
        ({"name": "王", "phone": PHONE}, {"name": "王", "phone": "13900005678"}, (60, ["phone_end", "name"])),
        ({"name": "王", "birthday": BORN}, {"name": "王", "birthday": BORN}, (55, ["name", "birthday"])),
        ({"name": "示例公司", "kind": "company"}, {"name": "示例公司", "kind": "company"}, (65, ["name", "company"])),
        ({"phone": PHONE, "gender": "male"}, {"phone": PHONE, "gender": "female"}, (40, ["phone", "other_gender"])),
        ({"name": "王", "phone": PHONE, "birthday": BORN, "address": "x"}, {"name": "王", "phone": PHONE, "birthday": BORN, "address": "x"}, (100, None)),
    ],
)
def test_two_rows_that_share_a_key_are_scored(store, one, other, expected):
    first, second = make_customer(store, **one), make_customer(store, **other)
    assert find_duplicates(store) == 1
    score, reasons = pairs(store)[first, second]
    assert (score, reasons) == expected if expected[1] else score == expected[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "王"}, {"name": "王"}),
        ({"phone": ""}, {"phone": ""}),
        ({"name": "王", "phone": ""}, {"name": "王", "phone": ""}),
        ({"name": "示例", "kind": "company"}, {"name": "示例"}),
        ({"phone": PHONE, "gender": "male", "birthday": BORN}, {"phone": PHONE, "gender": "female", "birthday": date(1960, 1, 1)}),
    ],
)
def test_too_little_in_common_is_no_pair(store, one, other):
    make_customer(store, **one), make_customer(store, **other)
    assert find_duplicates(store) == 0


def test_a_number_many_share_says_nothing(store):
    for _each in range(MOST_ALIKE + 1):
        make_customer(store, phone=PHONE)
    assert find_duplicates(store) == 0


def test_stores_are_searched_each_by_itself(store, other_store, twins):
    make_customer(other_store, name="王示例", phone=PHONE)
    nightly()
    assert pairs(store) == {twins: (90, ["phone", "name"])}
    assert pairs(other_store) == {}


def test_a_second_search_follows_the_archive(store, twins, pair):
    Customer.objects.filter(pk=twins[1].pk).update(name="李示例")
    find_duplicates(store)
    assert pairs(store) == {twins: (55, ["phone"])}
    Customer.objects.filter(pk=twins[1].pk).update(phone="", phone_tail="")
    assert find_duplicates(store) == 0
    assert not DuplicatePair.objects.exists()


def test_the_page_lists_the_surest_first(store, twins, care_manager, page):
    make_customer(store, name="Other", phone=PHONE)
    answer = page(care_manager).post("/duplicates/find/", follow=True)
    assert "3 possible duplicates." in answer.content.decode()
    assert [pair.score for pair in answer.context["page_obj"]] == [90, 55, 55]


def test_told_apart_a_pair_is_gone_for_good(store, twins, pair, care_manager, page):
    assert page(care_manager).post(f"/duplicates/{pair.pk}/dismiss/").status_code == 302
    assert find_duplicates(store) == 0
    pair.refresh_from_db()
    assert (pair.dismissed_by, pair.dismissed_at <= timezone.now()) == (care_manager, True)
    assert [(event.subject, event.particulars["other"]) for event in Event.objects.filter(code="customer.told_apart").order_by("pk")] == [
        (twins[0], twins[1].pk),
        (twins[1], twins[0].pk),
    ]


def test_it_refuses_a_second_judgement_and_the_wrong_people(pair, care_manager, agent):
    with pytest.raises(NotAllowed):
        pair.dismiss(by=agent)
    pair.dismiss(by=care_manager)
    with pytest.raises(Conflict):
        pair.dismiss(by=care_manager)


def test_only_who_may_merge_sees_the_pairs(pair, agent, store_manager, stranger, page):
    assert [page(user).get("/duplicates/").status_code for user in (agent, store_manager, stranger)] == [403, 403, 403]


def test_the_customer_page_points_to_the_pair(twins, pair, care_manager, agent, page):
    link = f'href="/customers/{twins[1].pk}/merge/{twins[0].pk}/"'
    assert link in page(care_manager).get(f"/customers/{twins[1].pk}/").content.decode()
    assert link not in page(agent).get(f"/customers/{twins[1].pk}/").content.decode()
