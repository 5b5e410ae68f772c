"""S2-42: the workshop board shows six facts, live, and asks cheaply whether they still hold."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_user, make_vehicle, make_visit
from visits.board.board import board_of, version_of

HTMX = {"HTTP_HX_REQUEST": "true"}


def facts(text):
    """Return the text without tags and blanks."""
    return " ".join(text.replace(">", "> ").replace("<", " <").split())


def test_the_six_facts_of_a_car_in_repair(in_repair, mate, technician, advisor, page):
    """S2-42: how many cars, at which bay, by whom, for when, how many people are free, what stands still."""
    board = board_of(in_repair.store)
    assert ([car.pk for car in board.cars], board.free, board.halted) == ([in_repair.pk], [mate], [])
    body = facts(page(advisor).get("/board/").content.decode())
    for fact in ("Cars in repair </dt> <dd> 1 <", 'board-bay"> 3 <', "Tom </span>", "minutes left", "People who can be assigned </dt> <dd> 1 <"):
        assert fact in body


def test_a_car_that_waits_says_for_what_and_frees_its_technician(in_repair, technician, mate, advisor, page):
    in_repair.wait_for_parts("Water pump", by=technician)
    board = board_of(in_repair.store)
    assert (board.halted, board.free) == ([in_repair], [mate, technician])
    body = facts(page(advisor).get("/board/").content.decode())
    assert "Stopped or waiting for parts </dt> <dd> 1 <" in body
    assert "Water pump" in body


@pytest.mark.parametrize("stage", ["received", "ready"])
def test_only_cars_in_repair_are_counted(here, stage):
    type(here).objects.filter(pk=here.pk).update(stage=stage)
    assert board_of(here.store).cars == []


def test_cars_stand_in_the_order_of_their_promise(store, technician, advisor):
    now, cars = timezone.now(), []
    for hours in (5, None, 2):
        promised = hours and now + timedelta(hours=hours)
        cars.append(make_visit(store, make_vehicle(store), arrived_at=now, promised_at=promised, stage="in_repair"))
    assert board_of(store).cars == [cars[2], cars[0], cars[1]]


def test_nothing_is_sent_again_until_something_changes(in_repair, technician, advisor, page, django_assert_max_num_queries):
    client, now = page(advisor), timezone.now()
    address = f"/board/?version={version_of(in_repair.store, now)}"
    with django_assert_max_num_queries(6):
        unchanged = client.get(address, **HTMX)
    assert unchanged.status_code in (204, 200 if timezone.now().minute != now.minute else 204)
    in_repair.stop("Lift broken", by=technician)
    changed = client.get(address, **HTMX)
    assert (changed.status_code, "Lift broken" in changed.content.decode(), "<html" in changed.content.decode()) == (200, True, False)


@pytest.mark.parametrize("verb", ["stop", "hand_over", "new car", "a minute later"])
def test_the_version_tells_every_change(in_repair, advisor, technician, verb):
    now = timezone.now()
    before = version_of(in_repair.store, now)
    if verb == "stop":
        in_repair.stop("x", by=technician)
    elif verb == "hand_over":
        in_repair.hand_over(by=advisor)
    elif verb == "new car":
        make_visit(in_repair.store)
    assert version_of(in_repair.store, now + timedelta(minutes=verb == "a minute later")) != before


def test_without_javascript_the_page_loads_itself_again(store, advisor, page):
    body = page(advisor).get("/board/?wall=dark").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in body
    assert "wall-dark" in body


def test_a_store_one_may_not_see_is_not_found(other_store, advisor, administrator, store, page):
    assert page(advisor).get("/board/?store=S02").status_code == 404
    assert page(administrator).get("/board/?store=S02").context["board"].store == other_store


def test_the_board_stays_within_its_queries(store, advisor, page, django_assert_max_num_queries):
    people = [make_user(f"tech{number}", "technician", store) for number in range(6)]
    for number in range(20):
        make_visit(store, make_vehicle(store), arrived_at=timezone.now(), promised_at=None, stage="in_repair").technicians.set(people[number % 6 :])
    client = page(advisor)
    with django_assert_max_num_queries(10):
        assert client.get("/board/").status_code == 200


def test_staff_are_shown_with_photo_or_initials(in_repair, technician, mate, advisor, page):
    """S4-19: photo and name of staff for supervision."""
    technician.photo.name = "staff/x.jpg"
    technician.save()
    body = page(advisor).get("/board/").content.decode()
    assert f'<img class="avatar" src="/staff/{technician.pk}/photo/"' in body
    assert '<span class="avatar" aria-hidden="true">T</span>Theo' in body
