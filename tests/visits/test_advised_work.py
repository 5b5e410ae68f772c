"""VI4: advised work is remembered, comes up at the next reception and in calls, and is closed only by the customer's decision."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from tests.factories import make_followup, make_vehicle, make_visit, on
from visits.models import AdvisedWork, Visit


@pytest.fixture
def item(car):
    return AdvisedWork.objects.create(store=car.store, vehicle=car, text="Brake pads", due_on=on("2026-12-31"))


def test_it_is_advised_on_the_visit_page(here, advisor, page):
    """VI4: with the visit, severity, day or mileage and a price."""
    given = {"text": "Tyres", "severity": "safety", "origin": "inspection", "due_mileage": "20000", "price_hint": "1600"}
    assert page(advisor).post(f"/advised-work/new/?visit={here.pk}", given).url == here.get_absolute_url()
    item = AdvisedWork.objects.get()
    assert (item.visit, item.vehicle, item.severity, item.due_mileage, item.advised_by) == (here, here.vehicle, "safety", 20000, advisor)
    assert Event.objects.get().code == "advised_work.created"


def test_it_needs_a_day_or_a_mileage(here, advisor, page, api):
    answer = page(advisor).post(f"/advised-work/new/?visit={here.pk}", {"text": "Tyres", "severity": "soon", "origin": "advisor"})
    assert "Say when it is due" in str(answer.context["form"].errors)
    refused = api(advisor).post("/api/v1/advised-work/", {"vehicle": here.vehicle_id, "text": "Tyres"})
    assert (refused.status_code, AdvisedWork.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("fields", "is_due"),
    [
        ({"due_on": -1}, True),
        ({"due_on": 0}, True),
        ({"due_on": 1}, False),
        ({"due_mileage": 10000}, True),
        ({"due_mileage": 10001}, False),
        ({"due_on": 1, "due_mileage": 9000}, True),
    ],
)
def test_it_is_due_by_day_or_by_mileage(car, fields, is_due):
    today = car.store.today()
    given = {name: today + timedelta(days=value) if name == "due_on" else value for name, value in fields.items()}
    item = AdvisedWork.objects.create(store=car.store, vehicle=car, text="Tyres", **given)
    assert (item.is_due, AdvisedWork.objects.due(today).exists()) == (is_due, is_due)


@pytest.mark.parametrize("address", ["/reception/?q=9K871", "/visits/new/?vehicle={car}", "/vehicles/{car}/", "/visits/{visit}/", "/customers/{customer}/"])
def test_it_comes_up_at_the_next_reception(item, here, advisor, page, address):
    """VI4: in the find box, on the order form, on car, customer and repair order."""
    html = page(advisor).get(address.format(car=item.vehicle_id, visit=here.pk, customer=here.customer_id)).content.decode()
    assert "Brake pads" in html


def test_it_comes_up_in_a_call(item, agent, page):
    """VI4."""
    followup = make_followup(item.store, customer=item.vehicle.customer)
    assert "Brake pads" in page(agent).get(f"/followups/{followup.pk}/").content.decode()


def test_done_here_links_the_visit(item, here, advisor, page):
    answer = page(advisor).post(f"/advised-work/{item.pk}/do_here/", {"visit": here.pk})
    item.refresh_from_db()
    assert (answer.url, item.status, item.done_in, item.closed_by) == (here.get_absolute_url(), "done_here", here, advisor)
    assert Event.objects.get().particulars == {"text": "Brake pads", "visit": here.pk, "number": here.number}


@pytest.mark.parametrize("verb", ["do_elsewhere", "refuse"])
def test_the_customers_word_needs_a_reason(item, agent, page, api, verb):
    """VI4: over the phone, too."""
    assert page(agent).post(f"/advised-work/{item.pk}/{verb}/", {"reason": " "}).status_code == 422
    assert api(agent).post(f"/api/v1/advised-work/{item.pk}/{verb}/", {"reason": "Sells the car"}).status_code == 200
    item.refresh_from_db()
    assert (item.is_open, item.reason, item.closed_by) == (False, "Sells the car", agent)


def test_a_closed_item_stays_closed_and_comes_up_no_more(item, here, advisor, page):
    item.refuse("Too dear", by=advisor)
    stale = AdvisedWork.objects.get()
    stale.status = AdvisedWork.Status.OPEN
    with pytest.raises(Conflict):
        stale.do_here(here, by=advisor)
    assert "Brake pads" not in page(advisor).get(f"/visits/{here.pk}/").content.decode()


def test_it_is_not_done_in_a_visit_of_another_car_or_a_cancelled_one(item, store, here, advisor):
    with pytest.raises(DomainError, match="another car"):
        item.do_here(make_visit(store, make_vehicle(store)), by=advisor)
    here.status = Visit.Status.CANCELLED
    with pytest.raises(DomainError, match="cancelled"):
        item.do_here(here, by=advisor)


def test_an_agent_neither_advises_nor_does(item, here, agent, page, api):
    with pytest.raises(NotAllowed):
        item.do_here(here, by=agent)
    assert page(agent).get(f"/advised-work/new/?visit={here.pk}").status_code == 403
    assert api(agent).post(f"/api/v1/advised-work/{item.pk}/do_here/", {"visit": here.pk}).status_code == 403


def test_a_stranger_meets_nothing(item, other_advisor, page, api):
    assert page(other_advisor).get(item.get_absolute_url()).status_code == 404
    assert page(other_advisor).get(f"/advised-work/new/?vehicle={item.vehicle_id}").status_code == 404
    assert api(other_advisor).get("/api/v1/advised-work/").json()["count"] == 0


def test_the_api_advises_and_closes_alike(here, advisor, api):
    client = api(advisor)
    made = client.post("/api/v1/advised-work/", {"vehicle": here.vehicle_id, "visit": here.pk, "text": "Tyres", "due_on": "2026-12-31"}).json()
    done = client.post(f"/api/v1/advised-work/{made['id']}/do_here/", {"visit": here.pk}).json()
    assert (made["status"], done["status"], done["done_in"], done["advised_by"]) == ("open", "done_here", here.pk, advisor.pk)


@pytest.mark.parametrize(
    ("query", "count"), [("", 3), ("due=yes", 1), ("due=no", 2), ("severity=safety", 1), ("status=refused", 1), ("due_to=2026-12-31", 1), ("q=9K871", 3)]
)
def test_the_list_is_filtered(item, car, advisor, page, query, count):
    AdvisedWork.objects.create(store=car.store, vehicle=car, text="Tyres", severity="safety", due_mileage=9000)
    AdvisedWork.objects.create(store=car.store, vehicle=car, text="Wipers", status="refused", due_mileage=99000)
    assert len(page(advisor).get(f"/advised-work/?{query}").context["page_obj"]) == count


def test_the_list_stays_within_its_queries(car, advisor, page, django_assert_max_num_queries):
    for _number in range(20):
        AdvisedWork.objects.create(store=car.store, vehicle=car, text="Tyres", due_on=timezone.localdate())
    client = page(advisor)
    with django_assert_max_num_queries(10):
        client.get("/advised-work/")
