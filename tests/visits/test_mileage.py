"""The log of readings and the next maintenance estimated from it (AR2, FU12, S2-10)."""

from datetime import timedelta

import pytest

from activity.models import Event
from customers.models import Vehicle
from tests.factories import NOW, make_handed_over, make_vehicle, on
from visits.mileage.estimate import Reading, drive_of
from visits.mileage.history import estimate_of
from visits.mileage.services import estimate_maintenance
from visits.models import MaintenanceInterval, Visit


def readings(*pairs):
    return [Reading(on(day), mileage) for day, mileage in pairs]


STEADY = [("2026-01-01", 10_000), ("2026-03-02", 12_400), ("2026-05-01", 14_800), ("2026-06-30", 17_200)]


@pytest.mark.parametrize(
    ("pairs", "per_day", "left_out"),
    [
        (STEADY, 40, []),
        ([*STEADY, ("2026-04-01", 9_000)], 40, [9_000]),
        ([*STEADY, ("2026-07-30", 1_840)], 40, [1_840]),
        # One too high by a digit is left out, not all that follow it.
        ([STEADY[0], ("2026-02-01", 113_000), *STEADY[1:]], 40, [113_000]),
        ([STEADY[0], STEADY[0], *STEADY[1:]], 40, []),
        # Two of one day, and one within the chain that is moderately wrong, move the median little.
        ([*STEADY, ("2026-06-30", 17_220)], 40, []),
        ([("2026-01-01", 10_000)], None, []),
        ([("2026-01-01", 10_000), ("2026-01-20", 10_800)], None, []),
        ([], None, []),
    ],
)
def test_what_does_not_fit_is_left_out_of_the_estimate(pairs, per_day, left_out):
    """FU12: outliers are rejected, and too few readings say nothing."""
    drive = drive_of(readings(*pairs))
    assert drive.per_day == (per_day and pytest.approx(per_day, rel=0.01))
    assert [reading.mileage for reading in drive.left_out] == left_out


def test_only_the_newest_six_readings_count():
    slow = [(f"2025-{month:02d}-01", 1000 + 100 * month) for month in range(1, 13)]
    fast = [(f"2026-{month:02d}-01", 3000 * month) for month in range(1, 7)]
    drive = drive_of(readings(*slow, *fast))
    assert len(drive.used) == 6
    assert drive.per_day == pytest.approx(3000 / 30.2, rel=0.02)


def test_a_correction_ends_what_was_read_before():
    new_meter = Reading(on("2026-07-01"), 5, is_correction=True)
    drive = drive_of([*readings(*STEADY), new_meter, Reading(on("2026-09-01"), 1865)])
    assert drive.per_day == pytest.approx(30)
    assert [reading.mileage for reading in drive.used] == [5, 1865]


@pytest.fixture
def car(store, defaults):
    """Maintained on 2026-06-30 at 17,200 km, about 40 km a day: 27,200 km would be reached 250 days on, the half year is up first."""
    vehicle = make_vehicle(store, brand="Brand", power="fuel")
    for day, mileage in STEADY:
        at = NOW.replace(year=on(day).year, month=on(day).month, day=on(day).day)
        make_handed_over(store, at=at, vehicle=vehicle, mileage=mileage, kind=Visit.Kind.MAINTENANCE)
    return vehicle


def test_what_is_reached_first_decides(car):
    assert (estimate_of(car).by_mileage, estimate_of(car).due_on) == (on("2027-03-07"), on("2026-12-30"))
    MaintenanceInterval.objects.create(brand="brand", first_km=3000, first_months=3, every_km=5000, every_months=12, valid_from=on("2026-01-01"))
    assert (estimate_of(car).due_mileage, estimate_of(car).due_on) == (22_200, on("2026-11-02"))


def test_the_interval_of_brand_and_power_goes_before_the_general_one_and_a_newer_before_an_older(car):
    numbers = {"first_km": 1, "first_months": 1, "every_months": 1}
    for every_km, given in enumerate([{"brand": "Brand"}, {"power": "fuel"}, {"brand": "Brand", "power": "fuel"}, {"brand": "Other"}], start=1):
        MaintenanceInterval.objects.create(every_km=every_km, valid_from=on("2020-01-01"), **given, **numbers)
    assert MaintenanceInterval.objects.all().fitting(car, on("2026-11-18")).every_km == 3
    MaintenanceInterval.objects.create(brand="Brand", power="fuel", every_km=9, valid_from=on("2026-10-01"), **numbers)
    assert [MaintenanceInterval.objects.all().fitting(car, on(day)).every_km for day in ("2026-09-30", "2026-10-01")] == [3, 9]


def test_a_new_car_is_due_for_its_first_service(store, defaults):
    """FU12."""
    estimate = estimate_of(make_vehicle(store, delivered_on=on("2026-10-01")))
    assert (estimate.is_first, estimate.due_mileage, estimate.due_on) == (True, 5000, on("2027-04-01"))


