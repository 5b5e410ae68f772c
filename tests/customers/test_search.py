"""UX9, T7, T32: one box finds cars and people, says why, and shows nobody of another store."""

import pytest

from customers.search import find
from tests.factories import make_customer, make_vehicle


@pytest.fixture
def car(store):
    owner = make_customer(store, name="王示例", phone="13812345678")
    return make_vehicle(store, owner, plate="沪A9K871", vin="LATPAB071W1005301")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("沪A9K871", "Plate"),
        ("K871", "End of the plate"),
        ("a9k", "Part of the plate"),
        ("沪a·9k8", "Part of the plate"),
        ("005301", "End of the VIN"),
        ("W1005301", "End of the VIN"),
        ("latpab071w1005301", "VIN"),
    ],
)
def test_a_car_is_found_by_plate_and_vin(car, agent, text, reason):
    (hit,) = find(agent, text)
    assert (hit.vehicle, str(hit.reason)) == (car, reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5678", "Last 4 digits of the phone"),
        ("138 1234 5678", "Phone"),
        ("+8613812345678", "Phone"),
        ("王示例", "Name"),
        ("王示", "Start of the name"),
        ("示例", "Part of the name"),
    ],
)
def test_a_customer_is_found_by_phone_and_name(car, agent, text, reason):
    (hit,) = find(agent, text)
    assert (hit.customer, hit.vehicle, str(hit.reason)) == (car.customer, None, reason)


@pytest.mark.parametrize("text", ["", "K", "345678", "12345678", "3812345678", "678", "5679", "%", "__", "' OR 1=1"])
def test_nothing_is_found_by_too_little_or_by_parts_of_a_phone(car, agent, text):
    assert find(agent, text) == []


@pytest.mark.parametrize("text", ["沪A9K871", "005301", "5678", "13812345678", "王示例"])
def test_people_of_another_store_find_nothing(car, stranger, text):
    assert find(stranger, text) == []


def test_the_surest_hit_comes_first(store, agent):
    part = make_vehicle(store, plate="沪B56781")
    end = make_vehicle(store, plate="沪B15678")
    owner = make_customer(store, phone="13900005678")
    assert [hit.vehicle or hit.customer for hit in find(agent, "5678")] == [owner, end, part]


def test_a_single_hit_opens_at_once(car, agent, page):
    answer = page(agent).get("/search/", {"q": "K871"})
    assert (answer.status_code, answer.url) == (302, f"/vehicles/{car.pk}/")


def test_several_hits_are_listed_with_their_reason(car, store, agent, page):
    make_vehicle(store, plate="沪A0K871")
    shown = page(agent).get("/search/", {"q": "K871"}).content.decode()
    assert shown.count("End of the plate") == 2


def test_the_drop_down_shows_a_single_hit_instead_of_opening_it(car, agent, page):
    answer = page(agent).get("/search/", {"q": "K871"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"<html" not in answer.content
    assert f'href="/vehicles/{car.pk}/"' in answer.content.decode()


def test_too_little_text_says_what_can_be_typed(agent, page):
    assert "Type at least two characters" in page(agent).get("/search/", {"q": "K"}).content.decode()


def test_an_auditor_has_no_search(auditor, page):
    assert page(auditor).get("/search/", {"q": "K871"}).status_code == 403


def test_a_search_stays_within_its_queries(store, agent, page, django_assert_max_num_queries):
    for number in range(25):
        make_vehicle(store, plate=f"沪C{number:02d}777")
    client = page(agent)
    with django_assert_max_num_queries(10):
        assert client.get("/search/", {"q": "777"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("王示例", "wsl", "Initials of the name"),
        ("王示例", "WSL", "Initials of the name"),
        ("王示例", "wangshi", "Pinyin of the name"),
        ("王示例", "wang shi li", "Pinyin of the name"),
        ("单示例", "ssl", "Initials of the name"),
        ("尉迟示例", "yuchi", "Pinyin of the name"),
        ("重庆演示公司", "chongqing", "Pinyin of the name"),
        ("满意Demo公司", "mydgs", "Initials of the name"),
        ("满意Demo公司", "manyidemo", "Pinyin of the name"),
    ],
)
def test_a_customer_is_found_by_pinyin_and_initials(store, agent, name, text, reason):
    """UX9."""
    customer = make_customer(store, name=name)
    (hit,) = find(agent, text)
    assert (hit.customer, str(hit.reason)) == (customer, reason)


@pytest.mark.parametrize("text", ["ws", "sl", "angshi", "shili"])
def test_parts_inside_a_pinyin_find_nothing(store, agent, text):
    make_customer(store, name="王示例")
    assert find(agent, text) == []


def test_another_name_is_found_by_its_own_pinyin(store, agent):
    customer = make_customer(store, name="王示例")
    customer.edit(by=agent, name="李示例")
    assert ([hit.customer for hit in find(agent, "lsl")], find(agent, "wsl")) == ([customer], [])
