"""Ticking who came and asking how it was (S3-15: attendance and satisfaction)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from activity.models import Event
from gatherings.models import Gathering
from tests.gatherings.factories import make_gathering, make_guest


@pytest.fixture
def today(store):
    """An activity that began an hour ago."""
    return make_gathering(store, starts_at=timezone.now() - timedelta(hours=1))


def came(gathering):
    return set(gathering.guests.exclude(came_at=None))


def test_who_came_is_ticked(today, agent, page):
    first, second = make_guest(today, "registered"), make_guest(today, "waiting")
    assert page(agent).post(f"/gatherings/{today.pk}/attend/", {"ticked": [first.pk, second.pk]}).status_code == 302
    assert came(today) == {first, second}
    assert Event.objects.filter(code="guest.attended").count() == 2


def test_two_people_at_the_door_do_not_take_each_others_ticks_back(today, agent, advisor, page):
    first, second = make_guest(today, "registered"), make_guest(today, "registered")
    page(agent).post(f"/gatherings/{today.pk}/attend/", {"ticked": [first.pk]})
    page(advisor).post(f"/gatherings/{today.pk}/attend/", {"ticked": [second.pk]})
    assert came(today) == {first, second}
    page(agent).post(f"/gatherings/{today.pk}/attend/", {"ticked": [], "was": [first.pk]})
    assert came(today) == {second}
    assert Event.objects.filter(code="guest.missed").count() == 1


def test_nobody_is_ticked_before_the_day(gathering, agent, page):
    guest = make_guest(gathering, "registered")
    assert page(agent).post(f"/gatherings/{gathering.pk}/attend/", {"ticked": [guest.pk]}).status_code == 400
    assert came(gathering) == set()


def test_guests_of_another_activity_are_refused(store, today, agent, page):
    guest = make_guest(make_gathering(store), "registered")
    assert page(agent).post(f"/gatherings/{today.pk}/attend/", {"ticked": [guest.pk]}).status_code == 422


def test_nobody_attends_what_was_cancelled(today, agent, care_manager, page):
    guest = make_guest(today, "registered")
    today.cancel("Typhoon", by=care_manager)
    assert page(agent).post(f"/gatherings/{today.pk}/attend/", {"ticked": [guest.pk]}).status_code == 409


def test_a_guest_who_came_says_how_it_was(today, agent, page):
    guest = make_guest(today, "registered", came_at=timezone.now())
    client = page(agent)
    assert client.get(f"/gatherings/guests/{guest.pk}/rate/").status_code == 200
    for wrong in ("", "0", "11", "x"):
        assert client.post(f"/gatherings/guests/{guest.pk}/rate/", {"satisfaction": wrong}).status_code == 422
    assert client.post(f"/gatherings/guests/{guest.pk}/rate/", {"satisfaction": "9", "remark": "Good tea"}).status_code == 302
    guest.refresh_from_db()
    assert (guest.satisfaction, guest.remark) == (9, "Good tea")
    assert Event.objects.get(code="guest.rated").particulars["satisfaction"] == 9


def test_the_answer_may_come_after_it_was_held(today, agent, care_manager, page):
    guest = make_guest(today, "registered", came_at=timezone.now())
    today.hold(by=care_manager)
    assert page(agent).post(f"/gatherings/guests/{guest.pk}/rate/", {"satisfaction": "7"}).status_code == 302


def test_who_did_not_come_has_no_answer(today, agent, page):
    guest = make_guest(today, "registered")
    assert page(agent).post(f"/gatherings/guests/{guest.pk}/rate/", {"satisfaction": "9"}).status_code == 409
    with pytest.raises(IntegrityError), transaction.atomic():
        today.guests.update(satisfaction=9)


def test_a_tick_with_an_answer_stays(today, agent):
    guest = make_guest(today, "registered", came_at=timezone.now(), satisfaction=9)
    today.attend([], [guest], by=agent)
    assert came(today) == {guest}


def test_the_figures_count_invited_signed_up_came_and_satisfied(today, store_manager, page, api):
    """S3-15."""
    now = timezone.now()
    for satisfaction in (10, 8, 7):
        make_guest(today, "registered", came_at=now, satisfaction=satisfaction, invited_at=now)
    make_guest(today, "registered", came_at=now)
    make_guest(today, "registered")
    make_guest(today, "waiting")
    make_guest(today, "declined")
    make_guest(today)
    row = Gathering.objects.with_figures().get()
    figures = (row.invited, row.registered, row.waiting, row.came, row.rated, row.satisfied, round(row.satisfaction, 2))
    assert figures == (5, 5, 1, 4, 3, 2, 8.33)
    shown = api(store_manager).get(f"/api/v1/gatherings/?year={today.planned_on.year}").json()["results"]
    assert [(one["invited"], one["registered"], one["came"], one["satisfied"]) for one in shown] == [(5, 5, 4, 2)]
    assert "2 of 3" in page(store_manager).get("/gatherings/").content.decode()
