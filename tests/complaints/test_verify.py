"""The customer's word on an answer (S3-32, CO6, T24, T42)."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError
from django.urls import reverse

from activity.models import Event
from common.errors import Conflict, NotAllowed
from complaints.models import Complaint
from followups.models import FollowUp
from notifications.models import Notification


def test_a_satisfied_customer_closes_the_slip(answered, agent):
    answered.verify(True, by=agent, note="All fine now")
    answered.refresh_from_db()
    only = answered.rounds.get()
    assert (answered.status, answered.closed_by) == ("satisfied", agent)
    assert (only.is_satisfied, only.verified_by, only.verification_note) == (True, agent, "All fine now")
    assert Event.objects.get(code="complaint.satisfied").particulars == {"round": 1}


def test_a_dissatisfied_customer_sends_out_the_next_round(answered, agent, time_machine):
    """S3-32: a new slip with a new deadline; from the second round on it counts as raised (domain rules 3.4)."""
    time_machine.move_to(datetime(2026, 11, 19, 3, 0, tzinfo=UTC), tick=False)
    answered.verify(False, by=agent, note="Still waiting")
    answered.refresh_from_db()
    first, second = answered.rounds.all()
    assert (answered.status, answered.round_count, answered.level) == ("issued", 2, "raised")
    assert (first.is_satisfied, first.verification_note, second.number, second.answered_at) == (False, "Still waiting", 2, None)
    assert answered.due_at == second.due_at == datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_the_next_round_is_recorded_and_told(answered, agent, service_manager):
    answered.verify(False, by=agent)
    assert Event.objects.get(code="complaint.reissued").particulars["round"] == 2
    assert Notification.objects.get(code="complaint.reissued").user == service_manager


def test_a_major_slip_stays_major(draft, agent, service_manager):
    slip = draft(level="major").issue(by=agent)
    slip.answer(by=service_manager, cause="x", measure="y")
    slip.verify(False, by=agent)
    assert slip.level == "major"


def test_rounds_are_numbered_without_gaps(answered, agent, service_manager):
    for _again in range(2):
        answered.verify(False, by=agent)
        answered.answer(by=service_manager, cause="x", measure="y")
    assert list(answered.rounds.values_list("number", flat=True)) == [1, 2, 3]


def test_of_two_reissues_at_once_one_wins(answered, agent, second_agent):
    """T42."""
    as_read_by_another = Complaint.objects.get(pk=answered.pk)
    answered.verify(False, by=agent)
    with pytest.raises(Conflict):
        as_read_by_another.verify(False, by=second_agent)
    assert answered.rounds.count() == 2


def test_reissued_while_being_closed_is_a_conflict(answered, agent, second_agent):
    """T42: the slip stays as the first word left it."""
    as_read_by_another = Complaint.objects.get(pk=answered.pk)
    answered.verify(True, by=agent)
    with pytest.raises(Conflict):
        as_read_by_another.verify(False, by=second_agent)
    answered.refresh_from_db()
    assert (answered.status, answered.rounds.count()) == ("satisfied", 1)


def test_a_stale_word_does_not_verify_the_next_round(answered, agent, second_agent, service_manager):
    stale = Complaint.objects.get(pk=answered.pk)
    answered.verify(False, by=agent)
    answered.answer(by=service_manager, cause="x", measure="y")
    with pytest.raises(Conflict):
        stale.verify(True, by=second_agent)
    assert answered.rounds.get(number=2).verified_at is None


def test_an_unanswered_slip_cannot_be_verified(slip, agent):
    with pytest.raises(Conflict):
        slip.verify(True, by=agent)


def test_who_answered_may_not_verify(draft, store, agent, care_manager, second_agent):
    """T24; the attempt is kept."""
    slip = draft(department=store.first_department("care")).issue(by=agent)
    slip.answer(by=care_manager, cause="x", measure="y")
    with pytest.raises(NotAllowed) as refusal:
        slip.verify(True, by=care_manager)
    assert refusal.value.code == "answered_by_you"
    assert Event.objects.get(code="complaint.refused").actor == care_manager
    slip.verify(True, by=second_agent)


def test_whom_the_slip_is_about_may_not_verify(draft, agent, second_agent, service_manager):
    """T24; the attempt is kept."""
    slip = draft(employee=second_agent).issue(by=agent)
    slip.answer(by=service_manager, cause="x", measure="y")
    with pytest.raises(NotAllowed) as refusal:
        slip.verify(True, by=second_agent)
    assert refusal.value.code == "concerned"
    assert Event.objects.get(code="complaint.refused").particulars == {"reason": "concerned"}


def test_verifying_by_hand_takes_the_waiting_call_off_the_queue(answered, agent):
    answered.verify(True, by=agent)
    assert FollowUp.objects.get(source_kind="complaint_round").status == "cancelled"
    assert answered.rounds.get().is_satisfied is True


def test_the_page_verifies(page, answered, agent):
    sent = page(agent).post(reverse("complaints:verify", args=[answered.pk]), {"is_satisfied": "false", "note": "No"}, follow=True)
    assert sent.status_code == 200
    answered.refresh_from_db()
    assert (answered.status, answered.round_count) == ("issued", 2)


def test_the_page_asks_for_the_word(page, answered, agent):
    sent = page(agent).post(reverse("complaints:verify", args=[answered.pk]), {"note": "No"})
    assert sent.status_code == 422
    assert sent.context["bound"].errors == {"is_satisfied": ["This field is required."]}


def test_a_second_click_is_told_that_the_slip_has_moved_on(page, answered, agent):
    address = reverse("complaints:verify", args=[answered.pk])
    page(agent).post(address, {"is_satisfied": "true"})
    again = page(agent).post(address, {"is_satisfied": "true"}, headers={"referer": f"http://testserver{answered.get_absolute_url()}"}, follow=True)
    assert "The slip has moved on: Closed, customer satisfied" in again.content.decode()


def test_strangers_wrong_people_and_get_are_refused(page, answered, stranger, advisor, service_manager, agent):
    address = reverse("complaints:verify", args=[answered.pk])
    assert page(stranger).post(address, {"is_satisfied": "true"}).status_code == 404
    assert page(advisor).post(address, {"is_satisfied": "true"}).status_code == 403
    assert page(service_manager).post(address, {"is_satisfied": "true"}).status_code == 403
    assert page(agent).get(address).status_code == 405


def test_the_api_verifies(api, answered, agent, stranger, service_manager):
    address = f"/api/v1/complaints/{answered.pk}/verify/"
    assert api(stranger).post(address, {"is_satisfied": True}).status_code == 404
    assert api(service_manager).post(address, {"is_satisfied": True}).status_code == 403
    assert set(api(agent).post(address, {}).data["errors"]) == {"is_satisfied"}
    assert api(agent).post(address, {"is_satisfied": True}).data["status"] == "satisfied"
    assert api(agent).post(address, {"is_satisfied": True}).status_code == 409


def test_the_database_refuses_a_second_round_of_the_same_number(answered):
    with pytest.raises(IntegrityError):
        answered.rounds.create(number=1, department=answered.department, issued_at=answered.opened_at, due_at=answered.due_at, verified_at=answered.opened_at)
