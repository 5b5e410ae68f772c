"""The call screen: taking, typing, logging and passing on, page by page (tour steps 2 and 3; FU3, FU8, FU9; UX2)."""

from datetime import timedelta

import pytest

from common.middleware import toast  # noqa: F401 - the middleware answers htmx with a toast
from followups.models import FollowUp
from tests.factories import NOW, make_followup, make_handed_over, make_plan
from visits.models import Visit

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def standing_clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def followup(store, defaults, advisor):
    visit = make_handed_over(store, at=NOW - 24 * HOUR, advisor=advisor, work="Oil and filter")
    return make_followup(store, customer=visit.customer, vehicle=visit.vehicle, visit=visit)


@pytest.fixture
def held(followup, agent):
    followup.claim(by=agent, now=NOW)
    return followup


def address(followup, verb=""):
    return f"/followups/{followup.pk}/{verb}{'/' if verb else ''}"


def answers(followup, rating):
    questions = followup.plan.questionnaire().question_list
    return {question.field_name: str(rating) for question in questions if question.kind == "rating"}


def test_the_screen_shows_everything_at_once(page, held, agent):
    text = page(agent).get(address(held)).content.decode()
    for words in (held.customer.name, held.customer.phone, "Oil and filter", "Sam", "Script", "Questionnaire", "yours until", "How it is counted", "Alice"):
        assert words in text or words == "How it is counted"
    assert f'hx-get="/complaints/of-customer/{held.customer_id}/"' in text


def test_every_outcome_has_its_key(page, held, agent):
    text = " ".join(page(agent).get(address(held)).content.decode().split())
    for key in ("1", "2", "o", "c", "d"):
        assert f'required data-key="{key}"' in text


def test_the_screen_costs_few_queries(page, held, agent, django_assert_max_num_queries):
    client = page(agent)
    with django_assert_max_num_queries(15):
        client.get(address(held))


def test_one_must_take_it_before_the_form_appears(page, followup, agent):
    client = page(agent)
    assert 'id="call"' not in client.get(address(followup)).content.decode()
    response = client.post(address(followup, "claim"), follow=True)
    assert 'id="call"' in response.content.decode()


def test_the_loser_sees_who_has_it(page, held, second_agent):
    client = page(second_agent)
    text = client.get(address(held)).content.decode()
    assert "Alice has held this follow-up since" in text
    assert 'id="call"' not in text
    response = client.post(address(held, "claim"), HTTP_REFERER="http://testserver" + address(held), follow=True)
    assert "Alice has held this follow-up since 10:00." in response.content.decode()


def test_no_answer_is_logged_and_comes_back_later(page, held, agent):
    response = page(agent).post(address(held, "log"), {"outcome": "no_answer", "next_at": "", "note": ""}, follow=True)
    assert "Logged. The call comes back at 11-18 11:30." in response.content.decode()
    held.refresh_from_db()
    assert (held.status, held.claimed_by, held.attempt_count) == ("open", None, 1)


def test_a_completed_call_stores_the_answers(page, held, agent):
    response = page(agent).post(address(held, "log"), {"outcome": "ok", "note": "Very kind advisor", **answers(held, 9)}, follow=True)
    held.refresh_from_db()
    assert (held.status, held.response.points, held.response.employee.name, held.response.remark) == ("done", 900, "Sam", "Very kind advisor")
    assert 'data-key="n"' in response.content.decode()


def test_a_low_answer_offers_the_complaint(page, held, agent):
    response = page(agent).post(address(held, "log"), {"outcome": "ok", "note": "Noise is still there", **answers(held, 3)}, follow=True)
    text = response.content.decode()
    assert "The customer is not satisfied. Raise a complaint" in text
    assert f"/complaints/create/?followup={held.pk}" in text


