"""Calls that start from a day on file or from a long silence (S2-10, S4-06, S4-07, FU12, domain 7 row 20)."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from followups.defaults import load
from followups.models import FollowUp, Plan
from followups.occasions import plan_occasions
from followups.preview import preview_of
from followups.services import exempt_stopped
from stores.calendar import Unit
from tests.factories import NOW, make_customer, make_delivery, make_followup, make_handed_over, make_plan, make_vehicle, make_visit, on

DAY = timedelta(days=1)
TODAY = on("2026-11-18")


def dated(trigger, offset, *, is_before=True, **fields):
    return make_plan(trigger, trigger=trigger, offset=offset, unit=Unit.CALENDAR_DAYS, is_before=is_before, **fields)


def due_days():
    return sorted(str(call.due_day) for call in FollowUp.objects.open())


@pytest.mark.parametrize(
    ("trigger", "field"), [("maintenance", "next_maintenance_on"), ("insurance", "commercial_insurance_until"), ("inspection", "inspection_due_on")]
)
def test_what_falls_due_is_called_so_many_days_before(store, trigger, field):
    dated(trigger, 14)
    for days in (13, 14, 21, 22):
        make_vehicle(store, **{field: TODAY + days * DAY})
    assert (plan_occasions(NOW), plan_occasions(NOW)) == (2, 0)
    assert due_days() == ["2026-11-18", "2026-11-25"]
    assert plan_occasions(NOW + DAY) == 1


def test_the_call_waits_for_its_own_morning(store, agent):
    dated("maintenance", 14)
    make_vehicle(store, next_maintenance_on=TODAY + 17 * DAY)
    plan_occasions(NOW)
    assert FollowUp.objects.next_for(agent, NOW) is None
    assert FollowUp.objects.next_for(agent, NOW + 3 * DAY) is not None


def test_the_day_of_purchase_comes_round_every_year(store):
    """S4-07."""
    dated("anniversary", 0, is_before=False)
    for day in ("2024-11-20", "2026-11-20", "2020-11-30", "2023-12-05"):
        make_vehicle(store, delivered_on=on(day))
    assert plan_occasions(NOW) == 1
    assert due_days() == ["2026-11-20"]


def test_a_car_bought_on_the_last_of_february_is_remembered_on_the_28th(store):
    dated("anniversary", 0, is_before=False)
    make_vehicle(store, delivered_on=on("2024-02-29"))
    assert plan_occasions(NOW.replace(year=2027, month=2, day=25)) == 1
    assert due_days() == ["2027-02-28"]


def test_an_early_visit_takes_the_call_back(store):
    """FU12."""
    dated("maintenance", 14)
    car = make_vehicle(store, next_maintenance_on=TODAY + 16 * DAY)
    plan_occasions(NOW)
    make_visit(store, car, kind="maintenance", arrived_at=NOW)
    plan_occasions(NOW + DAY)
    assert FollowUp.objects.get().status == "cancelled"


@pytest.mark.parametrize("changes", [{"next_maintenance_on": TODAY + 60 * DAY}, {"next_maintenance_on": None}, {"owner_left_on": TODAY}])
def test_a_day_that_has_moved_takes_the_call_back(store, changes):
    dated("maintenance", 14)
    car = make_vehicle(store, next_maintenance_on=TODAY + 16 * DAY)
    plan_occasions(NOW)
    type(car).objects.filter(pk=car.pk).update(**changes)
    assert plan_occasions(NOW + DAY) == 0
    assert FollowUp.objects.get().status == "cancelled"


@pytest.fixture
def silence(db):
    return dated("last_contact", 60, is_before=False)


def owner(store, **fields):
    customer = make_customer(store, created_at=NOW - 400 * DAY, **fields)
    make_vehicle(store, customer)
    return customer


def test_two_months_of_silence_are_ended_by_a_call(store, silence, agent):
    """S4-06: one contact every two months, skipped where there has been one (domain 7 row 20)."""
    silent, visited, talked, new, waiting = (owner(store) for _ in range(5))
    make_handed_over(store, at=NOW - 61 * DAY, vehicle=silent.vehicles.get(), arrived_at=NOW - 61 * DAY, promised_at=None)
    make_handed_over(store, at=NOW - 30 * DAY, vehicle=visited.vehicles.get(), arrived_at=NOW - 30 * DAY, promised_at=None)
    make_followup(store, customer=talked, available_at=NOW - 21 * DAY).log("ok", by=agent, now=NOW - 20 * DAY)
    make_delivery(store, vehicle=new.vehicles.get(), delivered_at=NOW - 10 * DAY)
    make_followup(store, customer=waiting)
    make_customer(store, created_at=NOW - 400 * DAY)
    assert (plan_occasions(NOW), plan_occasions(NOW)) == (1, 0)
    assert FollowUp.objects.get(plan=silence).customer == silent


def test_every_two_months_there_is_a_contact_again(store, silence, agent):
    owner(store)
    for round_number in range(3):
        now = NOW + 61 * round_number * DAY
        assert plan_occasions(now) == 1
        FollowUp.objects.open().get().log("ok", by=agent, now=now + DAY)


def test_who_was_here_last_comes_first_and_who_never_came_last(store, silence):
    Plan.objects.update(most_per_day=1)
    never, came = owner(store), owner(store)
    make_handed_over(store, at=NOW - 61 * DAY, vehicle=came.vehicles.get(), arrived_at=NOW - 61 * DAY, promised_at=None)
    plan_occasions(NOW)
    assert FollowUp.objects.get().customer == came != never


def test_what_a_days_share_leaves_over_waits_for_tomorrow(store):
    dated("insurance", 14, most_per_day=2)
    for _ in range(21):
        make_vehicle(store, commercial_insurance_until=TODAY + 14 * DAY)
    make_vehicle(store, make_customer(store, phone=""), commercial_insurance_until=TODAY + 14 * DAY)
    planned = sum(plan_occasions(NOW + days * DAY) for days in range(12))
    assert (planned, FollowUp.objects.open().count()) == (22, 21)


def test_who_refuses_reminders_later_is_not_called_either(store, care_manager):
    """T63."""
    dated("maintenance", 14)
    car = make_vehicle(store, next_maintenance_on=TODAY + 15 * DAY)
    plan_occasions(NOW)
    car.customer.set_consent("reminder", "phone", False, by=care_manager)
    exempt_stopped(NOW)
    assert FollowUp.objects.get().exemption == "no_reminders"


def test_a_try_that_reaches_nobody_is_no_contact(store, silence, agent):
    customer = owner(store)
    make_followup(store, customer=customer, available_at=NOW - 21 * DAY).log("empty", by=agent, now=NOW - 20 * DAY)
    assert plan_occasions(NOW) == 1


def test_who_came_or_was_spoken_to_meanwhile_is_not_called(store, silence, agent):
    came, talked = owner(store), owner(store)
    assert plan_occasions(NOW) == 2
    make_visit(store, came.vehicles.get(), arrived_at=NOW + DAY, promised_at=None)
    make_followup(store, customer=talked).log("ok", by=agent, now=NOW + DAY)
    plan_occasions(NOW + 2 * DAY)
    assert set(FollowUp.objects.filter(plan=silence).values_list("status", flat=True)) == {"cancelled"}


def test_a_plan_makes_no_more_than_so_many_calls_a_day(store, other_store, silence):
    Plan.objects.update(most_per_day=2)
    for _ in range(5):
        owner(store)
    owner(other_store)
    assert [plan_occasions(NOW + days * DAY) for days in (0, 0, 1, 2, 3)] == [3, 0, 2, 1, 0]


def test_no_word_no_phone_and_no_calls_are_respected(store, silence, care_manager):
    owner(store, phone="")
    owner(store, do_not_call_at=NOW)
    owner(store).set_consent("reminder", "phone", False, by=care_manager)
    plan_occasions(NOW)
    assert sorted(FollowUp.objects.values_list("status", "exemption")) == [
        ("ineligible", "do_not_call"),
        ("ineligible", "no_phone"),
        ("ineligible", "no_reminders"),
    ]


def test_classes_and_models_narrow_it(store):
    dated("maintenance", 14, car_models="Tayron", classes=["loyal"])
    for model, loyalty in (("Tayron", "loyal"), ("Tayron", "lost"), ("Sagitar", "loyal")):
        make_vehicle(store, make_customer(store, loyalty=loyalty), model=model, next_maintenance_on=TODAY + 15 * DAY)
    assert plan_occasions(NOW) == 1
    dated("last_contact", 60, is_before=False, car_models="Tayron", classes=["lost"])
    type(make_customer(store)).objects.update(created_at=NOW - 400 * DAY)
    assert plan_occasions(NOW) == 1


def test_the_preview_of_a_day_counts_as_that_night_would(store):
    plan = dated("maintenance", 14, most_per_day=2)
    for _ in range(3):
        make_vehicle(store, next_maintenance_on=TODAY + 15 * DAY)
    preview = preview_of(plan, [store], TODAY)
    assert (preview.happened, preview.tasks, FollowUp.objects.count()) == (3, 2, 0)
    assert plan_occasions(NOW) == preview.tasks


def test_such_plans_are_made_on_screen(page, store, care_manager):
    url = "/followups/plans/new/insurance/"
    given = {"code": "renewal", "side": "after_sales", "kind": "call", "name_en": "Renewal", "name_zh": "续保", "offset": 45, "unit": "calendar_days"}
    given |= {"is_before": "on", "role": Role.CARE_AGENT, "priority": 4, "max_attempts": 3, "valid_from": "2026-01-01"}
    assert page(care_manager).post(url, given | {"unit": "working_days"}).status_code == 422
    assert page(care_manager).post(url, given)["Location"] == "/followups/plans/"
    assert Plan.objects.get(code="renewal").due_on(on("2026-12-31")) == on("2026-11-16")


def test_the_two_monthly_contact_is_shipped(db):
    load()
    plan = Plan.objects.get(code="two-monthly-contact")
    assert (plan.trigger, plan.offset, plan.unit) == ("last_contact", 60, "calendar_days")
