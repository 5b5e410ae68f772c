"""S2-08, S4-13: giving the car back starts the calls after service and settles the promise."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from activity.models import Event
from activity.signals import day_changed
from common.errors import Conflict
from customers.models import Vehicle
from stores.calendar import add_months
from visits.models import Visit
from visits.signals import visit_handed_over


@pytest.fixture
def here(here):
    """The car has passed its final inspection."""
    Visit.objects.filter(pk=here.pk).update(stage="ready")
    here.refresh_from_db()
    return here


@pytest.fixture
def announced():
    """What is announced upwards in the test."""
    heard = []

    def days(sender, store_id, **kwargs):
        heard.append(("days", sorted(kwargs["days"])))

    def handed_over(sender, visit, **kwargs):
        heard.append(("handed over", visit.pk))

    day_changed.connect(days)
    visit_handed_over.connect(handed_over)
    yield heard
    day_changed.disconnect(days)
    visit_handed_over.disconnect(handed_over)


def test_the_car_is_handed_over_with_its_amounts(here, advisor, page):
    answer = page(advisor).post(f"/visits/{here.pk}/hand_over/", {"labour_amount": "200", "parts_amount": "300.50"})
    assert answer.url == f"/visits/{here.pk}/"
    here.refresh_from_db()
    assert here.status == "handed_over"
    assert (here.labour_amount, here.parts_amount, here.total_amount) == (Decimal("200"), Decimal("300.50"), Decimal("500.50"))
    assert timezone.now() - here.handed_over_at < timedelta(minutes=1)
    assert here.is_on_time is True
    event = Event.objects.get(code="visit.handed_over")
    assert event.particulars["on_time"] is True


def test_the_apps_above_are_told(here, advisor, announced):
    here.hand_over(by=advisor)
    # Shortly after midnight the car came the day before.
    assert ("days", sorted({here.store.local(here.arrived_at).date(), here.store.today()})) in announced
    assert ("handed over", here.pk) in announced


def test_the_calls_after_service_are_planned(defaults, here, advisor, page):
    page(advisor).post(f"/visits/{here.pk}/hand_over/", {})
    assert [followup.plan.code for followup in here.followups.select_related("plan")] == ["service-3wd"]


def test_a_car_handed_over_late_is_not_on_time(late, advisor):
    late.hand_over(by=advisor)
    assert late.is_on_time is False


def test_a_given_total_stands(here, advisor):
    here.hand_over(by=advisor, labour_amount=Decimal(200), total_amount=Decimal(150))
    here.refresh_from_db()
    assert here.total_amount == Decimal(150)


def test_a_bill_above_the_told_ceiling_needs_a_second_look(here, advisor, page):
    Visit.objects.filter(pk=here.pk).update(estimate_ceiling=400)
    client = page(advisor)
    given = {"labour_amount": "200", "parts_amount": "300"}
    answer = client.post(f"/visits/{here.pk}/hand_over/", given)
    assert answer.context["form"].errors == {"total_amount": ["The customer was told: not above 400.00."]}
    assert client.post(f"/visits/{here.pk}/hand_over/", given | {"confirmed": "on"}).status_code == 302


def test_a_car_that_is_not_ready_needs_a_second_look(here, advisor, page):
    """S4-14: the final inspection comes before the customer gets the car; he may still insist on taking it."""
    Visit.objects.filter(pk=here.pk).update(stage="in_repair")
    client = page(advisor)
    answer = client.post(f"/visits/{here.pk}/hand_over/", {})
    assert answer.context["form"].errors == {"handed_over_at": ["The final inspection has not been passed; the car is “In repair”."]}
    assert client.post(f"/visits/{here.pk}/hand_over/", {"confirmed": "on"}).status_code == 302
    assert Event.objects.get(code="visit.handed_over").particulars["stage"] == "in_repair"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"labour_amount": "-1"}, "labour_amount"),
        ({"labour_amount": "abc"}, "labour_amount"),
        ({"labour_amount": "99999999999999"}, "labour_amount"),
        ({"handed_over_at": "2020-01-01T10:00"}, "handed_over_at"),
        ({"handed_over_at": "2099-01-01T10:00"}, "handed_over_at"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(here, advisor, page, wrong, field):
    answer = page(advisor).post(f"/visits/{here.pk}/hand_over/", wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    here.refresh_from_db()
    assert here.status == "in_shop"


def test_a_car_is_handed_over_once(here, advisor, page, api):
    twin = Visit.objects.get(pk=here.pk)
    here.hand_over(by=advisor)
    with pytest.raises(Conflict):
        twin.hand_over(by=advisor)
    assert page(advisor).post(f"/visits/{here.pk}/hand_over/", {}).status_code == 409
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/hand_over/").status_code == 409
    assert Event.objects.filter(code="visit.handed_over").count() == 1


def test_strangers_and_people_without_the_right(here, other_advisor, agent, page, api):
    assert page(other_advisor).post(f"/visits/{here.pk}/hand_over/").status_code == 404
    assert api(other_advisor).post(f"/api/v1/visits/{here.pk}/hand_over/").status_code == 404
    assert page(agent).post(f"/visits/{here.pk}/hand_over/").status_code == 403
    assert api(agent).post(f"/api/v1/visits/{here.pk}/hand_over/").status_code == 403


def test_get_changes_nothing(here, advisor, page, api):
    assert page(advisor).get(f"/visits/{here.pk}/hand_over/").status_code == 200
    assert api(advisor).get(f"/api/v1/visits/{here.pk}/hand_over/").status_code == 405
    here.refresh_from_db()
    assert here.status == "in_shop"


def test_the_api_agrees(here, advisor, api):
    at = timezone.now() - timedelta(minutes=10)
    body = api(advisor).post(f"/api/v1/visits/{here.pk}/hand_over/", {"labour_amount": "200.00", "handed_over_at": at.isoformat()}).json()
    assert (body["status"], body["labour_amount"], body["total_amount"]) == ("handed_over", "200.00", "200.00")
    here.refresh_from_db()
    assert here.handed_over_at == at


@pytest.mark.parametrize(
    ("given", "field"), [({"labour_amount": -1}, "labour_amount"), ({"handed_over_at": "2099-01-01T00:00:00Z"}, "handed_over_at"), ({"status": "x"}, "status")]
)
def test_the_api_names_the_field_that_is_wrong(here, advisor, api, given, field):
    answer = api(advisor).post(f"/api/v1/visits/{here.pk}/hand_over/", given)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_next_maintenance_is_suggested_and_kept(here, advisor, page, store, defaults):
    """S2-10: without a new day the car would never be reminded again."""
    client = page(advisor)
    suggested = add_months(store.today(), 6)
    assert client.get(f"/visits/{here.pk}/hand_over/").context["form"]["next_maintenance_on"].value() == suggested
    client.post(f"/visits/{here.pk}/hand_over/", {"next_maintenance_on": suggested.isoformat()})
    here.vehicle.refresh_from_db()
    assert here.vehicle.next_maintenance_on == suggested
    assert Event.objects.get(code="vehicle.edited").particulars == {"fields": ["next_maintenance_on"]}


def test_left_empty_the_day_on_file_stays(here, advisor, page, store):
    Vehicle.objects.filter(pk=here.vehicle_id).update(next_maintenance_on=store.today())
    page(advisor).post(f"/visits/{here.pk}/hand_over/", {"next_maintenance_on": ""})
    here.vehicle.refresh_from_db()
    assert here.vehicle.next_maintenance_on == store.today()


def test_a_next_maintenance_of_today_is_refused_where_it_was_typed(here, advisor, page, api, store):
    today = {"next_maintenance_on": store.today().isoformat()}
    assert list(page(advisor).post(f"/visits/{here.pk}/hand_over/", today).context["form"].errors) == ["next_maintenance_on"]
    assert list(api(advisor).post(f"/api/v1/visits/{here.pk}/hand_over/", today).json()["errors"]) == ["next_maintenance_on"]
    here.refresh_from_db()
    assert here.status == "in_shop"


def test_the_api_notes_the_next_maintenance(here, advisor, api, store):
    day = (store.today() + timedelta(days=90)).isoformat()
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/hand_over/", {"next_maintenance_on": day}).status_code == 200
    here.vehicle.refresh_from_db()
    assert here.vehicle.next_maintenance_on.isoformat() == day


def test_who_went_through_the_finished_work_is_on_file(here, advisor, page, api):
    """S4-15: the advisor stays beside the customer at the acceptance."""
    page(advisor).post(f"/visits/{here.pk}/hand_over/", {"labour_amount": "200", "accepted_by": "王示例"})
    agreement = here.agreements.get()
    assert (agreement.subject, agreement.agreed_by, agreement.amount, agreement.logged_by) == ("car", "王示例", Decimal(200), advisor)
    body = api(advisor).get(f"/api/v1/visits/{here.pk}/").json()
    assert [(each["subject"], each["agreed_by"]) for each in body["agreements"]] == [("car", "王示例")]
