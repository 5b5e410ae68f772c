import pytest

from activity.models import Event
from tests.factories import make_handed_over, make_user
from visits.models import Visit


def test_the_order_is_completed_while_the_car_is_here(here, advisor, page):
    given = {"kind": "repair", "mileage": "12500", "technician": "T", "inquiry_engine": "cold"}
    answer = page(advisor).post(f"/visits/{here.pk}/edit/", given)
    assert answer.url == f"/visits/{here.pk}/"
    here.refresh_from_db()
    assert (here.kind, here.mileage, here.technician, here.inquiry) == ("repair", 12500, "T", {"engine": "cold"})
    event = Event.objects.get()
    assert (event.code, event.particulars["fields"]) == ("visit.edited", ["inquiry", "kind", "mileage", "technician"])
    here.vehicle.refresh_from_db()
    assert here.vehicle.mileage == 12500


def test_the_form_keeps_an_advisor_who_has_left(here, advisor, page):
    gone = make_user("gone", is_active=False)
    Visit.objects.filter(pk=here.pk).update(advisor=gone)
    client = page(advisor)
    form = client.get(f"/visits/{here.pk}/edit/").context["form"]
    assert form["advisor"].value() == gone.pk
    client.post(f"/visits/{here.pk}/edit/", {"kind": here.kind, "advisor": gone.pk, "bay": "2"})
    here.refresh_from_db()
    assert (here.advisor, here.bay) == (gone, "2")


def test_a_car_handed_over_is_not_edited_any_more(car, advisor, page, api):
    visit = make_handed_over(car.store, vehicle=car)
    assert page(advisor).post(f"/visits/{visit.pk}/edit/", {"kind": "repair"}).status_code == 409
    assert api(advisor).patch(f"/api/v1/visits/{visit.pk}/", {"bay": "2"}).status_code == 409


def test_strangers_and_people_without_the_right(here, other_advisor, agent, page, api):
    assert page(other_advisor).get(f"/visits/{here.pk}/edit/").status_code == 404
    assert api(other_advisor).patch(f"/api/v1/visits/{here.pk}/", {"bay": "2"}).status_code == 404
    assert page(agent).get(f"/visits/{here.pk}/edit/").status_code == 403
    assert api(agent).patch(f"/api/v1/visits/{here.pk}/", {"bay": "2"}).status_code == 403


def test_the_api_agrees(here, advisor, api):
    assert api(advisor).patch(f"/api/v1/visits/{here.pk}/", {"bay": "2"}).json()["bay"] == "2"
    assert Event.objects.get().particulars["fields"] == ["bay"]


@pytest.mark.parametrize("field", ["status", "store", "vehicle", "customer", "number", "promised_at", "arrived_at", "handed_over_at", "total_amount", "score"])
def test_the_api_refuses_what_only_verbs_change(here, advisor, api, field):
    """T23."""
    answer = api(advisor).patch(f"/api/v1/visits/{here.pk}/", {field: "1"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_api_takes_only_advisors_of_the_store(here, other_store, administrator, api):
    elsewhere = make_user("sue", "service_advisor", other_store)
    answer = api(administrator).patch(f"/api/v1/visits/{here.pk}/", {"advisor": elsewhere.pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["advisor"])


def test_items_added_while_the_form_was_open_are_not_overwritten_unseen(here, advisor, page):
    """T46."""
    client, address = page(advisor), f"/visits/{here.pk}/edit/"
    seen = client.get(address).context["form"]["seen"].value()
    here.add_work("brake pads", by=advisor, agreed_by="owner")
    refused = client.post(address, {"kind": here.kind, "work_class": here.work_class, "bay": "2", "seen": seen})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"work", "bay"})
    here.refresh_from_db()
    assert (here.work, here.bay) == ("brake pads", "")
