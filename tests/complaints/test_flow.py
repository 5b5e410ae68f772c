"""S3-32 end to end: issue, answer, verification call in the queue, not satisfied, round 2, satisfied, closed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from common.errors import NotAllowed
from followups.models import FollowUp
from followups.services import log_call
from notifications.models import Notification
from surveys.models import Questionnaire


@pytest.fixture
def word(defaults):
    """Return the answers of a verification call."""
    questions = {question.code: question.pk for question in Questionnaire.objects.get(code="verification").question_list}

    def answers(is_satisfied, words=""):
        return {questions["satisfied"]: is_satisfied, questions["words"]: words or None}

    return answers


def call_of(slip):
    return FollowUp.objects.get(source_kind="complaint_round", source_id=slip.current_round().pk)


def test_the_slip_goes_round_until_the_customer_is_satisfied(slip, agent, service_manager, word, time_machine):
    slip.answer(by=service_manager, cause="Too few people at noon", measure="Shift plan changed")
    time_machine.move_to(datetime(2026, 11, 19, 2, 0, tzinfo=UTC), tick=False)
    log_call(call_of(slip), "ok", by=agent, answers=word(0, "Nobody has called me"))
    slip.refresh_from_db()
    assert (slip.status, slip.round_count, slip.level) == ("issued", 2, "raised")
    assert slip.due_at == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert slip.rounds.get(number=1).verification_note == "Nobody has called me"

    slip.answer(by=service_manager, cause="Nobody felt responsible", measure="The manager has called")
    time_machine.move_to(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False)
    log_call(call_of(slip), "ok", by=agent, answers=word(1))
    slip.refresh_from_db()
    assert (slip.status, slip.closed_by, slip.rounds.count()) == ("satisfied", agent, 2)
    codes = Event.objects.about(slip).order_by("pk").values_list("code", flat=True)
    assert list(codes) == [
        "complaint.issued",
        "complaint.answered",
        "complaint.unsatisfied",
        "complaint.reissued",
        "complaint.answered",
        "complaint.satisfied",
    ]


def test_who_is_not_satisfied_needs_no_second_slip(page, answered, agent, word):
    """S3-32: the round is issued again by itself."""
    call = call_of(answered)
    log_call(call, "ok", by=agent, answers=word(0))
    text = page(agent).get(call.get_absolute_url()).content.decode()
    assert "next round" in text and "Raise a complaint, everything" not in text


def test_the_verification_call_stands_in_the_queue_of_the_care_agents(answered, agent, service_manager, time_machine):
    time_machine.move_to(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False)
    assert FollowUp.objects.for_user(agent).next_for(agent, timezone.now()) == call_of(answered)


def test_an_unreachable_customer_leaves_the_slip_waiting_and_tells_the_care_manager(answered, agent, care_manager, time_machine):
    time_machine.move_to(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False)
    log_call(call_of(answered), "wrong", by=agent)
    answered.refresh_from_db()
    assert (answered.status, answered.rounds.get().verified_at) == ("answered", None)
    assert Notification.objects.get(code="complaint.unverified").user == care_manager


def test_a_verification_call_cancelled_by_hand_is_told_to_the_care_manager(answered, care_manager):
    call_of(answered).cancel(by=care_manager, reason="Asked in the shop")
    answered.refresh_from_db()
    assert answered.status == "answered"
    assert Notification.objects.get(code="complaint.unverified").user == care_manager


def test_another_slip_raised_in_the_verification_call_leaves_the_call_open(answered, draft, agent, time_machine):
    """The first slip still waits for the customer's word."""
    time_machine.move_to(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False)
    call = call_of(answered).claim(by=agent)
    draft(followup=call, words="And the seat is dirty").issue(by=agent, is_separate=True)
    call.refresh_from_db()
    assert (call.status, call.claimed_by) == ("open", agent)


def test_a_call_to_be_repeated_changes_nothing(answered, agent, time_machine):
    time_machine.move_to(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False)
    log_call(call_of(answered), "no_answer", by=agent)
    answered.refresh_from_db()
    assert answered.status == "answered"
    assert not Notification.objects.filter(code="complaint.unverified").exists()


def test_the_person_concerned_cannot_bring_the_word(draft, agent, second_agent, service_manager, word, time_machine):
    """T24: the call is not logged either."""
    slip = draft(employee=second_agent).issue(by=agent)
    slip.answer(by=service_manager, cause="x", measure="y")
    time_machine.move_to(slip.due_at + timedelta(days=1), tick=False)
    with pytest.raises(NotAllowed):
        log_call(call_of(slip), "ok", by=second_agent, answers=word(1))
    slip.refresh_from_db()
    assert (slip.status, call_of(slip).status) == ("answered", "open")
