"""VI3, S1-04, S4-16: a car that is back with the trouble of an earlier visit is flagged at opening, linked, judged, never refused outright."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from common.errors import Conflict
from kpis.models import DirtyDay
from notifications.models import Notification
from tests.factories import make_user, make_vehicle, make_visit
from visits.models import OrderItem, Visit
from visits.warranty import WorkClass

BRAKES = {"symptom": "低速刹车时有吱吱声", "work": "更换前制动片"}


@pytest.fixture
def handed_over(car):
    """Return a function that makes an earlier repair of the car, handed over so many days ago at 10,000 km."""

    def make(days=10, **fields):
        at = timezone.now() - timedelta(days=days)
        times = {"arrived_at": at - timedelta(hours=2), "promised_at": at, "handed_over_at": at}
        return make_visit(car.store, fields.pop("vehicle", car), status="handed_over", **{"kind": "repair", "mileage": 10000, **times, **BRAKES, **fields})

    return make


def opened(car, advisor, symptom="刹车还是有吱吱声", **fields):
    visit = Visit(store=car.store, customer=car.customer, vehicle=car, **{"kind": "repair", "mileage": 15000, "symptom": symptom, **fields})
    return visit.create(by=advisor)


@pytest.fixture
def comeback(car, handed_over, advisor):
    handed_over()
    return opened(car, advisor)


def test_the_same_trouble_is_flagged_and_linked(car, handed_over, advisor, service_manager, page):
    first = handed_over()
    page(advisor).post(f"/visits/new/?vehicle={car.pk}", {"kind": "repair", "mileage": "10500", "symptom": "刹车有吱吱声", "promised_at": "2099-01-01T10:00"})
    visit = Visit.objects.in_shop().get()
    assert (visit.comeback_of, visit.comeback_cause) == (first, "")
    assert Event.objects.get(code="visit.comeback_flagged").particulars["original_number"] == first.number
    assert Notification.objects.get(user=service_manager).code == "visit.comeback_flagged"
    assert "This looks like a comeback of" in page(advisor).get(f"/visits/{visit.pk}/").content.decode()


@pytest.mark.parametrize(
    ("days", "mileage", "is_comeback"),
    [(29, 20000, True), (31, 20000, False), (31, 11000, True), (31, 11001, False), (31, None, False), (300, 10999, True)],
)
def test_within_30_days_or_1000_km(car, handed_over, advisor, days, mileage, is_comeback):
    """VI3: whichever of the two still holds."""
    handed_over(days)
    assert (opened(car, advisor, mileage=mileage).comeback_of_id is not None) is is_comeback


@pytest.mark.parametrize(
    ("symptom", "is_comeback"),
    [("刹车异响", True), ("制动时有抖动", True), ("低速刹车时有吱吱声", True), ("空调不够凉", False), ("到期保养", False), ("", False)],
)
def test_the_same_symptom_or_operation_group(car, handed_over, advisor, symptom, is_comeback):
    handed_over()
    assert (opened(car, advisor, symptom=symptom).comeback_of_id is not None) is is_comeback


def test_the_group_of_a_line_on_the_order_counts(car, handed_over, advisor):
    OrderItem.objects.create(visit=handed_over(symptom="", work=""), name="Line", group="climate", amount=100)
    assert opened(car, advisor, symptom="空调不够凉").comeback_of is not None


def test_another_car_and_plain_maintenance_are_no_comebacks(car, handed_over, advisor):
    handed_over(symptom="到期保养", work="更换机油、机滤", kind="maintenance")
    handed_over(vehicle=make_vehicle(car.store))
    assert opened(car, advisor, symptom="到期保养", kind="maintenance").comeback_of is None


def test_work_under_warranty_by_law_comes_back_as_a_comeback(car, handed_over, advisor):
    """Domain 3.6: an assembly repair is guaranteed for 100 days or 20,000 km."""
    handed_over(99, work_class=WorkClass.OVERHAUL)
    assert opened(car, advisor, mileage=29000).comeback_of is not None


@pytest.mark.parametrize(("cause", "needs_words"), [("repair", False), ("part", True), ("operation", True)])
def test_blaming_part_or_driver_needs_an_explanation(comeback, advisor, page, api, cause, needs_words):
    """S4-16: repair fault: apologise and act; parts or operation: explain."""
    answer = page(advisor).post(f"/visits/{comeback.pk}/judge_comeback/", {"cause": cause})
    assert answer.status_code == (422 if needs_words else 302)
    given = {"cause": cause, "explanation": "Stones in the pads"}
    body = api(advisor).post(f"/api/v1/visits/{comeback.pk}/judge_comeback/", given).json()
    assert (body["comeback_cause"], body["comeback_explanation"]) == (cause, "Stones in the pads")


def test_another_fault_takes_the_link_away(comeback, advisor):
    comeback.judge_comeback("other", by=advisor)
    comeback.refresh_from_db()
    assert (comeback.comeback_of, comeback.comeback_cause) == (None, "")
    with pytest.raises(Conflict):
        comeback.judge_comeback("repair", by=advisor)


def test_a_comeback_is_never_refused_outright(comeback, advisor, page):
    """S4-16."""
    answer = page(advisor).post(f"/visits/{comeback.pk}/cancel/", {"reason": "Not our fault"})
    assert (answer.status_code, "never refused outright" in answer.content.decode()) == (409, True)
    comeback.judge_comeback("operation", by=advisor, explanation="Kerb")
    comeback.cancel(by=advisor, reason="The customer drives on")
    assert comeback.status == "cancelled"


def test_the_days_of_both_visits_are_counted_again(car, handed_over, advisor):
    """S1-04: the first-time fix of the hand-over day changes long after it."""
    first = handed_over()
    DirtyDay.objects.all().delete()
    opened(car, advisor)
    assert car.store.local(first.handed_over_at).date() in DirtyDay.objects.values_list("date", flat=True)


def test_strangers_and_people_without_the_right(comeback, other_store, agent, page, api):
    foreign = make_user("otto", "service_advisor", other_store)
    address = f"/visits/{comeback.pk}/judge_comeback/"
    assert (page(foreign).post(address).status_code, page(agent).post(address).status_code) == (404, 403)
    assert (api(foreign).post(f"/api/v1{address}").status_code, api(agent).post(f"/api/v1{address}").status_code) == (404, 403)
