"""VI5: a customer who does not come is called once; the call is withdrawn when the car arrives later that day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from dealership.celery import app
from followups.models import FollowUp, Plan
from followups.services import plan_no_show
from tests.factories import NOW, make_vehicle
from visits.models import Appointment, Visit
from visits.services import log_visit, note_no_shows

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def booked(store, time_machine):
    """A car booked for half an hour ago; it is a Wednesday morning."""
    time_machine.move_to(NOW, tick=False)
    car = make_vehicle(store)
    return Appointment.objects.create(store=store, customer=car.customer, vehicle=car, starts_at=NOW - timedelta(minutes=30))


def arrive(appointment, advisor):
    visit = Visit(store=appointment.store, customer=appointment.customer, vehicle=appointment.vehicle, mileage=10, arrived_at=timezone.now())
    return log_visit(visit, by=advisor)


def test_the_end_of_the_slot_plans_exactly_one_call(booked, agent, page):
    for _sweep in range(3):
        note_no_shows()
    call = FollowUp.objects.get()
    assert (call.plan.code, call.source_kind, call.source_id, call.customer, call.status) == ("no-show", "appointment", booked.pk, booked.customer, "open")
    assert call.available_at <= NOW + timedelta(minutes=1)
    booked.refresh_from_db()
    assert (booked.status, Event.objects.get(code="appointment.missed").actor) == ("no_show", None)
    assert page(agent).get(f"/followups/{call.pk}/").status_code == 200


def test_a_customer_within_the_slot_is_waited_for(booked):
    note_no_shows(NOW - timedelta(minutes=1))
    assert not FollowUp.objects.exists()


def test_the_sweep_comes_within_15_minutes():
    assert app.conf.beat_schedule["note-no-shows"]["schedule"] <= 15 * 60


def test_noted_by_hand_or_by_the_sweep_it_is_one_call(booked, agent, page):
    page(agent).post(f"/appointments/{booked.pk}/miss/")
    note_no_shows()
    plan_no_show(booked)
    assert FollowUp.objects.count() == 1


def test_the_call_is_withdrawn_when_the_car_comes_later_that_day(booked, advisor, time_machine, page):
    note_no_shows()
    time_machine.move_to(NOW + timedelta(hours=3), tick=False)
    visit = arrive(booked, advisor)
    booked.refresh_from_db()
    assert (booked.status, booked.visit) == ("arrived", visit)
    assert FollowUp.objects.get().status == "cancelled"
    assert Event.objects.get(code="followup.cancelled").particulars["reason"] == "customer_came"


def test_the_next_day_the_call_stands(booked, advisor, time_machine):
    note_no_shows()
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    arrive(booked, advisor)
    assert FollowUp.objects.get().status == "open"


def test_a_call_made_meanwhile_stands(booked, advisor):
    note_no_shows()
    FollowUp.objects.update(status="done", finished_at=NOW)
    arrive(booked, advisor)
    assert FollowUp.objects.get().status == "done"


def test_what_is_long_past_plans_nothing(booked):
    Appointment.objects.update(starts_at=NOW - timedelta(days=2))
    note_no_shows()
    assert not FollowUp.objects.exists()


def test_a_customer_who_wants_no_calls_gets_none(booked):
    type(booked.customer).objects.update(do_not_call_at=NOW)
    note_no_shows()
    assert (FollowUp.objects.get().status, FollowUp.objects.get().exemption) == ("ineligible", "do_not_call")


def test_a_group_may_do_without(booked):
    Plan.objects.filter(code="no-show").delete()
    note_no_shows()
    assert (Appointment.objects.get().status, FollowUp.objects.exists()) == ("no_show", False)
