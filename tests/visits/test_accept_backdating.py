"""A hand-over entered after the fact is judged by its entry until somebody else accepts the earlier time (T29)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from activity.models import Event
from tests.factories import make_user
from visits.models import Visit

HOUR = timedelta(hours=1)


@pytest.fixture
def backdated(late, advisor):
    """Promised an hour ago, said to be handed over two minutes before, entered now."""
    late.hand_over(by=advisor, at=late.promised_at - timedelta(minutes=2))
    return late


def test_a_backdated_hand_over_is_late_by_its_entry(backdated):
    """T29."""
    assert (backdated.is_on_time, list(Visit.objects.late())) == (False, [backdated])
    assert backdated.handed_over_at < backdated.promised_at < backdated.backdated_at


def test_half_an_hour_between_two_cars_is_no_backdating(here, advisor):
    here.hand_over(by=advisor, at=timezone.now() - timedelta(minutes=29))
    assert (here.backdated_at, here.is_on_time) == (None, True)


def test_an_entry_still_before_the_promise_is_on_time(here, advisor):
    here.hand_over(by=advisor, at=timezone.now() - timedelta(minutes=50))
    assert here.backdated_at is not None
    assert (here.is_on_time, list(Visit.objects.on_time())) == (True, [here])


def test_the_time_of_another_system_is_evidence(late, advisor):
    late.source = "dms"
    late.hand_over(by=advisor, at=late.promised_at - timedelta(minutes=2))
    assert (late.backdated_at, late.is_on_time) == (None, True)


def test_somebody_else_accepts_the_earlier_time(backdated, service_manager, page):
    assert page(service_manager).post(f"/visits/{backdated.pk}/accept_backdating/").status_code == 302
    backdated.refresh_from_db()
    assert (backdated.is_on_time, backdated.backdating_accepted_by) == (True, service_manager)
    assert list(Visit.objects.on_time()) == [backdated]
    assert Event.objects.filter(code="visit.backdating_accepted", actor=service_manager).count() == 1


def test_nobody_accepts_the_own_entry(late, service_manager, api):
    late.hand_over(by=service_manager, at=late.promised_at)
    answer = api(service_manager).post(f"/api/v1/visits/{late.pk}/accept_backdating/")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_entry")


def test_the_advisor_cannot_accept(backdated, advisor, page):
    assert page(advisor).post(f"/visits/{backdated.pk}/accept_backdating/").status_code == 403
    assert "Accept the earlier time" not in page(advisor).get(f"/visits/{backdated.pk}/").content.decode()


def test_the_manager_of_another_store_does_not_find_it(backdated, other_store, page):
    stranger = make_user("otto", Role.SERVICE_MANAGER, other_store)
    assert page(stranger).post(f"/visits/{backdated.pk}/accept_backdating/").status_code == 404


def test_it_is_accepted_once(backdated, service_manager, api):
    answers = [api(service_manager).post(f"/api/v1/visits/{backdated.pk}/accept_backdating/") for _attempt in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]


def test_the_page_says_what_counts(backdated, service_manager, page):
    text = page(service_manager).get(f"/visits/{backdated.pk}/").content.decode()
    assert "Entered later, at" in text
    assert "Accept the earlier time" in text


def test_accepting_is_done_by_post(backdated, service_manager, page):
    assert page(service_manager).get(f"/visits/{backdated.pk}/accept_backdating/").status_code == 405
