"""VI6: a promise that has passed rings once, within five minutes, for the advisor and the head of the workshop."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from dealership.celery import app
from notifications.models import Notification
from visits.models import Visit
from visits.services import tell_overdue


@pytest.fixture
def late(late, advisor):
    Visit.objects.filter(pk=late.pk).update(advisor=advisor)
    late.refresh_from_db()
    return late


def test_advisor_and_manager_are_told_once(late, advisor, service_manager, agent, page):
    for _sweep in range(3):
        tell_overdue()
    assert list(Notification.objects.order_by("user").values_list("user", "code")) == [(advisor.pk, "visit.overdue"), (service_manager.pk, "visit.overdue")]
    assert Event.objects.filter(code="visit.overdue").count() == 1
    assert f"{late.number} is past its promised time" in page(advisor).get("/notifications/").content.decode()


def test_the_sweep_comes_often_enough():
    """VI6: within five minutes."""
    assert app.conf.beat_schedule["tell-overdue-visits"]["schedule"] <= 300


@pytest.mark.parametrize(("minutes", "is_told"), [(-1, False), (1, True), (23 * 60, True), (25 * 60, False)])
def test_only_a_promise_just_broken_rings(here, service_manager, minutes, is_told):
    """What an import brings in long overdue is history, not an alarm."""
    now = timezone.now()
    promised = now - timedelta(minutes=minutes)
    Visit.objects.filter(pk=here.pk).update(arrived_at=promised - timedelta(hours=1), promised_at=promised)
    tell_overdue(now)
    assert Notification.objects.exists() is is_told


def test_of_two_sweeps_at_once_one_rings(late, service_manager):
    twin = Visit.objects.get(pk=late.pk)
    for each in (late, twin):
        each.tell_overdue(timezone.now())
    assert Event.objects.filter(code="visit.overdue").count() == 1


def test_a_car_handed_over_in_time_never_rings(here, advisor, service_manager):
    here.hand_over(by=advisor)
    tell_overdue(timezone.now() + timedelta(hours=3))
    assert not Notification.objects.exists()


def test_the_minutes_of_delay_are_known(late, advisor, api):
    assert late.delay_minutes() == 60
    assert api(advisor).get(f"/api/v1/visits/{late.pk}/").json()["delay_minutes"] == 60
