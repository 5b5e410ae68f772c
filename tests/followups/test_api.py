"""The API of follow-ups agrees with the page and refuses what the page refuses (T4, T23, T34, T38)."""

from datetime import timedelta

import pytest

from followups.models import FollowUp
from tests.factories import NOW, make_followup, make_handed_over, make_plan

ROOT = "/api/v1/followups/"


@pytest.fixture(autouse=True)
def standing_clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def followup(store, defaults):
    visit = make_handed_over(store, at=NOW - timedelta(days=1))
    return make_followup(store, customer=visit.customer, vehicle=visit.vehicle, visit=visit)


def address(followup, verb=""):
    return f"{ROOT}{followup.pk}/{verb}{'/' if verb else ''}"


def test_list_and_detail(api, followup, agent, stranger):
    body = api(agent).get(ROOT).json()
    assert [(row["id"], row["plan"], row["status"]) for row in body["results"]] == [(followup.pk, "service-3wd", "open")]
    assert api(agent).get(address(followup)).json()["attempts"] == []
    assert api(stranger).get(ROOT).json()["count"] == 0
    assert api(stranger).get(address(followup)).status_code == 404


def test_the_list_filters_like_the_page_and_knows_its_filters(api, followup, agent):
    assert api(agent).get(ROOT, {"attempted": "yes"}).json()["count"] == 0
    assert api(agent).get(ROOT, {"attempted": "no"}).json()["count"] == 1
    assert "overdu" in api(agent).get(ROOT, {"overdu": "true"}).json()["errors"]
    assert "status" in api(agent).get(ROOT, {"status": "lost"}).json()["errors"]


def test_claim_and_conflict(api, followup, agent, second_agent, store_manager):
    assert api(agent).post(address(followup, "claim")).json()["claimed_by"] == agent.pk
    refused = api(second_agent).post(address(followup, "claim"))
    assert (refused.status_code, refused.json()["code"]) == (409, "held_by_other")
    assert refused.json()["detail"] == "Alice has held this follow-up since 10:00."
    assert api(store_manager).post(address(followup, "claim")).status_code == 403


def test_renew_and_release(api, followup, agent, second_agent):
    client = api(agent)
    assert client.post(address(followup, "renew")).status_code == 409
    client.post(address(followup, "claim"))
    assert client.post(address(followup, "renew")).status_code == 200
    assert api(second_agent).post(address(followup, "release")).status_code == 409
    assert client.post(address(followup, "release")).json()["claimed_by"] is None


def test_log_with_answers(api, followup, agent):
    codes = [question.code for question in followup.plan.questionnaire().question_list if question.kind == "rating"]
    body = api(agent).post(address(followup, "log"), {"outcome": "ok", "note": "good", "answers": dict.fromkeys(codes, 10)}).json()
    assert (body["status"], body["outcome"], body["attempts"][0]["note"]) == ("done", "ok", "good")
    followup.refresh_from_db()
    assert (body["response"], followup.response.points) == (followup.response_id, 1000)


def test_a_retry_by_a_proxy_has_one_result(api, followup, agent):
    answers = [api(agent).post(address(followup, "log"), {"outcome": "no_answer", "note": ""}) for _sent in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert followup.attempts.count() == 1
    assert api(agent).post(address(followup, "log"), {"outcome": "refused"}).status_code == 409


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "gone"}, "outcome"),
        ({"outcome": "callback"}, "next_at"),
        ({"outcome": "callback", "next_at": "soon"}, "next_at"),
        ({"outcome": "callback", "next_at": "2026-11-19T14:00:00Z"}, "next_at"),
        ({"outcome": "ok"}, "answers"),
        ({"outcome": "ok", "answers": {"nonsense": 3}}, "answers"),
        ({"outcome": "ok", "answers": 5}, "answers"),
        ({"outcome": "refused", "colour": "red"}, "colour"),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(api, followup, agent, sent, field):
    response = api(agent).post(address(followup, "log"), sent)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    followup.refresh_from_db()
    assert (followup.attempt_count, followup.status) == (0, "open")


def test_next(api, followup, agent, second_agent):
    assert api(agent).post(f"{ROOT}next/").json()["id"] == followup.pk
    assert api(second_agent).post(f"{ROOT}next/").status_code == 204
    assert api(agent).get(f"{ROOT}next/").status_code == 405


def test_assign_and_cancel(api, followup, agent, second_agent, care_manager, stranger):
    manager = api(care_manager)
    assert manager.post(address(followup, "assign"), {"assignee": second_agent.pk}).json()["assignee"] == second_agent.pk
    assert manager.post(address(followup, "assign"), {"assignee": stranger.pk}).status_code == 400
    assert api(agent).post(address(followup, "assign"), {"assignee": agent.pk}).status_code == 403
    assert api(agent).post(address(followup, "cancel"), {"reason": "x"}).status_code == 403
    assert manager.post(address(followup, "cancel"), {"reason": "duplicate"}).json()["status"] == "cancelled"
    assert FollowUp.objects.get(pk=followup.pk).finished_by == care_manager


def test_a_token_of_another_store_sees_nothing(api, followup, administrator, other_store):
    narrowed = api(administrator, stores=[other_store])
    assert narrowed.get(address(followup)).status_code == 404
    assert narrowed.post(f"{ROOT}next/").status_code == 204


def test_a_wrong_answer_is_named_by_the_code_it_was_sent_with(api, followup, agent):
    body = api(agent).post(address(followup, "log"), {"outcome": "ok", "answers": {"courtesy": 11}}, format="json").json()
    assert list(body["errors"]["answers"]) == ["courtesy"]
    followup.refresh_from_db()
    assert (followup.status, followup.attempt_count) == ("open", 0)


def test_a_letter_takes_the_outcomes_its_page_offers(api, store, agent, defaults):
    letter = make_followup(store, make_plan("letter", kind="letter"))
    body = api(agent).post(address(letter, "log"), {"outcome": "no_answer"}, format="json").json()
    assert body["errors"] == {"outcome": ["Choose one of the outcomes: ok, ineligible."]}
    assert api(agent).post(address(letter, "log"), {"outcome": "ok"}, format="json").json()["status"] == "done"
