"""Contacts with key accounts that come round again (S4-26)."""

from datetime import timedelta

import pytest

from followups.key_accounts import plan_contacts
from followups.models import FollowUp, Plan
from followups.services import exempt_stopped, plan_no_show
from tests.factories import NOW, make_customer, make_vehicle
from visits.models import Appointment

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def fleet(store, agent):
    return make_customer(store, kind="company", is_key_account=True, keeper=agent)


def contacts(code):
    return FollowUp.objects.filter(plan__code=code).order_by("due_at")


def due_days(code):
    return [str(each.store.local(each.due_at).date()) for each in contacts(code)]


def test_a_key_account_is_called_every_week_and_visited_every_month(fleet, agent):
    assert (plan_contacts(NOW), plan_contacts(NOW)) == (2, 0)
    assert (due_days("key-account-call"), due_days("key-account-visit")) == (["2026-11-25"], ["2026-12-18"])
    call = contacts("key-account-call").get()
    assert (call.assignee, call.plan.kind, str(call.store.local(call.available_at).date())) == (agent, "call", "2026-11-25")


def test_the_next_contact_counts_from_the_last_one(fleet, agent):
    plan_contacts(NOW)
    early = NOW + timedelta(days=7)
    contacts("key-account-call").get().log("ok", by=agent, now=early)
    assert plan_contacts(early) == 1
    assert due_days("key-account-call") == ["2026-11-25", "2026-12-02"]


def test_others_are_left_alone(store, agent):
    make_customer(store, kind="company")
    assert plan_contacts(NOW) == 0


def test_who_wants_no_calls_is_visited_only(store):
    make_customer(store, is_key_account=True, do_not_call_at=NOW)
    plan_contacts(NOW)
    assert (contacts("key-account-call").get().status, contacts("key-account-visit").get().status) == ("ineligible", "open")


def test_service_calls_are_a_switch_of_their_own(fleet, care_manager, agent):
    """AR8: service calls, surveys, reminders and marketing are refused one by one."""
    fleet.set_consent("survey", "phone", False, by=care_manager)
    fleet.set_consent("reminder", "phone", False, by=care_manager)
    plan_contacts(NOW)
    call = contacts("key-account-call").get()
    assert call.status == "open"
    fleet.set_consent("service", "phone", False, by=care_manager)
    exempt_stopped(NOW)
    call.refresh_from_db()
    assert (call.status, call.exemption) == ("ineligible", "no_service")
    assert contacts("key-account-visit").get().status == "open"


def test_who_refuses_service_calls_is_not_called_after_a_missed_appointment(store, care_manager):
    """AR8."""
    car = make_vehicle(store)
    car.customer.set_consent("service", "phone", False, by=care_manager)
    appointment = Appointment.objects.create(store=store, customer=car.customer, vehicle=car, starts_at=NOW, status="no_show")
    assert plan_no_show(appointment).exemption == "no_service"


def test_a_plan_that_is_over_plans_nothing(fleet):
    Plan.objects.filter(trigger="key_account").update(valid_to=NOW.date() - timedelta(days=1))
    assert plan_contacts(NOW) == 0
