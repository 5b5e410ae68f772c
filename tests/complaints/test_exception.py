"""Closing by exception with reason and approver (S3-32, T24)."""

import pytest
from django.urls import reverse

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from complaints.models import Complaint
from followups.models import FollowUp
from notifications.models import Notification


def test_it_is_asked_for_with_a_reason_and_told_to_the_approvers(answered, service_manager, care_manager, store_manager):
    answered.ask_exception(by=service_manager, reason="Wants a new car")
    answered.refresh_from_db()
    assert (answered.status, answered.exception_reason, answered.exception_asked_by) == ("exception_asked", "Wants a new car", service_manager)
    assert set(Notification.objects.filter(code="complaint.exception_asked").values_list("user", flat=True)) == {care_manager.pk, store_manager.pk}


def test_a_reason_is_needed(slip, service_manager):
    with pytest.raises(DomainError) as refusal:
        slip.ask_exception(by=service_manager, reason="")
    assert refusal.value.field == "reason"


def test_who_neither_answers_nor_verifies_may_not_ask(slip, advisor, sales_manager):
    for person in (advisor, sales_manager):
        with pytest.raises(NotAllowed):
            slip.ask_exception(by=person, reason="x")


def test_another_person_approves_and_the_waiting_call_goes(asked, care_manager):
    asked.approve_exception(by=care_manager)
    asked.refresh_from_db()
    assert (asked.status, asked.closed_by) == ("exception", care_manager)
    assert FollowUp.objects.get(source_kind="complaint_round").status == "cancelled"
    assert Event.objects.filter(code="complaint.exception_approved").count() == 1


def test_who_asked_may_not_approve(slip, care_manager, other_care_manager):
    slip.ask_exception(by=care_manager, reason="x")
    with pytest.raises(NotAllowed) as refusal:
        slip.approve_exception(by=care_manager)
    assert refusal.value.code == "asked_by_you"
    assert Event.objects.get(code="complaint.refused").actor == care_manager
    slip.approve_exception(by=other_care_manager)
    assert slip.status == "exception"


def test_whom_it_is_about_may_not_approve(draft, agent, care_manager):
    """T24."""
    slip = draft(employee=care_manager).issue(by=agent)
    slip.ask_exception(by=agent, reason="x")
    with pytest.raises(NotAllowed) as refusal:
        slip.approve_exception(by=care_manager)
    assert refusal.value.code == "concerned"


def test_without_the_right_nobody_approves(asked, agent, service_manager):
    for person in (agent, service_manager):
        with pytest.raises(NotAllowed):
            asked.approve_exception(by=person)


def test_nothing_is_approved_that_nobody_asked_for(answered, care_manager):
    with pytest.raises(Conflict):
        answered.approve_exception(by=care_manager)


def test_a_refused_exception_goes_back_to_where_it_stood(slip, draft, agent, service_manager, care_manager):
    slip.ask_exception(by=service_manager, reason="x")
    slip.reject_exception(by=care_manager, reason="Not enough")
    assert slip.status == "issued"
    slip.answer(by=service_manager, cause="x", measure="y")
    slip.ask_exception(by=service_manager, reason="x")
    slip.reject_exception(by=care_manager, reason="Still not enough")
    assert slip.status == "answered"
    assert Notification.objects.filter(code="complaint.exception_rejected", user=service_manager).count() == 2


def test_a_satisfied_customer_closes_the_slip_before_the_decision(asked, agent):
    asked.verify(True, by=agent)
    assert asked.status == "satisfied"


def test_a_no_of_the_customer_waits_for_the_decision(asked, agent, care_manager):
    asked.verify(False, by=agent, note="No")
    assert (asked.status, asked.round_count) == ("exception_asked", 1)
    asked.reject_exception(by=care_manager, reason="Try again")
    assert (asked.status, asked.round_count, asked.rounds.count()) == ("issued", 2, 2)


@pytest.mark.parametrize("is_satisfied", [True, False])
def test_a_slip_closed_by_exception_takes_no_word_any_more(asked, care_manager, agent, is_satisfied):
    asked.approve_exception(by=care_manager)
    with pytest.raises(Conflict):
        asked.verify(is_satisfied, by=agent)
    assert asked.rounds.get().verified_at is None
    assert not Event.objects.filter(code="complaint.unsatisfied").exists()


def test_a_no_that_crosses_the_refusal_is_not_lost(asked, care_manager, agent):
    """T42: read before the exception was refused, the word must not be written beside a slip that then waits for ever."""
    stale = Complaint.objects.get(pk=asked.pk)
    asked.reject_exception(by=care_manager, reason="No")
    with pytest.raises(Conflict):
        stale.verify(False, by=agent)
    assert asked.rounds.get().verified_at is None


def test_the_pages_ask_approve_and_refuse(page, slip, service_manager, care_manager):
    page(service_manager).post(reverse("complaints:ask_exception", args=[slip.pk]), {"reason": "x"})
    page(care_manager).post(reverse("complaints:reject_exception", args=[slip.pk]), {"reason": "y"})
    slip.refresh_from_db()
    assert slip.status == "issued"
    page(service_manager).post(reverse("complaints:ask_exception", args=[slip.pk]), {"reason": "x"})
    page(care_manager).post(reverse("complaints:approve_exception", args=[slip.pk]))
    slip.refresh_from_db()
    assert slip.status == "exception"


def test_strangers_wrong_people_and_get_are_refused(page, asked, stranger, advisor, agent, care_manager):
    ask, approve, reject = (reverse(f"complaints:{verb}_exception", args=[asked.pk]) for verb in ("ask", "approve", "reject"))
    assert page(stranger).post(ask, {"reason": "x"}).status_code == 404
    assert page(advisor).post(ask, {"reason": "x"}).status_code == 403
    for address in (approve, reject):
        assert page(agent).post(address, {"reason": "x"}).status_code == 403
    for address in (ask, approve, reject):
        assert page(care_manager).get(address).status_code == 405


def test_the_api_asks_refuses_and_approves(api, slip, service_manager, care_manager):
    address = f"/api/v1/complaints/{slip.pk}"
    assert set(api(service_manager).post(f"{address}/ask_exception/", {}).data["errors"]) == {"reason"}
    assert api(service_manager).post(f"{address}/ask_exception/", {"reason": "x"}).data["status"] == "exception_asked"
    assert api(service_manager).post(f"{address}/approve_exception/").status_code == 403
    assert api(care_manager).post(f"{address}/reject_exception/", {"reason": "y"}).data["status"] == "issued"
    assert api(care_manager).post(f"{address}/approve_exception/").status_code == 409
    api(service_manager).post(f"{address}/ask_exception/", {"reason": "x"})
    assert api(care_manager).post(f"{address}/approve_exception/").data["status"] == "exception"
