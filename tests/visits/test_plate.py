"""S4-03, S4-04: the plate of a new car, from 未上牌 to plated, and the reminder before a temporary plate runs out."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from activity.models import Event
from common.errors import Conflict, DomainError
from notifications.models import Notification
from tests.factories import NOW, make_delivery, make_user, make_vehicle
from visits.models import Delivery
from visits.services import remind_of_plates


@pytest.fixture
def delivery(store, salesperson):
    return make_delivery(store, salesperson=salesperson)


def running_out(store, salesperson, days, **fields):
    return make_delivery(store, salesperson=salesperson, temporary_plate_until=store.today(NOW) + timedelta(days=days), **fields)


def test_the_plate_goes_from_none_to_fixed(delivery, store, salesperson):
    today = store.today()
    states = [delivery.plate_state]
    delivery.apply_for_plate(today, by=salesperson)
    states.append(delivery.plate_state)
    delivery.take_temporary_plate("沪A 123临", today + timedelta(days=15), by=salesperson)
    states.append(delivery.plate_state)
    delivery.fix_plate("沪A12345", by=salesperson)
    states.append(delivery.plate_state)
    assert states == ["unplated", "applied", "temporary", "plated"]
    delivery.vehicle.refresh_from_db()
    assert (delivery.vehicle.plate, Delivery.objects.get().plated_on) == ("沪A12345", today)
    codes = Event.objects.order_by("pk").values_list("code", flat=True)
    assert [code for code in codes if code.startswith("delivery")] == ["delivery.plate_applied", "delivery.temporary_plate_taken", "delivery.plated"]


def test_a_plated_car_takes_no_further_step(store, salesperson):
    plated = make_delivery(store, make_vehicle(store))
    with pytest.raises(Conflict):
        plated.take_temporary_plate("", store.today(), by=salesperson)


@pytest.mark.parametrize("days", [-1, 91])
def test_a_temporary_plate_ends_within_90_days(delivery, store, salesperson, days):
    with pytest.raises(DomainError) as refused:
        delivery.take_temporary_plate("", store.today() + timedelta(days=days), by=salesperson)
    assert refused.value.field == "until"


def test_unplated_is_no_plate(delivery, salesperson):
    with pytest.raises(DomainError, match="Give the plate"):
        delivery.fix_plate("未上牌", by=salesperson)


def test_the_salesperson_is_reminded_once_before_it_runs_out(store, salesperson):
    delivery = running_out(store, salesperson, 5)
    running_out(store, salesperson, 6)
    assert (remind_of_plates(NOW), remind_of_plates(NOW)) == (1, 0)
    told = Notification.objects.get()
    assert (told.user, told.code, told.url) == (salesperson, "delivery.temporary_plate_ending", delivery.get_absolute_url())


def test_another_temporary_plate_is_reminded_of_again(store, salesperson):
    delivery = running_out(store, salesperson, 5)
    remind_of_plates(NOW)
    Delivery.objects.filter(pk=delivery.pk).update(temporary_plate_until=store.today(NOW) + timedelta(days=20))
    assert [remind_of_plates(NOW), remind_of_plates(NOW + timedelta(days=16))] == [0, 1]


def test_nobody_is_reminded_once_the_car_is_plated(store, salesperson):
    running_out(store, salesperson, 5, vehicle=make_vehicle(store))
    assert remind_of_plates(NOW) == 0


def test_the_sales_manager_is_reminded_where_the_salesperson_has_left(store, sales_manager):
    running_out(store, make_user("gone", Role.SALESPERSON, store, is_active=False), 2)
    remind_of_plates(NOW)
    assert Notification.objects.get().user == sales_manager


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("apply_for_plate", {"on": "2026-11-18"}),
        ("take_temporary_plate", {"number": "临1", "until": None}),
        ("fix_plate", {"plate": "沪A12345"}),
    ],
)
def test_pages_and_api_agree(store, salesperson, advisor, stranger, page, api, verb, given):
    given = {name: value or store.today().isoformat() for name, value in given.items()}
    by_page, by_api = make_delivery(store), make_delivery(store)
    assert page(salesperson).post(f"/deliveries/{by_page.pk}/{verb}/", given).status_code == 302
    assert api(salesperson).post(f"/api/v1/deliveries/{by_api.pk}/{verb}/", given).status_code == 200
    states = [each.plate_state for each in Delivery.objects.select_related("vehicle")]
    assert len(set(states)) == 1
    assert states[0] != "unplated"
    assert page(advisor).get(f"/deliveries/{by_page.pk}/{verb}/").status_code == 403
    assert page(stranger).post(f"/deliveries/{by_page.pk}/{verb}/", given).status_code in (403, 404)


@pytest.mark.parametrize(("state", "count"), [("unplated", 1), ("applied", 1), ("temporary", 1), ("plated", 1), ("", 4)])
def test_the_list_is_filtered_by_the_plate(store, salesperson, page, state, count):
    make_delivery(store)
    make_delivery(store, plate_applied_on=store.today())
    make_delivery(store, plate_applied_on=store.today(), temporary_plate_until=store.today())
    make_delivery(store, make_vehicle(store))
    assert len(page(salesperson).get("/deliveries/", {"plate_state": state}).context["page_obj"]) == count