def test_a_car_nobody_knows_anything_of_has_no_estimate(store, defaults):
    assert estimate_of(make_vehicle(store)) is None


def test_the_page_prints_the_basis_and_marks_what_is_left_out(car, agent, page):
    """FU12, AR2."""
    make_handed_over(car.store, at=NOW, vehicle=car, mileage=900, kind=Visit.Kind.REPAIR)
    shown = page(agent).get(f"/vehicles/{car.pk}/mileage/").content.decode()
    assert "Last maintenance 2026-06-30 at 17,200 km." in shown
    assert "About 1,217 km a month by 4 readings from 2026-01-01 to 2026-06-30." in shown
    assert "27,200 km about 2027-03-07; by time 2026-12-30." in shown
    assert shown.count("Does not fit the others") == 1


def test_a_lower_reading_is_asked_about_and_replaces_nothing(car, agent, page):
    """AR2."""
    car.read_mileage(17_200, on("2026-06-30"))
    client, sent = page(agent), {"mileage": "1800", "read_on": "2026-11-01"}
    assert "replaces nothing" in str(client.post(f"/vehicles/{car.pk}/mileage/", sent).context["form"].errors)
    assert client.post(f"/vehicles/{car.pk}/mileage/", sent | {"confirmed": "on"}).status_code == 302
    car.refresh_from_db()
    assert (car.mileage, car.mileage_readings.get().mileage) == (17_200, 1800)


def test_a_correction_says_why_and_stands(car, agent, page):
    """AR2."""
    car.read_mileage(172_000, on("2026-06-30"))
    page(agent).post(f"/vehicles/{car.pk}/mileage/", {"mileage": "17300", "read_on": "2026-11-01", "corrects": "Typing error"})
    car.refresh_from_db()
    assert (car.mileage, car.mileage_on) == (17_300, on("2026-11-01"))
    assert Event.objects.get().particulars == {"mileage": 17_300, "on": "2026-11-01", "is_backward": False, "corrects": "Typing error"}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"mileage": ""}, "mileage"), ({"mileage": "2000001"}, "mileage"), ({"read_on": "2099-01-01"}, "read_on"), ({"mileage": "x"}, "mileage")],
)
def test_a_wrong_reading_names_its_field(car, agent, page, given, field):
    answer = page(agent).post(f"/vehicles/{car.pk}/mileage/", {"mileage": "20000", "read_on": "2026-11-01"} | given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not car.mileage_readings.exists()


def due_of(car):
    car.refresh_from_db()
    return car.next_maintenance_on


def test_the_night_fills_in_what_nobody_has_set_and_only_looks_at_news(car, django_assert_num_queries):
    """FU12."""
    assert (estimate_maintenance(), due_of(car)) == (1, on("2026-12-30"))
    with django_assert_num_queries(1):
        assert estimate_maintenance() == 0
    make_handed_over(car.store, at=NOW, vehicle=car, mileage=22_900, kind=Visit.Kind.MAINTENANCE)
    assert (estimate_maintenance(), due_of(car)) == (1, on("2027-05-18"))


def test_a_day_agreed_with_the_customer_is_left_alone(car, advisor):
    car.expect_maintenance(on("2027-01-20"), by=advisor)
    assert (estimate_maintenance(), due_of(car)) == (0, on("2027-01-20"))
    Vehicle.objects.filter(pk=car.pk).update(next_maintenance_on=None)
    assert (estimate_maintenance(), due_of(car)) == (1, on("2026-12-30"))
    car.expect_maintenance(on("2026-12-30"), by=advisor)
    assert due_of(car) and car.maintenance_estimated_at is None


def test_a_new_interval_moves_the_estimates_of_the_next_night(car, administrator, page):
    estimate_maintenance()
    given = {"brand": "Brand", "power": "", "first_km": "5000", "first_months": "6", "every_km": "10000", "every_months": "9", "valid_from": "2026-01-01"}
    assert page(administrator).post("/settings/maintenance-intervals/new/", given).status_code == 302
    assert (estimate_maintenance(), due_of(car)) == (1, on("2027-03-07"))
    assert Event.objects.filter(code="setting.created").exists()


def test_hand_over_suggests_the_estimated_day_with_its_basis(car, advisor, page):
    """S2-10."""
    car.store.visits.update(mileage=17_200)
    here = car.visits.order_by("-arrived_at").first()
    Visit.objects.filter(pk=here.pk).update(status="in_shop", stage="ready", handed_over_at=None)
    form = page(advisor).get(f"/visits/{here.pk}/hand_over/").context["form"]
    assert "Last maintenance" in form.fields["next_maintenance_on"].help_text
    assert form["next_maintenance_on"].value() > car.store.today() + timedelta(days=30)
