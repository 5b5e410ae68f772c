"""Sending a slip to another department (S2-13)."""

import pytest
from django.urls import reverse

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from complaints.models import Complaint
from notifications.models import Notification


@pytest.fixture
def sales(store):
    return store.first_department("sales")


def test_it_moves_the_open_round_and_keeps_the_deadline(slip, sales, care_manager, sales_manager):
    due_at = slip.due_at
    slip.reassign(sales, by=care_manager, reason="About the delivery")
    slip.refresh_from_db()
    assert (slip.department, slip.rounds.get().department, slip.due_at, slip.status) == (sales, sales, due_at, "issued")
    assert Event.objects.get(code="complaint.reassigned").particulars["reason"] == "About the delivery"
    assert Notification.objects.get(code="complaint.reassigned").user == sales_manager


def test_the_new_head_answers_and_the_old_one_does_not(slip, sales, care_manager, sales_manager, service_manager):
    slip.reassign(sales, by=care_manager, reason="x")
    with pytest.raises(NotAllowed):
        slip.answer(by=service_manager, cause="x", measure="y")
    slip.answer(by=sales_manager, cause="x", measure="y")


def test_an_answer_and_a_reassignment_at_once_are_a_conflict(slip, sales, care_manager, service_manager):
    as_read_by_another = Complaint.objects.get(pk=slip.pk)
    slip.reassign(sales, by=care_manager, reason="x")
    with pytest.raises(Conflict):
        as_read_by_another.answer(by=service_manager, cause="x", measure="y")


@pytest.mark.parametrize("kind", ["service", "elsewhere"])
def test_the_same_department_and_another_stores_are_refused(slip, care_manager, store, other_store, kind):
    department = store.first_department(kind) or other_store.first_department("sales")
    with pytest.raises(DomainError) as refusal:
        slip.reassign(department, by=care_manager, reason="x")
    assert refusal.value.field == "department"


def test_a_reason_is_needed(slip, sales, care_manager):
    with pytest.raises(DomainError) as refusal:
        slip.reassign(sales, by=care_manager, reason=" ")
    assert refusal.value.field == "reason"


def test_an_answered_slip_stays_where_it_is(answered, sales, care_manager):
    with pytest.raises(Conflict):
        answered.reassign(sales, by=care_manager, reason="x")


def test_the_page_and_the_api_reassign(page, api, slip, sales, store, care_manager):
    page(care_manager).post(reverse("complaints:reassign", args=[slip.pk]), {"department": sales.pk, "reason": "x"})
    slip.refresh_from_db()
    assert slip.department == sales
    workshop = store.first_department("workshop")
    done = api(care_manager).post(f"/api/v1/complaints/{slip.pk}/reassign/", {"department": workshop.pk, "reason": "y"})
    assert done.data["department"] == workshop.pk


def test_strangers_wrong_people_and_get_are_refused(page, api, slip, sales, stranger, agent, service_manager, care_manager):
    address = reverse("complaints:reassign", args=[slip.pk])
    for person in (stranger, agent, service_manager):
        assert page(person).post(address, {"department": sales.pk, "reason": "x"}).status_code == 403
    assert page(care_manager).get(address).status_code == 405
    assert api(agent).post(f"/api/v1/complaints/{slip.pk}/reassign/", {}).status_code == 403
