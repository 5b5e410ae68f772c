"""S4-11, S4-12: a visit is logged in under a minute for a known car, with customer and car when they are new."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from activity.signals import day_changed
from customers.models import Customer, Vehicle
from tests.factories import make_handed_over, make_user, make_vehicle
from visits.models import Appointment, Visit

SOON = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
GIVEN = {"kind": "maintenance", "mileage": "12000", "promised_at": SOON, "symptom": "noise"}
NEW = {"customer-name": "李示例", "customer-phone": "139 0000 1111", "vehicle-plate": "沪B12345", "vehicle-vin": "LATPAB071W1005301"}


def log(client, car, **given):
    return client.post(f"/visits/new/?vehicle={car.pk}", GIVEN | given)


def test_kind_mileage_promise_and_symptom_are_enough(car, advisor, page):
    answer = log(page(advisor), car)
    visit = Visit.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/visits/{visit.pk}/")
    assert (visit.store, visit.customer, visit.vehicle, visit.number) == (car.store, car.customer, car, "V-S01-000001")
    assert (visit.kind, visit.mileage, visit.symptom, visit.status) == ("maintenance", 12000, "noise", "in_shop")
    assert timezone.now() - visit.arrived_at < timedelta(minutes=2)


def test_the_form_is_prefilled(car, advisor, page):
    form = page(advisor).get(f"/visits/new/?vehicle={car.pk}").context["form"]
    assert form["advisor"].value() == advisor.pk
    promised = form.initial["promised_at"]
    assert timedelta(hours=2) <= promised - timezone.now() <= timedelta(hours=2, minutes=30)
    assert promised.minute in (0, 30)


def test_the_visit_is_recorded_the_mileage_kept_and_the_day_announced(car, advisor, page):
    days = []

    def listen(sender, store_id, **kwargs):
        days.append((store_id, kwargs["days"]))

    day_changed.connect(listen)
    log(page(advisor), car)
    day_changed.disconnect(listen)
    event = Event.objects.get()
    assert (event.code, event.customer_ref, event.vehicle_ref, event.particulars) == ("visit.created", car.customer_id, car.pk, {"number": "V-S01-000001"})
    car.refresh_from_db()
    assert (car.mileage, car.mileage_on) == (12000, car.store.today())
    assert days == [(car.store_id, {car.store.today()})]


def test_every_field_of_the_repair_order_is_kept(car, advisor, page):
    more = {
        "sender_name": "Driver",
        "sender_phone": "13900002222",
        "advisor": advisor.pk,
        "technician": "T",
        "bay": "3",
        "fuel_level": "40",
        "accessories": "umbrella",
        "work": "oil",
        "warranty_days": "10",
        "estimate_ceiling": "800.00",
        "notes": "n",
        "inquiry_frequency": "occasional",
        "inquiry_since": "Monday",
    }
    log(page(advisor), car, **more)
    visit = Visit.objects.get()
    kept = {name: str(getattr(visit, name)) for name in more if not name.startswith("inquiry") and name != "advisor"}
    assert kept == {name: value for name, value in more.items() if not name.startswith("inquiry") and name != "advisor"}
    assert visit.inquiry == {"frequency": "occasional", "since": "Monday"}
    assert visit.advisor == advisor
    shown = page(advisor).get(f"/visits/{visit.pk}/").content.decode()
    assert "now and then" in shown and "umbrella" in shown


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mileage": ""}, "mileage"),
        ({"mileage": "-1"}, "mileage"),
        ({"mileage": "abc"}, "mileage"),
        ({"promised_at": ""}, "promised_at"),
        ({"promised_at": "2020-01-01T10:00"}, "promised_at"),
        ({"promised_at": "soon"}, "promised_at"),
        ({"kind": "picnic"}, "kind"),
        ({"fuel_level": "101"}, "fuel_level"),
        ({"sender_phone": "1"}, "sender_phone"),
        ({"estimate_ceiling": "-1"}, "estimate_ceiling"),
        ({"arrived_at": "2099-01-01T10:00"}, "arrived_at"),
        ({"advisor": "999999"}, "advisor"),
        ({"inquiry_frequency": "never"}, "inquiry_frequency"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(car, advisor, page, wrong, field):
    answer = log(page(advisor), car, **wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Visit.objects.exists()


def test_a_mileage_that_runs_backwards_needs_a_second_look_and_never_overwrites(car, advisor, page):
    client = page(advisor)
    answer = log(client, car, mileage="9000")
    assert answer.context["form"].errors == {"mileage": ["The last reading was 10000 km."]}
    assert log(client, car, mileage="9000", confirmed="on").status_code == 302
    car.refresh_from_db()
    assert car.mileage == 10000


def test_a_form_sent_twice_logs_one_visit(car, advisor, page):
    """T38: a car that is in the shop already needs a second look."""
    first, second = (log(page(advisor), car) for _click in range(2))
    assert (first.status_code, second.status_code, Visit.objects.count()) == (302, 422, 1)
    assert second.context["form"].errors["kind"] == [f"This car is already in the shop: {Visit.objects.get().number}."]
    log(page(advisor), car, confirmed="on")
    assert Visit.objects.count() == 2


def test_a_new_customer_and_car_come_with_the_visit(store, advisor, page):
    answer = page(advisor).post("/visits/new/", GIVEN | NEW | {"customer-store": store.pk})
    visit = Visit.objects.get()
    assert answer.url == f"/visits/{visit.pk}/"
    assert (visit.customer.name, visit.customer.phone, visit.store) == ("李示例", "13900001111", store)
    assert (visit.vehicle.plate, visit.vehicle.customer, visit.vehicle.mileage) == ("沪B12345", visit.customer, 12000)
    assert list(Event.objects.order_by("pk").values_list("code", flat=True)) == ["customer.created", "vehicle.created", "visit.created"]


def test_a_known_customer_may_bring_a_new_car(car, advisor, page):
    page(advisor).post(f"/visits/new/?customer={car.customer_id}", GIVEN | {"vehicle-plate": "沪B12345"})
    visit = Visit.objects.get()
    assert (visit.customer, visit.vehicle.plate) == (car.customer, "沪B12345")


@pytest.mark.parametrize(
    ("wrong", "part", "field"),
    [
        ({"customer-name": ""}, "customer_form", "name"),
        ({"customer-phone": "1"}, "customer_form", "phone"),
        ({"vehicle-vin": "123"}, "vehicle_form", "vin"),
        ({"vehicle-vin": "", "vehicle-plate": ""}, "vehicle_form", "vin"),
        ({"vehicle-plate": "沪B1"}, "vehicle_form", "plate"),
    ],
)
def test_a_wrong_part_leaves_nothing_half_written(store, advisor, page, wrong, part, field):
    answer = page(advisor).post("/visits/new/", GIVEN | NEW | {"customer-store": store.pk} | wrong)
    assert answer.status_code == 422
    assert list(getattr(answer.context["intake"], part).errors) == [field]
    assert not Customer.objects.exists() and not Vehicle.objects.exists() and not Visit.objects.exists()


def test_a_wrong_visit_writes_no_customer_either(store, advisor, page):
    page(advisor).post("/visits/new/", GIVEN | NEW | {"customer-store": store.pk, "mileage": ""})
    assert not Customer.objects.exists()


def test_a_vin_of_the_store_is_not_taken_in_twice(car, advisor, page):
    answer = page(advisor).post("/visits/new/", GIVEN | NEW | {"customer-store": car.store_id})
    assert answer.context["intake"].vehicle_form.errors == {"__all__": ["A vehicle with this VIN already exists in this store."]}


@pytest.mark.parametrize(
    ("text", "part", "field", "value"),
    [
        ("沪B·12345", "vehicle_form", "plate", "沪B12345"),
        ("LATPAB071W1005301", "vehicle_form", "vin", "LATPAB071W1005301"),
        ("13900001111", "customer_form", "phone", "13900001111"),
        ("李示例", "customer_form", "name", "李示例"),
    ],
)
def test_what_was_looked_for_fills_the_field_it_fits(advisor, page, text, part, field, value):
    intake = page(advisor).get("/visits/new/", {"q": text}).context["intake"]
    assert getattr(intake, part)[field].value() == value


def test_todays_appointment_of_the_car_is_tied(car, advisor, page):
    noon = timezone.localtime().replace(hour=12, minute=0)
    today = Appointment.objects.create(store=car.store, customer=car.customer, vehicle=car, starts_at=noon)
    tomorrow = Appointment.objects.create(store=car.store, customer=car.customer, vehicle=car, starts_at=noon + timedelta(days=1))
    log(page(advisor), car)
    today.refresh_from_db()
    tomorrow.refresh_from_db()
    assert (today.status, today.visit) == ("arrived", Visit.objects.get())
    assert tomorrow.status == "booked"
    assert Event.objects.filter(code="appointment.arrived").count() == 1


def test_a_comeback_names_the_visit_whose_work_failed(car, advisor, page):
    before = make_handed_over(car.store, vehicle=car)
    log(page(advisor), car, kind="comeback", comeback_of=before.pk)
    assert Visit.objects.get(kind="comeback").comeback_of == before
    foreign = make_handed_over(car.store)
    answer = log(page(advisor), car, kind="comeback", comeback_of=foreign.pk)
    assert list(answer.context["form"].errors) == ["comeback_of"]


def test_numbers_go_on_and_foreign_numbers_do_not_disturb(car, advisor):
    make_handed_over(car.store, number="V-S01-000041")
    make_handed_over(car.store, number="V-S01-X")
    make_handed_over(car.store, number="RO999")
    visit = Visit(store=car.store, customer=car.customer, vehicle=car).create(by=advisor)
    assert visit.number == "V-S01-000042"


@pytest.mark.parametrize("query", ["vehicle=999999", "vehicle=x", "customer=999999", "vehicle=-1", "vehicle=99999999999999999999"])
def test_an_unknown_car_is_not_found(advisor, page, query):
    assert page(advisor).get(f"/visits/new/?{query}").status_code == 404


def test_a_foreign_car_is_as_unknown(other_store, advisor, page):
    foreign = make_vehicle(other_store)
    assert page(advisor).get(f"/visits/new/?vehicle={foreign.pk}").status_code == 404
    assert page(advisor).post(f"/visits/new/?vehicle={foreign.pk}", GIVEN).status_code == 404


def test_an_agent_may_not_log_a_visit(car, agent, page, api):
    assert page(agent).get(f"/visits/new/?vehicle={car.pk}").status_code == 403
    assert api(agent).post("/api/v1/visits/", {"vehicle": car.pk}).status_code == 403


def test_people_of_several_stores_choose_the_store_of_a_new_customer(administrator, store, other_store, page):
    answer = page(administrator).post("/visits/new/", GIVEN | NEW | {"customer-store": other_store.pk})
    assert answer.status_code == 302
    assert Visit.objects.get().store == other_store


def test_the_api_logs_alike(car, advisor, api):
    answer = api(advisor).post("/api/v1/visits/", {"vehicle": car.pk, "mileage": 12000, "source": "dms", "external_id": "R1", "advisor": advisor.pk})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["store"], body["customer"], body["number"], body["status"]) == (car.store_id, car.customer_id, "V-S01-000001", "in_shop")
    car.refresh_from_db()
    assert car.mileage == 12000


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"vehicle": 999999}, "vehicle"),
        ({"customer": 999999}, "customer"),
        ({"advisor": 999999}, "advisor"),
        ({"status": "handed_over"}, "status"),
        ({"store": 1}, "store"),
        ({"handed_over_at": "2026-11-01T10:00:00Z"}, "handed_over_at"),
        ({"total_amount": "1"}, "total_amount"),
        ({"fuel_level": 101}, "fuel_level"),
        ({"inquiry": {"mood": "bad"}}, "inquiry"),
        ({"inquiry": {"frequency": "never"}}, "inquiry"),
        ({"inquiry": "cold"}, "inquiry"),
        ({"symptom": "a\x00"}, "symptom"),
        ({"arrived_at": "2099-01-01T00:00:00Z"}, "arrived_at"),
        ({"mileage": -1}, "mileage"),
        ({"kind": "picnic"}, "kind"),
    ],
)
def test_the_api_names_the_field_that_is_wrong(car, advisor, api, given, field):
    """T23, T105."""
    answer = api(advisor).post("/api/v1/visits/", {"vehicle": car.pk} | given)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Visit.objects.exists()


def test_the_api_answers_foreign_rows_like_unknown_ones(car, other_store, advisor, administrator, api):
    """T4."""
    foreign = make_vehicle(other_store)
    stranger = make_user("sue", "service_advisor", other_store)
    client = api(advisor)
    for given, field in [
        ({"vehicle": foreign.pk}, "vehicle"),
        ({"vehicle": car.pk, "customer": foreign.customer_id}, "customer"),
        ({"vehicle": car.pk, "advisor": stranger.pk}, "advisor"),
    ]:
        answer = client.post("/api/v1/visits/", given)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
        assert "object does not exist" in answer.json()["errors"][field][0]


def test_the_api_mixes_no_stores_for_people_of_both(car, other_store, administrator, api):
    foreign = make_vehicle(other_store)
    answer = api(administrator).post("/api/v1/visits/", {"vehicle": car.pk, "customer": foreign.customer_id})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["customer"])


def test_the_api_takes_a_number_once(car, here, advisor, api):
    answer = api(advisor).post("/api/v1/visits/", {"vehicle": car.pk, "number": here.number})
    assert answer.status_code == 400
    assert "This repair order number is already taken in this store." in str(answer.json()["errors"])
