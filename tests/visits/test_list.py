"""The one list of visits behind page, API and the links down from the dashboard."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_handed_over, make_user, make_vehicle, make_visit

# In Shanghai: 1 October 00:30, 31 October 23:30, 1 November 00:00.
FIRST = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)
LAST = datetime(2026, 10, 31, 15, 30, tzinfo=UTC)
AFTER = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)


def handed_over(store, number, at, minutes_late=0, **fields):
    return make_handed_over(store, at, number=number, arrived_at=at - timedelta(hours=3), promised_at=at - timedelta(minutes=minutes_late), **fields)


@pytest.fixture
def visits(store, other_store, advisor):
    second = make_user("second", "service_advisor", store)
    handed_over(store, "first", FIRST, advisor=advisor)
    handed_over(store, "last", LAST, minutes_late=10, advisor=advisor, kind="comeback")
    handed_over(store, "after", AFTER, minutes_late=10, advisor=second)
    now = timezone.now()
    make_visit(store, make_vehicle(store, plate="沪Z99999"), number="waiting", arrived_at=now, promised_at=now + timedelta(hours=1), kind="repair")
    make_visit(store, number="overdue", arrived_at=now - timedelta(hours=2), promised_at=now - timedelta(hours=1), kind="repair")
    handed_over(other_store, "foreign", FIRST)
    return {"advisor": advisor.pk, "store": store.pk, "other": other_store.pk}


CASES = [
    ("", {"first", "last", "after", "waiting", "overdue"}),
    ("status=in_shop", {"waiting", "overdue"}),
    ("status=handed_over", {"first", "last", "after"}),
    ("kind=comeback", {"last"}),
    ("overdue=true", {"overdue"}),
    ("overdue=false", {"first", "last", "after", "waiting"}),
    ("on_time=yes", {"first"}),
    ("on_time=no", {"last", "after"}),
    ("handed_over_from=2026-10-01&handed_over_to=2026-10-31", {"first", "last"}),
    ("handed_over_from=2026-10-01&handed_over_to=2026-10-31&on_time=no&advisor={advisor}", {"last"}),
    ("handed_over_from=2026-11-01", {"after"}),
    ("arrived_to=2026-09-30", {"first"}),
    ("advisor={advisor}", {"first", "last"}),
    ("store={store}", {"first", "last", "after", "waiting", "overdue"}),
    ("q=Z9999", {"waiting"}),
    ("q=LAST", {"last"}),
    ("q=nothing", set()),
]


@pytest.mark.parametrize(("query", "numbers"), CASES)
def test_the_page_shows_what_the_filters_let_through(visits, agent, page, query, numbers):
    answer = page(agent).get(f"/visits/?{query.format(**visits)}")
    assert {visit.number for visit in answer.context["page_obj"]} == numbers


@pytest.mark.parametrize(("query", "numbers"), CASES)
def test_the_api_lists_the_same(visits, agent, api, query, numbers):
    assert {visit["number"] for visit in api(agent).get(f"/api/v1/visits/?{query.format(**visits)}").json()["results"]} == numbers


@pytest.mark.parametrize(
    "query", ["status=gone", "handed_over_from=October", "advisor=x", "store={other}", "overdue=maybe", "customer=x", "customer=99999999999999999999"]
)
def test_a_wrong_filter_empties_the_page_and_is_told(visits, agent, page, query):
    answer = page(agent).get(f"/visits/?{query.format(**visits)}")
    assert answer.status_code == 200
    assert list(answer.context["page_obj"]) == []


@pytest.mark.parametrize(
    "query", ["customer__phone=1", "ordering=number", "status=gone", "handed_over_from=October", "overdue=maybe", "store={other}", "store__name=x"]
)
def test_the_api_refuses_what_is_no_filter_or_no_value_of_it(visits, agent, api, query):
    """T6."""
    answer = api(agent).get(f"/api/v1/visits/?{query.format(**visits)}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [query.split("=")[0]])


def test_the_api_lists_what_has_changed_since(visits, here, advisor, api):
    moment = timezone.now()
    here.edit(by=advisor, bay="2")
    found = api(advisor).get("/api/v1/visits/", {"updated_since": moment.isoformat()}).json()["results"]
    assert [visit["number"] for visit in found] == [here.number]


def test_a_customers_visits_are_linked_by_id(visits, here, advisor, page):
    answer = page(advisor).get(f"/visits/?customer={here.customer_id}")
    assert [visit.number for visit in answer.context["page_obj"]] == [here.number]


def test_the_list_stays_within_its_queries(store, advisor, page, api, django_assert_max_num_queries):
    for _number in range(60):
        make_visit(store, advisor=advisor)
    client = page(advisor)
    with django_assert_max_num_queries(10):
        assert client.get("/visits/").status_code == 200
    client = api(advisor)
    # Each order carries its technicians, checks, lines and consents: one question each for the whole page.
    with django_assert_max_num_queries(12):
        assert client.get("/api/v1/visits/?page_size=200").status_code == 200


def test_a_visit_page_stays_within_its_queries(here, advisor, page, django_assert_max_num_queries):
    here.edit(by=advisor, bay="2")
    here.hand_over(by=advisor)
    client = page(advisor)
    with django_assert_max_num_queries(18):
        assert client.get(f"/visits/{here.pk}/").status_code == 200


def test_strangers_and_auditors_see_nothing(here, stranger, auditor, page, api):
    assert page(stranger).get(f"/visits/{here.pk}/").status_code == 404
    assert api(stranger).get(f"/api/v1/visits/{here.pk}/").status_code == 404
    assert list(page(stranger).get("/visits/").context["page_obj"]) == []
    assert page(auditor).get("/visits/").status_code == 403
    assert api(auditor).get("/api/v1/visits/").status_code == 403
