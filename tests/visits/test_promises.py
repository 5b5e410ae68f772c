"""B13: a promise is an obligation with owner, value and day; it comes up at reception and in calls until it is kept or waived."""

from datetime import timedelta

import pytest

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from notifications.models import Notification
from tests.factories import NOW, make_customer, make_followup, make_handed_over, make_vehicle, make_visit
from tests.world import make_complaint
from visits.models import Promise
from visits.services import note_overdue_promises


@pytest.fixture
def promise(car, advisor):
    due_on = car.store.today() + timedelta(days=10)
    return Promise.objects.create(store=car.store, customer=car.customer, vehicle=car, text="Free wash", owner=advisor, due_on=due_on)


def given(store, who, **fields):
    return {"text": "Free wash", "due_on": (store.today() + timedelta(days=3)).isoformat(), "owner": who.pk, "value": "80", **fields}


@pytest.mark.usefixtures("defaults")
def test_a_promise_made_in_a_complaint_is_on_the_next_repair_order_of_any_car(store, agent, advisor, page):
    """B13: also for another car of the customer."""
    slip = make_complaint(store, make_handed_over(store), agent)
    assert page(agent).post(f"/promises/new/?complaint={slip.pk}", given(store, advisor, vehicle=slip.vehicle_id)).url == slip.get_absolute_url()
    promise = Promise.objects.get()
    assert (promise.origin, promise.vehicle, promise.customer) == (slip, slip.vehicle, slip.customer)
    for order in (make_visit(store, slip.vehicle), make_visit(store, make_vehicle(store, slip.customer))):
        html = page(advisor).get(order.get_absolute_url()).content.decode()
        assert f'action="/promises/{promise.pk}/redeem/"' in html
    assert "Free wash" in page(agent).get(slip.get_absolute_url()).content.decode()


def test_a_promise_made_in_a_call_comes_up_in_the_next_one(store, agent, page):
    """B13."""
    first = make_followup(store)
    page(agent).post(f"/promises/new/?followup={first.pk}", given(store, agent))
    assert Promise.objects.get().origin == first
    second = make_followup(store, customer=first.customer)
    assert "Free wash" in page(agent).get(second.get_absolute_url()).content.decode()


@pytest.mark.parametrize("address", ["/reception/?q=9K871", "/visits/new/?vehicle={car}", "/visits/new/?customer={customer}", "/customers/{customer}/"])
def test_it_comes_up_at_the_next_reception(promise, advisor, page, address):
    """B13: with another, new car of the customer too."""
    html = page(advisor).get(address.format(car=promise.vehicle_id, customer=promise.customer_id)).content.decode()
    assert "Free wash" in html


def test_who_keeps_it_is_told(store, advisor, agent, page):
    customer = make_customer(store)
    page(agent).post(f"/promises/new/?customer={customer.pk}", given(store, advisor))
    assert [(each.user, each.code) for each in Notification.objects.all()] == [(advisor, "promise.created")]


def test_it_is_kept_at_a_visit(promise, here, agent, advisor, page):
    """B13: by whom, when and at which visit."""
    assert page(advisor).post(f"/promises/{promise.pk}/redeem/", {"visit": here.pk}).url == here.get_absolute_url()
    promise.refresh_from_db()
    assert (promise.status, promise.redeemed_in, promise.closed_by) == ("redeemed", here, advisor)
    assert promise.closed_at is not None
    assert Event.objects.get().particulars == {"text": "Free wash", "number": here.number}


def test_it_is_kept_without_a_visit(promise, agent, page):
    page(agent).post(f"/promises/{promise.pk}/redeem/", {"visit": ""})
    assert Promise.objects.get().status == "redeemed"


def test_it_is_not_kept_at_a_visit_of_somebody_else(promise, store, advisor):
    with pytest.raises(DomainError, match="another customer"):
        promise.redeem(by=advisor, visit=make_visit(store))


