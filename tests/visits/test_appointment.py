"""Booking, keeping and missing appointments (S2-02)."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from tests.factories import make_vehicle
from visits.models import Appointment


@pytest.fixture
def tomorrow():
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time(9, 30)))


@pytest.fixture
def booked(car, tomorrow):
    return Appointment.objects.create(store=car.store, customer=car.customer, vehicle=car, starts_at=tomorrow)


def test_a_known_car_is_booked(car, tomorrow, agent, page):
    answer = page(agent).post(f"/appointments/new/?vehicle={car.pk}", {"starts_at": tomorrow.strftime("%Y-%m-%dT%H:%M"), "kind": "repair", "request": "noise"})
    appointment = Appointment.objects.get()
    assert answer.url == f"/appointments/?day={tomorrow.date()}#appointment-{appointment.pk}"
    assert (appointment.starts_at, appointment.kind, appointment.customer, appointment.status) == (tomorrow, "repair", car.customer, "booked")
    assert Event.objects.get().code == "appointment.created"


def test_a_new_customer_is_booked_with_the_car(store, tomorrow, agent, page):
    given = {
        "customer-store": store.pk,
        "customer-name": "李示例",
        "vehicle-plate": "沪B12345",
        "starts_at": tomorrow.strftime("%Y-%m-%dT%H:%M"),
        "kind": "repair",
    }
    page(agent).post("/appointments/new/", given)
    assert Appointment.objects.get().vehicle.plate == "沪B12345"


@pytest.mark.parametrize(("wrong", "field"), [({"starts_at": "2020-01-01T10:00"}, "starts_at"), ({"starts_at": ""}, "starts_at"), ({"kind": "x"}, "kind")])
def test_a_wrong_value_is_told_at_its_field(car, tomorrow, agent, page, wrong, field):
    given = {"starts_at": tomorrow.strftime("%Y-%m-%dT%H:%M"), "kind": "repair"} | wrong
    answer = page(agent).post(f"/appointments/new/?vehicle={car.pk}", given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_the_list_shows_one_day(booked, agent, page):
    client = page(agent)
    assert list(client.get("/appointments/").context["appointments"]) == []
    assert list(client.get(booked.list_url).context["appointments"]) == [booked]


@pytest.mark.parametrize("day", ["x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_what_is_no_day_is_not_found(agent, page, day):
    assert page(agent).get(f"/appointments/?day={day}").status_code == 404


def test_a_booked_appointment_is_cancelled_once(booked, agent, page, api):
    assert page(agent).post(f"/appointments/{booked.pk}/cancel/").url == booked.list_url
    booked.refresh_from_db()
    assert booked.status == "cancelled"
    assert Event.objects.get().code == "appointment.cancelled"
    assert api(agent).post(f"/api/v1/appointments/{booked.pk}/cancel/").status_code == 409


def test_a_missed_appointment_is_noted_once_its_time_has_passed(booked, agent, page, api):
    assert api(agent).post(f"/api/v1/appointments/{booked.pk}/miss/").status_code == 409
    Appointment.objects.filter(pk=booked.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    page(agent).post(f"/appointments/{booked.pk}/miss/")
    booked.refresh_from_db()
    assert booked.status == "no_show"
    assert Event.objects.get().code == "appointment.missed"


@pytest.mark.parametrize("verb", ["cancel", "miss"])
def test_strangers_people_without_the_right_and_get(booked, stranger, store_manager, agent, page, api, verb):
    assert page(stranger).post(f"/appointments/{booked.pk}/{verb}/").status_code == 404
    assert api(stranger).post(f"/api/v1/appointments/{booked.pk}/{verb}/").status_code == 404
    assert page(store_manager).post(f"/appointments/{booked.pk}/{verb}/").status_code == 403
    assert api(store_manager).post(f"/api/v1/appointments/{booked.pk}/{verb}/").status_code == 403
    assert page(agent).get(f"/appointments/{booked.pk}/{verb}/").status_code == 405
    assert api(agent).get(f"/api/v1/appointments/{booked.pk}/{verb}/").status_code == 405
    booked.refresh_from_db()
    assert booked.status == "booked"


def test_the_api_books_alike(car, tomorrow, agent, api):
    answer = api(agent).post("/api/v1/appointments/", {"vehicle": car.pk, "starts_at": tomorrow.isoformat()})
    assert (answer.status_code, answer.json()["status"]) == (201, "booked")
    assert list(api(agent).post("/api/v1/appointments/", {"vehicle": car.pk, "starts_at": "2020-01-01T00:00:00Z"}).json()["errors"]) == ["starts_at"]


def test_the_api_answers_a_foreign_car_like_an_unknown_one(other_store, tomorrow, agent, api):
    """T4."""
    answer = api(agent).post("/api/v1/appointments/", {"vehicle": make_vehicle(other_store).pk, "starts_at": tomorrow.isoformat()})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["vehicle"])


def test_the_day_stays_within_its_queries(store, tomorrow, agent, page, django_assert_max_num_queries):
    for _number in range(30):
        car = make_vehicle(store)
        Appointment.objects.create(store=store, customer=car.customer, vehicle=car, starts_at=tomorrow)
    client = page(agent)
    with django_assert_max_num_queries(10):
        assert client.get(f"/appointments/?day={tomorrow.date()}").status_code == 200
