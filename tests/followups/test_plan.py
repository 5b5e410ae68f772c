"""Planning follow-ups from hand-overs, deliveries and answered complaints (S2-08, S4-02 to S4-04, domain 7 row 18; FU6)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from accounts.roles import Role
from activity.models import Event
from activity.signals import day_changed
from common.errors import DomainError
from followups import services
from followups.deadlines import Deadlines
from followups.models import FollowUp, Plan
from followups.tasks import plan_due
from stores.calendar import Unit, deadline, explain
from tests.factories import NOW, make_customer, make_delivery, make_followup, make_handed_over, make_plan, make_user, make_vehicle, make_visit

DAY = timedelta(days=1)


def shanghai(text):
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def planned(source):
    return {followup.plan.code: followup for followup in FollowUp.objects.filter(source_id=source.pk).select_related("plan", "store")}


@pytest.fixture
def plan(db):
    return make_plan()


def test_handing_over_plans_the_call_three_working_days_later(store, advisor, service_manager, defaults):
    visit = make_visit(store, arrived_at=shanghai("2025-09-30 09:00"), promised_at=None)
    visit.hand_over(by=service_manager, at=shanghai("2025-09-30 16:30"))
    call = planned(visit)["service-3wd"]
    assert (call.due_at, call.available_at) == (shanghai("2025-10-11 16:30"), shanghai("2025-10-01 09:00"))
    assert (call.role, call.status, call.customer, call.vehicle, call.visit) == ("care_agent", "open", visit.customer, visit.vehicle, visit)
    assert any("make-up" in line for line in explain(call.due_steps))


def test_a_delivery_plans_letter_and_two_calls(store, salesperson, defaults):
    delivery = make_delivery(store, salesperson=salesperson, delivered_at=shanghai("2026-11-18 17:00"))
    services.plan_for_delivery(delivery)
    plans = planned(delivery)
    assert {code: (one.role, one.assignee, one.due_at, one.available_at) for code, one in plans.items()} == {
        "thank-you-letter": ("salesperson", salesperson, shanghai("2026-11-19 17:00"), shanghai("2026-11-18 17:00")),
        "delivery-24h": ("sales_manager", None, shanghai("2026-11-19 17:00"), shanghai("2026-11-19 09:00")),
        "delivery-7d": ("salesperson", salesperson, shanghai("2026-11-25 17:00"), shanghai("2026-11-19 09:00")),
    }


def test_recording_a_delivery_plans_by_itself(store, salesperson, defaults):
    delivery = make_delivery(store, salesperson=salesperson)
    delivery.pk = None
    delivery.vehicle = make_vehicle(store, plate="")
    delivery.customer, delivery.delivered_at = delivery.vehicle.customer, datetime.now(UTC) - DAY
    delivery.create(by=salesperson)
    assert len(planned(delivery)) == 3


@pytest.mark.parametrize(
    ("delivered", "callable_from"),
    [
        ("2026-11-18 10:00", "2026-11-19 09:00"),
        ("2026-11-18 22:30", "2026-11-19 09:00"),
        ("2026-11-18 07:00", "2026-11-18 09:00"),
    ],
)
def test_a_call_due_at_night_is_open_in_the_call_window_before(store, delivered, callable_from):
    """Domain 7 row 18: the deadline stays, the call is offered inside the window and early enough."""
    plan = make_plan("day", trigger="delivery", offset=24, unit=Unit.CLOCK_HOURS)
    due_at, _steps, available_at = Deadlines(plan, store).of(shanghai(delivered))
    assert (due_at, available_at) == (shanghai(delivered) + DAY, shanghai(callable_from))


def test_a_seller_who_left_is_not_given_the_call(store, salesperson, defaults):
    salesperson.is_active = False
    salesperson.save()
    delivery = make_delivery(store, salesperson=salesperson)
    services.plan_for_delivery(delivery)
    assert planned(delivery)["delivery-7d"].assignee is None


def test_planning_twice_plans_once(store, plan):
    visit = make_handed_over(store)
    services.plan_for_visit(visit)
    services.plan_for_visit(visit)
    services.plan_due(NOW)
    assert FollowUp.objects.count() == 1


def test_the_sweeper_plans_what_was_imported_in_the_last_fourteen_days(store, other_store, plan):
    visits = [make_handed_over(place, at=NOW - days * DAY) for place, days in [(store, 1), (store, 13), (store, 15), (other_store, 2)]]
    make_visit(store)
    assert services.plan_due(NOW) == 3
    assert set(FollowUp.objects.values_list("visit", flat=True)) == {visits[0].pk, visits[1].pk, visits[3].pk}
    assert services.plan_due(NOW) == 0
    plan_due()


def test_bulk_and_single_planning_agree(store, defaults):
    start = NOW.replace(hour=7)
    visits = [make_handed_over(store, at=start + timedelta(minutes=90 * number)) for number in range(60)]
    alone, rest = visits[::6], [visit for number, visit in enumerate(visits) if number % 6]
    for visit in alone:
        services.plan_for_visit(visit)
    assert services.plan_due(start + 5 * DAY) == len(rest)
    for followup in FollowUp.objects.select_related("visit", "plan"):
        expected = deadline(store, followup.visit.handed_over_at, 3, Unit.WORKING_DAYS)
        assert (followup.due_at, followup.due_steps) == (expected.at, expected.steps)
        assert (followup.attempt_count, followup.outcome, followup.draft, followup.claimed_by, followup.finished_at) == (0, "", {}, None, None)


def test_visit_types_of_the_plan_are_respected(store):
    make_plan(visit_kinds=["maintenance"])
    services.plan_for_visit(make_handed_over(store, kind="body"))
    services.plan_for_visit(make_handed_over(store, kind="maintenance"))
    services.plan_due(NOW)
    assert FollowUp.objects.get().visit.kind == "maintenance"


def test_the_dates_of_the_plan_are_respected(store):
    make_plan("over", valid_to=date(2026, 11, 17))
    make_plan("later", valid_from=date(2026, 11, 19))
    make_plan("now", valid_from=date(2026, 11, 18), valid_to=date(2026, 11, 18))
    visit = make_handed_over(store)
    services.plan_due(NOW)
    assert list(planned(visit)) == ["now"]
    services.plan_for_visit(visit)
    assert list(planned(visit)) == ["now"]


def test_who_cannot_or_must_not_be_called_is_kept_out_with_the_reason(store, plan):
    customers = {"no_phone": make_customer(store, phone=""), "do_not_call": make_customer(store, do_not_call_at=NOW)}
    for customer in customers.values():
        services.plan_for_visit(make_handed_over(store, vehicle=make_vehicle(store, customer)))
    for reason, customer in customers.items():
        followup = FollowUp.objects.get(customer=customer)
        assert (followup.status, followup.exemption, followup.finished_at is None) == ("ineligible", reason, False)


def test_a_letter_needs_no_phone(store):
    make_plan("letter", trigger="delivery", kind=Plan.Kind.LETTER, offset=24, unit=Unit.CLOCK_HOURS)
    delivery = make_delivery(store, vehicle=make_vehicle(store, make_customer(store, phone="", do_not_call_at=NOW)))
    services.plan_for_delivery(delivery)
    assert FollowUp.objects.get().status == "open"


def test_calls_of_customers_who_said_stop_elsewhere_are_taken_out(store, plan, agent):
    visit = make_handed_over(store)
    services.plan_for_visit(visit)
    visit.customer.stop_calls(by=agent)
    services.plan_due(NOW)
    followup = FollowUp.objects.get()
    assert (followup.status, followup.exemption) == ("ineligible", "do_not_call")


def test_the_days_of_the_deadlines_are_announced(store, plan):
    heard = []

    def listen(sender, store_id, days, **kwargs):
        heard.append((store_id, days))

    day_changed.connect(listen)
    try:
        services.plan_for_visit(make_handed_over(store))
    finally:
        day_changed.disconnect(listen)
    assert heard == [(store.pk, {date(2026, 11, 23)})]


def test_an_answered_complaint_gets_its_verification_once(store, defaults):
    visit = make_handed_over(store)
    complaint = SimpleNamespace(store=store, customer=visit.customer, vehicle=visit.vehicle, visit=visit, delivery=None)
    answered = SimpleNamespace(pk=77, answered_at=shanghai("2026-11-20 21:00"))
    followup = services.plan_verification(complaint_round=answered, complaint=complaint)
    assert services.plan_verification(complaint_round=answered, complaint=complaint) == followup
    assert (followup.source_kind, followup.source_id, followup.priority, followup.is_verification) == ("complaint_round", 77, 1, True)
    assert (followup.due_at, followup.available_at) == (shanghai("2026-11-23 21:00"), shanghai("2026-11-21 09:00"))


def test_without_a_plan_there_is_a_clear_word(store):
    complaint = SimpleNamespace(store=store)
    with pytest.raises(DomainError) as refusal:
        services.plan_verification(complaint_round=SimpleNamespace(pk=1, answered_at=NOW), complaint=complaint)
    assert refusal.value.code == "plan_missing"


def test_who_brought_the_car_in_is_called_when_the_owner_left_no_number(store, plan):
    """A repair-order file often knows the driver's phone only."""
    visit = make_handed_over(store, vehicle=make_vehicle(store, make_customer(store, phone="")), sender_phone="13900000001")
    services.plan_for_visit(visit)
    assert FollowUp.objects.get(visit=visit).status == FollowUp.Status.OPEN


