"""S4-02 to S4-04: a delivery is recorded with its new customer and car, and its letter and calls are planned."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from customers.models import Customer
from tests.factories import make_customer, make_delivery, make_user, make_vehicle
from visits.models import Delivery

NEW = {"customer-name": "赵示例", "customer-phone": "13900001111", "vehicle-vin": "LATPAB071W1005301", "vehicle-model": "A"}


def now():
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


def test_customer_car_and_delivery_are_written_in_one_form(store, salesperson, page):
    given = NEW | {"customer-store": store.pk, "delivered_at": now(), "salesperson": salesperson.pk, "invoiced_on": "2026-11-01", "has_ceremony": "on"}
    answer = page(salesperson).post("/deliveries/new/", given)
    delivery = Delivery.objects.get()
    assert answer.url == f"/deliveries/{delivery.pk}/"
    assert (delivery.customer.name, delivery.vehicle.plate, delivery.salesperson, delivery.has_ceremony) == ("赵示例", "", salesperson, True)
    delivery.vehicle.refresh_from_db()
    assert (delivery.vehicle.delivered_on, str(delivery.vehicle.invoiced_on)) == (store.today(), "2026-11-01")
    assert list(Event.objects.filter(code__startswith="de").values_list("code", flat=True)) == ["delivery.created"]


def test_the_salesperson_is_me_by_default(salesperson, page):
    assert page(salesperson).get("/deliveries/new/").context["form"]["salesperson"].value() == salesperson.pk


def test_letter_and_calls_are_planned(defaults, store, salesperson, page):
    page(salesperson).post("/deliveries/new/", NEW | {"customer-store": store.pk, "delivered_at": now(), "salesperson": salesperson.pk})
    planned = Delivery.objects.get().followups.select_related("plan").order_by("plan__code")
    assert [followup.plan.code for followup in planned] == ["delivery-24h", "delivery-7d", "thank-you-letter"]


def test_a_known_customer_takes_another_new_car(store, salesperson, page):
    customer = make_customer(store)
    page(salesperson).post(f"/deliveries/new/?customer={customer.pk}", {"vehicle-vin": "LATPAB071W1005301", "delivered_at": now()})
    assert Delivery.objects.get().customer == customer


def test_a_known_customer_is_found_on_the_form(store, salesperson, page):
    customer = make_customer(store, phone="13900007777")
    assert f'href="/deliveries/new/?customer={customer.pk}"' in page(salesperson).get("/deliveries/new/", {"q": "7777"}).content.decode()


def test_a_car_is_delivered_once(store, salesperson, page, api):
    delivery = make_delivery(store)
    answer = page(salesperson).post(f"/deliveries/new/?vehicle={delivery.vehicle_id}", {"delivered_at": now()})
    assert answer.context["form"].errors == {"__all__": ["This car has already been delivered."]}
    refused = api(salesperson).post("/api/v1/deliveries/", {"vehicle": delivery.vehicle_id})
    assert refused.status_code == 400
    assert "This car has already been delivered." in str(refused.json()["errors"])


def test_a_delivery_does_not_lie_in_the_future(store, salesperson, page, api):
    car = make_vehicle(store)
    answer = page(salesperson).post(f"/deliveries/new/?vehicle={car.pk}", {"delivered_at": "2099-01-01T10:00"})
    assert list(answer.context["form"].errors) == ["delivered_at"]
    later = (timezone.now() + timedelta(days=1)).isoformat()
    assert list(api(salesperson).post("/api/v1/deliveries/", {"vehicle": car.pk, "delivered_at": later}).json()["errors"]) == ["delivered_at"]


def test_a_wrong_delivery_writes_no_customer(store, salesperson, page):
    assert page(salesperson).post("/deliveries/new/", NEW | {"customer-store": store.pk, "delivered_at": "x"}).status_code == 422
    assert not Customer.objects.exists()


def test_advisors_do_not_record_deliveries(store, advisor, page, api):
    assert page(advisor).get("/deliveries/new/").status_code == 403
    assert api(advisor).post("/api/v1/deliveries/", {"vehicle": make_vehicle(store).pk}).status_code == 403


def test_a_foreign_car_is_as_unknown_as_none(other_store, salesperson, page, api):
    foreign = make_vehicle(other_store)
    assert page(salesperson).get(f"/deliveries/new/?vehicle={foreign.pk}").status_code == 404
    assert list(api(salesperson).post("/api/v1/deliveries/", {"vehicle": foreign.pk}).json()["errors"]) == ["vehicle"]


def test_the_api_records_alike(store, salesperson, api):
    car = make_vehicle(store)
    answer = api(salesperson).post("/api/v1/deliveries/", {"vehicle": car.pk, "salesperson": salesperson.pk, "source": "dms", "external_id": "D1"})
    assert answer.status_code == 201
    assert (answer.json()["customer"], answer.json()["store"]) == (car.customer_id, store.pk)


def test_the_api_takes_only_salespeople_of_the_store(store, other_store, administrator, api):
    elsewhere = make_user("sue", "salesperson", other_store)
    answer = api(administrator).post("/api/v1/deliveries/", {"vehicle": make_vehicle(store).pk, "salesperson": elsewhere.pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["salesperson"])


def test_the_detail_page_is_shown_to_the_store_only(store, salesperson, stranger, page, api):
    delivery = make_delivery(store)
    assert page(salesperson).get(f"/deliveries/{delivery.pk}/").status_code == 200
    assert page(stranger).get(f"/deliveries/{delivery.pk}/").status_code == 404
    assert api(stranger).get(f"/api/v1/deliveries/{delivery.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("salesperson={sally}", 1),
        ("delivered_from=2026-11-18&delivered_to=2026-11-18", 1),
        ("delivered_to=2026-11-16", 0),
        ("salesperson=x", 0),
        ("q=Z7777", 1),
    ],
)
def test_the_list_shows_what_the_filters_let_through(store, other_store, salesperson, page, query, count):
    make_delivery(store, salesperson=salesperson)
    earlier = make_delivery(store, make_vehicle(store, plate="沪Z77777"))
    Delivery.objects.filter(pk=earlier.pk).update(delivered_at=earlier.delivered_at - timedelta(days=1))
    make_delivery(other_store)
    answer = page(salesperson).get(f"/deliveries/?{query.format(sally=salesperson.pk)}")
    assert len(answer.context["page_obj"]) == count


def test_the_list_stays_within_its_queries(store, salesperson, page, django_assert_max_num_queries):
    for _number in range(60):
        make_delivery(store, salesperson=salesperson)
    client = page(salesperson)
    with django_assert_max_num_queries(10):
        assert client.get("/deliveries/").status_code == 200
