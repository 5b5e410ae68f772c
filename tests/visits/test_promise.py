"""S4-13: a promised time may be changed with the customer's consent before it has passed, never after."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from visits.models import Visit


@pytest.fixture
def later():
    return timezone.localtime().replace(second=0, microsecond=0) + timedelta(hours=5)


def form(moment):
    return {"promised_at": moment.strftime("%Y-%m-%dT%H:%M"), "agreed_by": "Ms Wang", "channel": "phone"}


def test_another_time_is_promised_and_the_old_one_recorded(here, later, advisor, page):
    before = here.promised_at
    answer = page(advisor).post(f"/visits/{here.pk}/promise/", form(later))
    assert answer.url == f"/visits/{here.pk}/"
    here.refresh_from_db()
    assert here.promised_at == later
    event = Event.objects.get()
    assert (event.code, event.particulars["before"]) == ("visit.promised", before.isoformat())
    assert f'Visit <a href="/visits/{here.pk}/">{here.number}</a> promised for' in page(advisor).get(f"/visits/{here.pk}/").content.decode()


def test_a_promise_that_has_passed_stands_as_missed(late, later, advisor, page, api):
    answer = page(advisor).post(f"/visits/{late.pk}/promise/", form(later))
    assert (answer.status_code, "The promised time has already passed; it stands as missed." in answer.content.decode()) == (409, True)
    assert (
        api(advisor).post(f"/api/v1/visits/{late.pk}/promise/", {"promised_at": later.isoformat(), "agreed_by": "Ms Wang"}).json()["code"] == "promise_missed"
    )
    before = late.promised_at
    late.refresh_from_db()
    assert late.promised_at == before


@pytest.mark.parametrize("wrong", ["2020-01-01T10:00", "soon", ""])
def test_a_time_in_the_past_or_none_is_refused_at_the_field(here, advisor, page, wrong):
    answer = page(advisor).post(f"/visits/{here.pk}/promise/", {"promised_at": wrong, "agreed_by": "Ms Wang", "channel": "phone"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["promised_at"])
    assert not Event.objects.exists()


def test_a_car_handed_over_takes_no_promise(here, later, advisor, api):
    here.hand_over(by=advisor)
    answer = api(advisor).post(f"/api/v1/visits/{here.pk}/promise/", {"promised_at": later.isoformat(), "agreed_by": "Ms Wang"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_strangers_and_people_without_the_right(here, later, stranger, agent, page, api):
    assert page(stranger).get(f"/visits/{here.pk}/promise/").status_code == 403
    assert page(agent).post(f"/visits/{here.pk}/promise/", form(later)).status_code == 403
    assert api(agent).post(f"/api/v1/visits/{here.pk}/promise/", {"promised_at": later.isoformat(), "agreed_by": "Ms Wang"}).status_code == 403


def test_an_advisor_of_another_store_gets_the_answer_of_an_unknown_visit(here, later, other_advisor, page, api):
    assert page(other_advisor).post(f"/visits/{here.pk}/promise/", form(later)).status_code == 404
    assert api(other_advisor).post(f"/api/v1/visits/{here.pk}/promise/", {"promised_at": later.isoformat(), "agreed_by": "Ms Wang"}).status_code == 404


def test_get_changes_nothing(here, advisor, page, api):
    assert page(advisor).get(f"/visits/{here.pk}/promise/").status_code == 200
    assert api(advisor).get(f"/api/v1/visits/{here.pk}/promise/").status_code == 405
    assert not Event.objects.exists()


def test_the_api_agrees(here, later, advisor, api):
    answer = api(advisor).post(f"/api/v1/visits/{here.pk}/promise/", {"promised_at": later.isoformat(), "agreed_by": "Ms Wang"})
    assert answer.status_code == 200
    here.refresh_from_db()
    assert here.promised_at == later
    wrong = api(advisor).post(f"/api/v1/visits/{here.pk}/promise/", {"promised_at": "2020-01-01T00:00:00Z", "agreed_by": "Ms Wang"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["promised_at"])


def test_the_consent_to_another_time_is_on_file(here, later, advisor, page):
    """S4-13: who agreed, how and when, logged before the old time ran out."""
    page(advisor).post(f"/visits/{here.pk}/promise/", form(later))
    agreement = here.agreements.get()
    assert (agreement.subject, agreement.agreed_by, agreement.channel, agreement.logged_by) == ("time", "Ms Wang", "phone", advisor)
    assert agreement.agreed_at < here.promised_at
    assert agreement.shown_text == f"{later:%Y-%m-%d %H:%M}"


def test_nobody_moves_a_promise_without_consent(here, later, advisor, page, api):
    answer = page(advisor).post(f"/visits/{here.pk}/promise/", form(later) | {"agreed_by": ""})
    assert list(answer.context["form"].errors) == ["agreed_by"]
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/promise/", {"promised_at": later.isoformat()}).json()["code"] == "consent_missing"


def test_the_first_promise_needs_no_consent(here, later, advisor, api):
    Visit.objects.filter(pk=here.pk).update(promised_at=None)
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/promise/", {"promised_at": later.isoformat()}).status_code == 200
    assert not here.agreements.exists()
