"""Submitting a response: scored with its own version, stored once (SU2, SU3, S2-08)."""

from decimal import Decimal

import pytest

from activity.models import Event
from activity.signals import day_changed
from common.errors import Conflict, DomainError, NotAllowed
from surveys.models import Questionnaire, Response
from surveys.signals import response_submitted
from tests.factories import make_customer, make_handed_over, make_vehicle, on
from tests.surveys.conftest import all_rated, announced, answers_by_code, unsubmitted

# Factor means 8.5, 9, 9, 8.5 and 9.5: (17·8.5 + 18·9 + 21·9 + 21·8.5 + 24·9.5) · 100 / 101 = 893.0693.
MIXED = {
    "appointment": 8, "promptness": 9, "courtesy": 9, "need": 9, "work_before": 9, "cost_before": 9, "facility": 9, "promised_time": 8, "work_after": 8,
    "charges": 8, "fair_charge": 9, "clean_car": 9, "care_after": 9, "diagnosis": 9, "first_time": 10,
}  # fmt: skip


def test_it_stores_score_factors_and_mood(response, csi, agent):
    response.submit(answers_by_code(csi, **MIXED, overall=9, grievance=0, words="Coffee was cold."), by=agent)
    response.refresh_from_db()
    assert response.points == Decimal("893.0693")
    assert response.answered_weight == 1
    assert response.is_counted
    assert response.mood == Response.Mood.SATISFIED
    assert response.submitted_by == agent
    assert {score.factor.code: score.points for score in response.factor_scores.all()} == {
        "initiation": 850, "adviser": 900, "facility": 900, "pick-up": 850, "quality": 950,
    }  # fmt: skip
    assert response.answers.get(question__code="words").text == "Coffee was cold."
    assert response.answers.get(question__code="grievance").value == 0


def test_a_factor_left_out_is_shared_among_the_others(response, csi, agent):
    response.submit(answers_by_code(csi, **MIXED | {"facility": None}), by=agent)
    assert response.points == Decimal("891.2500")
    assert response.answered_weight == Decimal("0.7921")
    assert response.is_counted


def test_a_response_that_is_too_thin_is_shown_but_not_counted(response, csi, agent):
    response.submit(answers_by_code(csi, facility=9, courtesy=9), by=agent)
    assert response.points == 900
    assert not response.is_counted
    assert not Response.objects.counted().exists()


@pytest.mark.parametrize(
    ("extra", "mood"),
    [
        ({"overall": 9}, "satisfied"),
        ({"overall": 7}, "neutral"),
        ({"overall": 5}, "complaining"),
        ({"overall": 10, "grievance": 1}, "complaining"),
        ({}, "satisfied"),
    ],
)
def test_the_overall_rating_and_the_grievance_decide_the_mood(response, csi, agent, extra, mood):
    response.submit(all_rated(csi, 9) | answers_by_code(csi, overall=None) | answers_by_code(csi, **extra), by=agent)
    assert response.mood == mood


@pytest.mark.parametrize(("satisfied", "mood"), [(1, "satisfied"), (0, "complaining")])
def test_a_verification_is_satisfied_or_complaining(shipped, visit, agent, satisfied, mood):
    questionnaire = Questionnaire.objects.get(code="verification")
    response = unsubmitted(questionnaire, visit).submit(answers_by_code(questionnaire, satisfied=satisfied), by=agent)
    assert (response.mood, response.points, response.is_counted) == (mood, None, False)


def test_it_records_announces_and_tells_the_apps_above(response, csi, agent):
    with announced(day_changed) as days, announced(response_submitted) as told:
        response.submit(all_rated(csi, 9), by=agent)
    event = Event.objects.get(code="response.submitted")
    assert (event.actor, event.customer_ref, event.particulars["points"]) == (agent, response.customer_id, "900.0000")
    assert [(one["store_id"], one["days"]) for one in days] == [(response.store_id, {on("2026-11-18")})]
    assert [one["response"] for one in told] == [response]


