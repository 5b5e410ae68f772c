"""The desk of an advisor between two cars."""

from datetime import timedelta

import pytest
from django.dispatch import receiver
from django.utils import timezone

from customers.notices import Notice
from customers.signals import notices_asked
from tests.factories import make_customer, make_handed_over, make_vehicle, make_visit
from visits.models import Appointment


@pytest.mark.parametrize("text", ["K871", "沪A9", "005301", "5678", "王示"])
def test_a_car_is_found_and_offers_to_log_its_visit(car, advisor, page, text):
    answer = page(advisor).get("/reception/", {"q": text})
    (found,) = answer.context["finds"]
    assert found.vehicle == car
    assert f'href="/visits/new/?vehicle={car.pk}"' in answer.content.decode()


def test_the_list_alone_answers_htmx(car, advisor, page):
    answer = page(advisor).get("/reception/", {"q": "K871"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert answer.content.decode().count('id="finds"') == 1


def test_a_customer_found_by_name_is_shown_with_every_car(car, advisor, page):
    second = make_vehicle(car.store, car.customer)
    finds = page(advisor).get("/reception/", {"q": "王示例"}).context["finds"]
    assert {found.vehicle for found in finds} == {car, second}


def test_a_customer_without_a_car_can_bring_one(store, advisor, page):
    customer = make_customer(store, name="李示例")
    assert f"/visits/new/?customer={customer.pk}" in page(advisor).get("/reception/", {"q": "李示例"}).content.decode()


def test_the_result_shows_last_visit_notices_and_a_car_already_here(car, here, advisor, page):
    @receiver(notices_asked)
    def tell(sender, customer_ids, user, **kwargs):
        return {pk: [Notice("1 open complaint", "/complaints/?customer=1")] for pk in customer_ids}

    try:
        answer = page(advisor).get("/reception/", {"q": "K871"})
    finally:
        notices_asked.disconnect(tell)
    (found,) = answer.context["finds"]
    assert (found.in_shop, found.last_visit_at) == (here, here.arrived_at)
    assert "1 open complaint" in answer.content.decode()


def test_nothing_found_leads_to_a_new_customer_with_the_text(advisor, page):
    assert 'href="/visits/new/?q=%E6%B2%AAA12345"' in page(advisor).get("/reception/", {"q": "沪A12345"}).content.decode()


def test_cars_of_another_store_are_not_found(car, other_advisor, page):
    assert page(other_advisor).get("/reception/", {"q": "K871"}).context["finds"] == []


def test_cars_in_the_shop_stand_by_their_promise_and_overdue_ones_are_marked(late, here, advisor, page):
    answer = page(advisor).get("/reception/")
    assert list(answer.context["in_shop"]) == [late, here]
    assert answer.context["overdue"] == [late]
    assert "1 overdue" in answer.content.decode()


def test_cars_handed_over_or_of_other_stores_are_not_in_the_shop(car, other_store, advisor, page):
    make_handed_over(car.store, vehicle=car)
    make_visit(other_store)
    assert list(page(advisor).get("/reception/").context["in_shop"]) == []


def test_appointments_of_today_are_shown(car, advisor, page):
    today = timezone.localtime().replace(hour=12, minute=0)
    booked = Appointment.objects.create(store=car.store, customer=car.customer, vehicle=car, starts_at=today)
    Appointment.objects.create(store=car.store, customer=car.customer, vehicle=car, starts_at=today + timedelta(days=1))
    Appointment.objects.create(store=car.store, customer=car.customer, vehicle=car, starts_at=today, status="cancelled")
    assert list(page(advisor).get("/reception/").context["appointments"]) == [booked]


def test_an_agent_does_not_stand_at_reception(agent, page):
    assert page(agent).get("/reception/").status_code == 403


def test_the_desk_stays_within_its_queries(store, advisor, page, django_assert_max_num_queries):
    for number in range(20):
        make_visit(store, make_vehicle(store, plate=f"沪C{number:02d}777"))
    client = page(advisor)
    with django_assert_max_num_queries(10):
        assert client.get("/reception/").status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get("/reception/?q=777", headers={"HX-Request": "true"}).status_code == 200