def test_only_the_customer_waives_it_and_says_why(promise, agent, page):
    """B13."""
    assert page(agent).post(f"/promises/{promise.pk}/waive/", {"reason": " "}).status_code == 422
    page(agent).post(f"/promises/{promise.pk}/waive/", {"reason": "Sold the car"})
    promise.refresh_from_db()
    assert (promise.status, promise.reason) == ("waived", "Sold the car")


def test_what_is_closed_stays_closed(promise, advisor):
    stale = Promise.objects.get()
    promise.redeem(by=advisor)
    with pytest.raises(Conflict):
        stale.waive("Late", by=advisor)


def test_an_overdue_promise_rings_owner_and_manager_once(promise, advisor, store_manager, store):
    """B13."""
    Promise.objects.update(due_on=store.today(NOW) - timedelta(days=1))
    assert (note_overdue_promises(NOW), note_overdue_promises(NOW)) == (1, 0)
    assert {(each.user, each.code) for each in Notification.objects.all()} == {(advisor, "promise.overdue"), (store_manager, "promise.overdue")}


@pytest.mark.parametrize("days", [0, 1])
def test_on_its_last_day_it_is_not_overdue(promise, store, days):
    Promise.objects.update(due_on=store.today(NOW) + timedelta(days=days))
    assert note_overdue_promises(NOW) == 0


@pytest.mark.parametrize(("field", "value"), [("due_on", "2020-01-01"), ("owner", "stranger"), ("vehicle", "foreign"), ("text", "")])
def test_what_does_not_fit_is_told_at_its_field(store, advisor, stranger, page, field, value):
    customer, words = make_customer(store), {"stranger": stranger.pk, "foreign": make_vehicle(store).pk}
    answer = page(advisor).post(f"/promises/new/?customer={customer.pk}", given(store, advisor, **{field: words.get(value, value)}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_an_origin_out_of_sight_is_404(promise, other_store, agent, page, api):
    foreign = make_followup(other_store)
    assert page(agent).get(f"/promises/new/?followup={foreign.pk}").status_code == 404
    body = given(promise.store, promise.owner, customer=promise.customer_id, origin=f"followup-{foreign.pk}")
    assert list(api(agent).post("/api/v1/promises/", body).json()["errors"]) == ["origin"]


def test_an_auditor_has_no_part_in_it(promise, auditor, other_advisor, page):
    with pytest.raises(NotAllowed):
        promise.redeem(by=auditor)
    assert page(auditor).get("/promises/").status_code == 403
    assert page(other_advisor).get(promise.get_absolute_url()).status_code == 404


def test_the_api_makes_and_keeps_alike(here, advisor, api):
    client = api(advisor)
    body = given(here.store, advisor, customer=here.customer_id, vehicle=here.vehicle_id, origin=f"visit-{here.pk}")
    made = client.post("/api/v1/promises/", body).json()
    assert (made["status"], made["origin"], made["promised_by"], made["value"]) == ("open", f"visit-{here.pk}", advisor.pk, "80.00")
    assert client.post(f"/api/v1/promises/{made['id']}/redeem/", {"visit": here.pk}).json()["redeemed_in"] == here.pk
    assert client.post(f"/api/v1/promises/{made['id']}/waive/", {"reason": "x"}).status_code == 409


@pytest.mark.parametrize(("query", "count"), [("", 2), ("overdue=yes", 1), ("overdue=no", 1), ("status=open", 2), ("q=王示例", 2), ("q=13900000000", 0)])
def test_the_list_is_filtered(promise, advisor, page, query, count):
    yesterday = promise.store.today() - timedelta(days=1)
    Promise.objects.create(store=promise.store, customer=promise.customer, text="Late", owner=advisor, due_on=yesterday)
    assert len(page(advisor).get(f"/promises/?{query}").context["page_obj"]) == count


def test_the_list_stays_within_its_queries(promise, advisor, page, django_assert_max_num_queries):
    for _number in range(20):
        Promise.objects.create(store=promise.store, customer=promise.customer, text="More", owner=advisor, due_on=promise.due_on)
    client = page(advisor)
    with django_assert_max_num_queries(10):
        client.get("/promises/")
