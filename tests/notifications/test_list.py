"""The bell: everybody reads what concerns them and nothing else."""

import pytest
from django.template.loader import render_to_string

from notifications.models import Notification
from notifications.services import notify
from tests.factories import make_customer, make_visit


@pytest.fixture
def told(store, agent, second_agent):
    """Two notifications of Alice, one of Amy."""
    notify([agent, second_agent], "test.first", make_customer(store))
    notify([agent], "test.second", make_visit(store))
    return Notification.objects.for_user(agent)


def test_the_page_shows_my_own_newest_first(told, agent, page):
    answer = page(agent).get("/notifications/")
    assert [bundle.notes[0].code for bundle in answer.context["bundles"]] == ["test.second", "test.first"]


def test_the_bell_counts_the_unread(told, agent, page):
    told[0].read()
    assert page(agent).get("/notifications/").context["shell"].unread == 1


def test_opening_marks_as_read_and_goes_to_the_subject(told, agent, page):
    note = told.get(code="test.second")
    answer = page(agent).post(f"/notifications/{note.pk}/open/")
    assert answer.url == f"/visits/{note.subject_id}/"
    note.refresh_from_db()
    assert note.read_at is not None


def test_one_is_marked_as_read_and_keeps_its_first_time(told, agent, page):
    note = told.get(code="test.second")
    client = page(agent)
    client.post(f"/notifications/{note.pk}/read/")
    note.refresh_from_db()
    first = note.read_at
    client.post(f"/notifications/{note.pk}/read/")
    note.refresh_from_db()
    assert note.read_at == first is not None


def test_all_of_mine_are_marked_as_read(told, agent, page):
    page(agent).post("/notifications/read/")
    assert not told.unread().exists()
    assert Notification.objects.unread().count() == 1


@pytest.mark.parametrize("verb", ["read", "open"])
def test_those_of_others_are_unknown(told, second_agent, page, verb):
    note = told.get(code="test.second")
    assert page(second_agent).post(f"/notifications/{note.pk}/{verb}/").status_code == 404


def test_get_changes_nothing(told, agent, page):
    client = page(agent)
    note = told.get(code="test.second")
    for address in ("/notifications/read/", f"/notifications/{note.pk}/read/", f"/notifications/{note.pk}/open/"):
        assert client.get(address).status_code == 405
    assert told.unread().count() == 2


def test_the_same_fact_is_told_once(told, agent, store):
    note = told.get(code="test.second")
    notify([agent], "test.second", note.subject)
    assert told.filter(code="test.second").count() == 1


def test_what_nobody_worded_shows_its_code():
    assert render_to_string(Notification(code="test.unknown").template_names, {"notification": Notification(code="test.unknown")}).strip() == "test.unknown"


def test_the_page_stays_within_its_queries(store, agent, page, django_assert_max_num_queries):
    for _number in range(40):
        notify([agent], "test.first", make_customer(store))
    client = page(agent)
    with django_assert_max_num_queries(10):
        assert client.get("/notifications/").status_code == 200
