"""Voiding a response: it counts nowhere, answers and score stay."""

from decimal import Decimal

import pytest

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from kpis.models import DirtyDay
from surveys.models import Questionnaire, Response
from tests.factories import make_delivery, on
from tests.surveys.conftest import all_rated


def test_it_takes_the_response_out_of_the_index_and_keeps_the_score(submitted, care_manager):
    submitted.void(by=care_manager, reason="Wrong customer was called")
    submitted.refresh_from_db()
    assert (submitted.voided_by, submitted.void_reason) == (care_manager, "Wrong customer was called")
    assert submitted.points == Decimal("796.0396")
    assert submitted.answers.count() == len(submitted.questionnaire.question_list)
    assert list(Response.objects.counted()) == []


def test_it_records_who_and_why(submitted, care_manager):
    submitted.void(by=care_manager, reason="Wrong customer")
    event = Event.objects.get(code="response.voided")
    assert (event.actor, event.particulars) == (care_manager, {"reason": "Wrong customer"})


def test_it_refuses_a_second_time(submitted, care_manager):
    again = Response.objects.get(pk=submitted.pk)
    submitted.void(by=care_manager, reason="Wrong customer")
    with pytest.raises(Conflict):
        again.void(by=care_manager, reason="Other reason")
    assert Response.objects.get(pk=submitted.pk).void_reason == "Wrong customer"


def test_it_wants_a_reason(submitted, care_manager):
    with pytest.raises(DomainError, match="reason"):
        submitted.void(by=care_manager, reason="  ")


def test_an_interview_of_a_buyer_tells_the_day_of_the_delivery_too(store, shipped, agent, care_manager):
    """S3-02: the share of buyers interviewed face to face is counted by the day of the delivery."""
    css = Questionnaire.objects.get(code="css-7f")
    delivery = make_delivery(store)
    interview = Response(store=store, questionnaire=css, customer=delivery.customer, delivery=delivery, mode="face", served_on=on("2026-11-20"))
    for act in (lambda: interview.submit(all_rated(css, 9), by=agent), lambda: interview.void(by=care_manager, reason="Test")):
        DirtyDay.objects.all().delete()
        act()
        assert set(DirtyDay.objects.values_list("date", flat=True)) == {on("2026-11-18"), on("2026-11-20")}


def test_an_agent_may_not(submitted, agent):
    with pytest.raises(NotAllowed):
        submitted.void(by=agent, reason="Wrong customer")


def test_the_page_voids(submitted, care_manager, page):
    answer = page(care_manager).post(f"/surveys/{submitted.pk}/void/", {"reason": "Wrong customer"}, follow=True)
    assert "Voided by Carol: Wrong customer" in answer.content.decode()
    assert Response.objects.get().voided_at is not None


def test_the_page_names_the_missing_reason(submitted, care_manager, page):
    answer = page(care_manager).post(f"/surveys/{submitted.pk}/void/", {"reason": " "})
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert Response.objects.get().voided_at is None


def test_the_page_refuses_get_strangers_and_those_without_the_right(submitted, agent, care_manager, administrator, stranger, page):
    address = f"/surveys/{submitted.pk}/void/"
    assert page(care_manager).get(address).status_code == 405
    assert page(agent).post(address, {"reason": "x"}).status_code == 403
    assert page(stranger).post(address, {"reason": "x"}).status_code == 403
    assert page(administrator).post("/surveys/999999/void/", {"reason": "x"}).status_code == 404


def test_the_api_agrees(submitted, care_manager, agent, stranger, api):
    address = f"/api/v1/responses/{submitted.pk}/void/"
    assert api(agent).post(address, {"reason": "x"}).status_code == 403
    assert api(stranger).post(address, {"reason": "x"}).status_code == 403
    assert api(care_manager).get(address).status_code == 405
    assert api(care_manager).post(address, {}).json()["errors"] == {"reason": ["This field is required."]}
    answer = api(care_manager).post(address, {"reason": "Wrong customer"})
    assert answer.status_code == 200
    assert answer.json()["void_reason"] == "Wrong customer"
    assert api(care_manager).post(address, {"reason": "Again"}).status_code == 409