def test_it_is_submitted_once(response, csi, agent):
    response.submit(all_rated(csi, 9), by=agent)
    with pytest.raises(Conflict):
        response.submit(all_rated(csi, 10), by=agent)
    assert Response.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"facility": 11}, "answer_range", "facility"),
        ({"facility": 0}, "answer_range", "facility"),
        ({"facility": "9"}, "answer_range", "facility"),
        ({"facility": True}, "answer_range", "facility"),
        ({"grievance": 2}, "answer_range", "grievance"),
        ({"words": "x" * 2001}, "answer_text", "words"),
        ({"words": "\x00"}, "answer_text", "words"),
        ({"words": 7}, "answer_text", "words"),
    ],
)
def test_it_refuses_what_a_question_does_not_take(response, csi, agent, values, code, field):
    with pytest.raises(DomainError) as refused:
        response.submit(all_rated(csi, 9) | answers_by_code(csi, **values), by=agent)
    assert refused.value.code == code
    assert refused.value.field == csi.questions.get(code=field).field_name
    assert not Response.objects.exists()


def test_it_refuses_an_empty_interview(response, csi, agent):
    with pytest.raises(DomainError, match="at least one"):
        response.submit(dict.fromkeys(question.pk for question in csi.question_list), by=agent)


def test_it_refuses_a_question_of_another_questionnaire(response, csi, agent):
    foreign = Questionnaire.objects.get(code="mot").questions.first()
    with pytest.raises(DomainError) as refused:
        response.submit(all_rated(csi, 9) | {foreign.pk: 9}, by=agent)
    assert refused.value.code == "unknown_question"


def test_a_required_question_must_be_answered(shipped, visit, agent):
    questionnaire = Questionnaire.objects.get(code="verification")
    with pytest.raises(DomainError) as refused:
        unsubmitted(questionnaire, visit).submit(answers_by_code(questionnaire, words="fine"), by=agent)
    assert refused.value.code == "answer_missing"


def test_it_refuses_a_day_to_come(csi, visit, agent):
    with pytest.raises(DomainError) as refused:
        unsubmitted(csi, visit, served_on=on("2126-11-18")).submit(all_rated(csi, 9), by=agent)
    assert refused.value.field == "served_on"


def test_it_refuses_a_draft_questionnaire(csi, visit, agent):
    csi.published_at = None
    with pytest.raises(DomainError) as refused:
        unsubmitted(csi, visit).submit(all_rated(csi, 9), by=agent)
    assert refused.value.code == "questionnaire_draft"


def test_it_refuses_a_car_of_another_store_and_a_visit_of_another_customer(csi, visit, agent, other_store, store):
    with pytest.raises(DomainError) as refused:
        unsubmitted(csi, visit, vehicle=make_vehicle(other_store)).submit(all_rated(csi, 9), by=agent)
    assert refused.value.field == "vehicle"
    with pytest.raises(DomainError) as refused:
        unsubmitted(csi, visit, customer=make_customer(store)).submit(all_rated(csi, 9), by=agent)
    assert refused.value.field == "visit"


def test_only_those_who_may_submit_do(response, csi, advisor, auditor, stranger):
    for person in (advisor, auditor, stranger):
        with pytest.raises(NotAllowed):
            response.submit(all_rated(csi, 9), by=person)


def test_history_keeps_the_score_of_its_version(response, csi, agent, store):
    """SU2, SU3: other weights in a new version leave old responses and their recomputation untouched."""
    response.submit(answers_by_code(csi, **MIXED), by=agent)
    newer = Questionnaire.objects.create(code="csi-5f", version=2, index="csi", side="after_sales", name_en="n", name_zh="n")
    newer.factors.create(code="quality", weight=100, name_en="q", name_zh="q")
    again = Response.objects.get(pk=response.pk)
    given = {answer.question: answer.value for answer in again.answers.filter(question__kind="rating")}
    assert round(float(again.questionnaire.score(given).points), 4) == 893.0693
    assert again.questionnaire.version == 1


def test_people_of_another_store_do_not_see_it(response, csi, agent, stranger):
    response.submit(all_rated(csi, 9), by=agent)
    make_handed_over(stranger.memberships.get().store)
    assert list(Response.objects.for_user(stranger)) == []
    assert list(Response.objects.for_user(agent)) == [response]