def test_missing_answers_are_pointed_out_and_nothing_is_lost(page, held, agent):
    response = page(agent).post(address(held, "log"), {"outcome": "ok", "note": "wait"})
    assert response.status_code == 422
    assert "wait" in response.content.decode()
    held.refresh_from_db()
    assert (held.attempt_count, held.claimed_by) == (0, agent)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose an outcome."),
        ({"outcome": "gone"}, "gone is not one of the available choices"),
        ({"outcome": "callback"}, "Give the time agreed with the customer."),
        ({"outcome": "callback", "next_at": "2026-11-19T22:00"}, "Customers are called between 09:00–20:00 only."),
        ({"outcome": "callback", "next_at": "2026-11-17T10:00"}, "The agreed time must lie in the future."),
        ({"outcome": "callback", "next_at": "soon"}, "Enter a valid date/time."),
        ({"outcome": "busy", "next_at": "2026-11-19T10:00"}, "A time can only be agreed with the outcome"),
        ({"outcome": "refused", "note": "x" * 4001}, "Ensure this value has at most 4000 characters"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(page, held, agent, sent, words):
    response = page(agent).post(address(held, "log"), sent)
    assert response.status_code == 422
    assert words in response.content.decode()
    held.refresh_from_db()
    assert held.attempt_count == 0


def test_a_promise_is_read_in_the_zone_of_the_store(page, held, agent):
    held.store.timezone = "Asia/Urumqi"
    held.store.save()
    page(agent).post(address(held, "log"), {"outcome": "callback", "next_at": "2026-11-19T10:00"})
    held.refresh_from_db()
    assert held.promised_at.isoformat() == "2026-11-19T04:00:00+00:00"


def test_what_is_typed_survives_a_crash_for_its_author_only(page, held, agent, second_agent):
    client = page(agent)
    sent = {"note": "half a sentence", "outcome": "ok", **answers(held, 7), "stray": "x"}
    assert client.post(address(held, "keep_draft".replace("keep_", "")), sent).status_code == 204
    text = client.get(address(held)).content.decode()
    assert "half a sentence" in text
    assert text.count('value="7"') and "checked" in text
    held.refresh_from_db()
    assert "stray" not in held.draft_of(agent)
    assert held.draft_of(second_agent) == {}
    assert page(second_agent).post(address(held, "draft"), {"note": "mine"}, HTTP_HX_REQUEST="true").status_code == 409


def test_the_open_page_renews_the_lease(page, held, agent, second_agent, time_machine):
    time_machine.move_to(NOW + HOUR / 6, tick=False)
    response = page(agent).post(address(held, "renew"), HTTP_HX_REQUEST="true")
    assert "yours until" in response.content.decode()
    held.refresh_from_db()
    assert held.lease_until == NOW + HOUR / 6 + HOUR / 4
    refused = page(second_agent).post(address(held, "renew"), HTTP_HX_REQUEST="true")
    assert (refused.status_code, "Alice has held" in refused["HX-Trigger"]) == (409, True)


def test_putting_back(page, held, agent):
    assert page(agent).post(address(held, "release"))["Location"] == "/queue/"
    held.refresh_from_db()
    assert held.claimed_by is None


def test_raising_a_complaint_during_the_call_takes_the_words_along(page, held, agent):
    response = page(agent).post(address(held, "complain"), {"note": "The noise is back"})
    assert response["Location"] == f"/complaints/create/?followup={held.pk}"
    held.refresh_from_db()
    assert (held.status, held.words) == ("open", "The noise is back")


def test_a_filled_in_questionnaire_is_submitted_before_the_complaint(page, held, agent):
    page(agent).post(address(held, "complain"), {"note": "The noise is back", **answers(held, 2)})
    held.refresh_from_db()
    assert (held.status, held.response.mood) == ("done", "complaining")


def test_a_letter_is_one_button(page, store, agent, defaults):
    letter = make_followup(store, make_plan("letter", kind="letter"))
    letter.claim(by=agent, now=NOW)
    client = page(agent)
    text = client.get(address(letter)).content.decode()
    assert "Sent" in text and 'value="no_answer"' not in text
    client.post(address(letter, "log"), {"outcome": "ok"})
    letter.refresh_from_db()
    assert (letter.status, letter.response) == ("done", None)


def test_a_reader_sees_the_state_and_no_form(page, followup, store_manager):
    text = page(store_manager).get(address(followup)).content.decode()
    assert followup.customer.name in text
    for absent in ('id="call"', "Take this call", "Next call"):
        assert absent not in text


def test_strangers_find_nothing_and_readers_may_not_work(page, held, stranger, store_manager):
    for verb in ("", "claim", "renew", "release", "draft", "log", "complain"):
        client = page(stranger)
        assert (client.post if verb else client.get)(address(held, verb)).status_code == 404
        if verb and verb != "complain":
            assert page(store_manager).post(address(held, verb)).status_code == 403
            assert page(store_manager).get(address(held, verb)).status_code == 405


def test_assigning(page, followup, second_agent, care_manager, agent, stranger):
    client = page(care_manager)
    client.post(address(followup, "assign"), {"assignee": second_agent.pk})
    followup.refresh_from_db()
    assert followup.assignee == second_agent
    assert list(second_agent.notifications.values_list("code", flat=True)) == ["followup.assigned"]
    assert client.post(address(followup, "assign"), {"assignee": stranger.pk}).status_code == 422
    client.post(address(followup, "assign"), {"assignee": ""})
    followup.refresh_from_db()
    assert followup.assignee is None
    assert page(agent).post(address(followup, "assign"), {"assignee": agent.pk}).status_code == 403


def test_cancelling_needs_a_reason(page, followup, care_manager):
    client = page(care_manager)
    assert client.post(address(followup, "cancel"), {"reason": " "}).status_code == 422
    client.post(address(followup, "cancel"), {"reason": "Sold the car"})
    followup.refresh_from_db()
    assert (followup.status, followup.finished_by) == ("cancelled", care_manager)


def test_the_history_is_worded(page, held, agent, care_manager):
    held.log("no_answer", by=agent, now=NOW)
    held.assign(agent, by=care_manager)
    FollowUp.objects.get(pk=held.pk).exempt("do_not_call")
    text = page(agent).get(address(held)).content.decode()
    for words in ("Follow-up taken", "Call logged: No answer; next try", "Follow-up assigned to Alice", "Follow-up taken out: The customer wants no calls"):
        assert words in text


def test_handing_over_for_real_reaches_the_queue(page, store, service_manager, agent, defaults, time_machine):
    """Tour step 4: the hand-over plans the call, the next morning it is offered."""
    visit = make_handed_over(store, at=NOW, status=Visit.Status.IN_SHOP, handed_over_at=None)
    visit.hand_over(by=service_manager, at=NOW)
    assert visit.customer.name not in page(agent).get("/queue/").content.decode()
    time_machine.move_to(NOW + 24 * HOUR, tick=False)
    assert visit.customer.name in page(agent).get("/queue/").content.decode()