def test_what_somebody_who_left_was_to_call_goes_back_to_the_team(store, other_store, plan, agent, salesperson):
    """T18: moved to another store, or gone."""
    moved, gone = (make_followup(store, plan, assignee=person) for person in (agent, salesperson))
    stays = make_followup(store, plan, assignee=make_user("amy", Role.CARE_AGENT, store))
    agent.memberships.update(store=other_store)
    salesperson.is_active = False
    salesperson.save()
    plan_due()
    plan_due()
    assignees = [FollowUp.objects.get(pk=one.pk).assignee for one in (moved, gone, stays)]
    assert (assignees[:2], assignees[2].username) == ([None, None], "amy")
    assert Event.objects.filter(code="followup.assigned").count() == 2


def test_who_refuses_satisfaction_calls_gets_none_and_other_calls_go_on(store, agent, defaults):
    """AR8: a blocked purpose yields no task; the reason stands with the follow-up."""
    refusing, undecided = make_customer(store), make_customer(store)
    refusing.set_consent("survey", "phone", False, by=agent)
    undecided.set_consent("survey", "sms", False, by=agent)
    for customer, status, exemption in ((refusing, "ineligible", "refused"), (undecided, "open", "")):
        visit = make_handed_over(store, vehicle=make_vehicle(store, customer))
        services.plan_for_visit(visit)
        call = planned(visit)["service-3wd"]
        assert (call.status, call.exemption) == (status, exemption)
    verification = services.plan_verification(complaint_round=SimpleNamespace(pk=5, answered_at=NOW), complaint=complaint_of(refusing))
    services.exempt_stopped(NOW)
    verification.refresh_from_db()
    assert verification.status == "open"


def complaint_of(customer):
    return SimpleNamespace(store=customer.store, customer=customer, vehicle=None, visit=None, delivery=None)


def test_a_refusal_takes_open_calls_out_and_a_new_yes_lets_the_next_ones_in(store, agent, defaults, time_machine):
    """AR8: the newest word counts."""
    customer = make_customer(store)
    visit = make_handed_over(store, vehicle=make_vehicle(store, customer))
    services.plan_for_visit(visit)
    customer.set_consent("survey", "phone", True, by=agent)
    customer.set_consent("survey", "phone", False, by=agent)
    services.exempt_stopped(NOW)
    call = planned(visit)["service-3wd"]
    assert (call.status, call.exemption) == ("ineligible", "refused")
    customer.set_consent("survey", "phone", True, by=agent)
    later = make_handed_over(store, vehicle=visit.vehicle)
    services.plan_for_visit(later)
    assert planned(later)["service-3wd"].status == "open"
