"""The list of activities: the plan of this year unless another is asked for (S3-25)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import on
from tests.gatherings.factories import make_gathering, make_guest


def listed(client, query=""):
    return list(client.get(f"/gatherings/{query}").context["page_obj"])


def test_it_begins_with_this_year(store, agent, page):
    now = make_gathering(store, planned_on=timezone.localdate())
    old = make_gathering(store, planned_on=on("2020-05-01"), starts_at=timezone.now() - timedelta(days=900))
    assert listed(page(agent)) == [now]
    assert listed(page(agent), "?year=2020") == [old]
    assert listed(page(agent), "?year=") == [now, old]
    assert listed(page(agent), "?year=&kind=summer") == []


@pytest.mark.parametrize("year", ["x", "1", "2026.5", "NaN", "99999999999"])
def test_a_wrong_year_shows_nothing(store, agent, page, year):
    make_gathering(store)
    assert listed(page(agent), f"?year={year}") == []


def test_people_of_another_store_see_nothing(gathering, stranger, page, api):
    assert listed(page(stranger), "?year=") == []
    assert page(stranger).get(f"/gatherings/{gathering.pk}/").status_code == 404
    assert api(stranger).get("/api/v1/gatherings/").json()["count"] == 0


def test_what_the_plan_lacks_needs_one_store(store, other_store, administrator, page):
    make_gathering(store)
    client = page(administrator)
    assert client.get("/gatherings/").context["plan"]["store"] is None
    assert client.get(f"/gatherings/?store={other_store.pk}").context["plan"]["store"] == other_store


def test_the_api_only_reads(gathering, care_manager, api):
    assert api(care_manager).post("/api/v1/gatherings/", {}).status_code == 405
    assert api(care_manager).get(f"/api/v1/gatherings/{gathering.pk}/").json()["title"] == "爱车讲堂"


def test_the_pages_ask_few_questions(store, care_manager, page, defaults, django_assert_max_num_queries):
    client = page(care_manager)
    for _gathering in range(5):
        gathering = make_gathering(store)
        for status in ("registered", "waiting", "invited", "declined") * 3:
            make_guest(gathering, status)
    client.get("/gatherings/")
    with django_assert_max_num_queries(10):
        client.get("/gatherings/")
    with django_assert_max_num_queries(12):
        client.get(f"/gatherings/{gathering.pk}/")
