"""Issuing a slip (S3-32, S4-32, S4-33, T4, T42, T43)."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from complaints.models import Category, Complaint, FeedbackRule, Round
from notifications.models import Notification
from stores.calendar import Unit
from stores.models import Department
from tests.factories import make_customer, make_handed_over, make_user, make_vehicle, on


def test_it_goes_to_the_department_of_its_category_with_three_calendar_days(slip, store):
    """S3-32: the feedback is due three days later at the same time of day."""
    first = slip.rounds.get()
    assert slip.number == "C-S01-000001"
    assert slip.status == "issued"
    assert slip.department == store.first_department("service")
    assert slip.due_at == first.due_at == datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    assert first.due_steps == [{"code": "calendar_days", "from": "2026-11-18", "amount": 3}]
    assert first.number == slip.round_count == 1


def test_numbers_run_per_store_without_gaps(slip, draft, agent):
    assert draft().issue(by=agent, is_separate=True).number == "C-S01-000002"


def test_a_taken_number_is_tried_again(slip, draft, agent, monkeypatch):
    """Two slips at the same moment see the same free number."""
    offered = iter(["C-S01-000001", "C-S01-000001", "C-S01-000007"])
    monkeypatch.setattr("complaints.models.complaint.next_number", lambda *args: next(offered))
    assert draft().issue(by=agent, is_separate=True).number == "C-S01-000007"


def test_it_records_the_event_and_tells_the_head_only(slip, agent, service_manager, sales_manager, draft):
    event = Event.objects.get(code="complaint.issued")
    assert (event.actor, event.subject, event.customer_ref) == (agent, slip, slip.customer_id)
    draft().issue(by=agent, is_separate=True)
    assert list(Notification.objects.filter(code="complaint.issued").values_list("user__username", flat=True)) == ["wendy"]


def test_a_rule_is_valid_from_its_day_on(slip, draft, agent, time_machine):
    FeedbackRule.objects.create(valid_from=on("2026-11-20"), amount=1, unit=Unit.WORKING_DAYS)
    time_machine.move_to(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False)
    later = draft().issue(by=agent, is_separate=True)
    assert later.due_at == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert slip.rounds.get().due_at == datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def test_the_same_grievance_is_not_opened_twice(slip, draft, second_agent):
    """T43: the second agent is shown the slip of the first."""
    with pytest.raises(Conflict) as refusal:
        draft().issue(by=second_agent)
    assert refusal.value.code == "duplicate"
    assert "C-S01-000001" in str(refusal.value.message)
    assert Complaint.objects.count() == 1


def test_rows_of_another_store_are_refused(draft, agent, other_store):
    """T4."""
    with pytest.raises(DomainError) as refusal:
        draft(department=other_store.first_department("service")).issue(by=agent)
    assert refusal.value.field == "department"
    with pytest.raises(DomainError) as refusal:
        draft(vehicle=make_vehicle(other_store)).issue(by=agent)
    assert refusal.value.field == "vehicle"


def test_a_visit_of_another_customer_is_refused(draft, agent, store):
    with pytest.raises(DomainError) as refusal:
        draft(visit=make_handed_over(store)).issue(by=agent)
    assert refusal.value.code == "other_customer"


def test_somebody_of_another_store_cannot_be_the_employee_concerned(draft, agent, stranger):
    with pytest.raises(DomainError) as refusal:
        draft(employee=stranger).issue(by=agent)
    assert refusal.value.field == "employee"


def test_the_adviser_who_has_left_can_still_be_the_employee_concerned(draft, agent, advisor):
    advisor.is_active = False
    advisor.save()
    assert draft().issue(by=agent).employee == advisor


def test_who_may_not_create_is_refused(draft, auditor):
    with pytest.raises(NotAllowed):
        draft().issue(by=auditor)
    assert Complaint.objects.count() == 0


def test_a_store_without_the_department_asks_for_one(draft, agent, store):
    Department.objects.filter(store=store, kind="service").delete()
    with pytest.raises(DomainError) as refusal:
        draft().issue(by=agent)
    assert refusal.value.field == "department"


def test_the_database_holds_one_open_round(slip):
    """T42: the partial unique index is the last guard."""
    with pytest.raises(IntegrityError):
        Round.objects.create(complaint=slip, number=2, department=slip.department, issued_at=slip.opened_at, due_at=slip.due_at)


def test_the_api_issues_a_slip(api, agent, visit, defaults):
    category = Category.objects.get(code="not-repaired")
    answer = api(agent).post("/api/v1/complaints/", {"customer": visit.customer_id, "visit": visit.pk, "category": category.pk, "words": "Still rattles"})
    assert answer.status_code == 201
    assert (answer.data["number"], answer.data["status"], len(answer.data["rounds"])) == ("C-S01-000001", "issued", 1)
    assert Complaint.objects.get().department.kind == "workshop"


def test_the_api_names_every_wrong_field(api, agent, other_store, defaults):
    foreign = make_customer(other_store)
    answer = api(agent).post("/api/v1/complaints/", {"customer": foreign.pk, "words": "", "status": "satisfied"})
    assert answer.status_code == 400
    assert set(answer.data["errors"]) == {"status"}
    answer = api(agent).post("/api/v1/complaints/", {"customer": foreign.pk, "words": ""})
    assert set(answer.data["errors"]) == {"customer", "category", "words"}
    assert api(agent).post("/api/v1/complaints/", {"customer": 0}).data["errors"]["customer"][0].code == "does_not_exist"


def test_the_api_refuses_a_duplicate_with_409(api, slip, agent):
    again = {"customer": slip.customer_id, "visit": slip.visit_id, "category": slip.category_id, "words": "Again"}
    answer = api(agent).post("/api/v1/complaints/", again)
    assert (answer.status_code, answer.data["code"]) == (409, "duplicate")
    assert api(agent).post("/api/v1/complaints/", {**again, "is_separate": True}).status_code == 201


def test_the_api_refuses_who_may_not_create(api, slip, auditor):
    assert api(auditor).post("/api/v1/complaints/", {}).status_code == 403


def test_a_parent_category_cannot_be_chosen(api, slip, agent):
    parent = Category.objects.get(code="after-sales-service")
    answer = api(agent).post("/api/v1/complaints/", {"customer": slip.customer_id, "category": parent.pk, "words": "x"})
    assert set(answer.data["errors"]) == {"category"}


def test_a_person_of_no_store_is_nobodys_employee(api, slip, agent):
    nobody = make_user("nobody")
    answer = api(agent).post("/api/v1/complaints/", {"customer": slip.customer_id, "category": slip.category_id, "words": "x", "employee": nobody.pk})
    assert set(answer.data["errors"]) == {"employee"}
