"""AR2: the plates a car had before: from, until; closed by hand, by files and by the API; found and named as former ones."""

import pytest

from activity.models import Event
from customers.models import PastPlate
from customers.search import find
from tests.factories import make_customer, make_user, make_vehicle, make_visit, on

OLD, NEW = "沪A12345", "沪AD12345"
TODAY = on("2026-11-18")


@pytest.fixture(autouse=True)
def standing_clock(time_machine):
    time_machine.move_to("2026-11-18T02:00:00Z", tick=False)


@pytest.fixture
def car(store):
    return make_vehicle(store, make_customer(store, name="王示例"), plate=OLD, registered_on=on("2024-03-01"))


def past(car):
    return [(each.plate, each.since, each.until) for each in car.past_plates.all()]


def test_another_plate_closes_the_time_of_the_old_one(car, agent, time_machine):
    car.edit(by=agent, plate=NEW, model="B")
    assert past(car) == [(OLD, on("2024-03-01"), TODAY)]
    time_machine.move_to("2026-12-01T02:00:00Z", tick=False)
    car.edit(by=agent, plate="沪B00001")
    assert past(car) == [(NEW, TODAY, on("2026-12-01")), (OLD, on("2024-03-01"), TODAY)]


def test_a_day_of_registration_after_the_fact_is_no_beginning(car, agent):
    """The new plate often comes with the new day of registration."""
    car.edit(by=agent, plate=NEW, registered_on=TODAY)
    assert past(car) == [(OLD, on("2024-03-01"), TODAY)]


def test_a_first_plate_closes_nothing_and_a_plate_given_back_does(store, agent):
    """未上牌 is legal, before and after."""
    car = make_vehicle(store, plate="")
    car.edit(by=agent, plate=NEW)
    assert past(car) == []
    car.edit(by=agent, plate="")
    assert past(car) == [(NEW, None, TODAY)]


def test_page_and_api_close_it_and_the_page_shows_it(car, agent, page, api):
    page(agent).post(f"/vehicles/{car.pk}/edit/", {"plate": NEW, "vin": car.vin, "seen": ""})
    car.refresh_from_db()
    assert (car.plate, len(past(car))) == (NEW, 1)
    found = api(agent).patch(f"/api/v1/vehicles/{car.pk}/", {"plate": "沪B00001"}, format="json").json()
    assert found["plate"] == "沪B00001"
    found = api(agent).get(f"/api/v1/vehicles/{car.pk}/").json()
    assert found["past_plates"] == [{"plate": NEW, "since": "2026-11-18", "until": "2026-11-18"}, {"plate": OLD, "since": "2024-03-01", "until": "2026-11-18"}]
    text = page(agent).get(f"/vehicles/{car.pk}/").content.decode()
    assert all(plate in text for plate in (OLD, NEW, "沪B00001"))


def test_former_plates_are_masked_like_the_present_one(car, agent, store_manager, page, api):
    """SE2."""
    car.edit(by=agent, plate=NEW)
    text = page(store_manager).get(f"/vehicles/{car.pk}/").content.decode()
    assert OLD not in text and "沪A***45" in text
    assert api(store_manager).get(f"/api/v1/vehicles/{car.pk}/").json()["past_plates"][0]["plate"] == "沪A***45"


@pytest.mark.parametrize(("text", "reason"), [("沪A12345", "Former plate"), ("沪a·12345", "Former plate"), ("a12345", "End of a former plate")])
def test_search_finds_a_former_plate_and_says_so(car, agent, stranger, text, reason):
    """UX9, T7."""
    car.edit(by=agent, plate="沪B00001")
    (hit,) = find(agent, text)
    assert (hit.vehicle, str(hit.reason)) == (car, reason)
    assert find(stranger, text) == []


def test_opened_at_once_the_page_says_so(car, agent, page):
    car.edit(by=agent, plate=NEW)
    assert "Found by a former plate" in page(agent).get("/search/", {"q": "沪A12345"}, follow=True).content.decode()


def test_who_has_the_plate_now_comes_first(car, store, agent):
    car.edit(by=agent, plate=NEW)
    now = make_vehicle(store, plate=OLD)
    assert [(hit.vehicle, str(hit.reason)) for hit in find(agent, OLD)] == [(now, "Plate"), (car, "Former plate")]


def test_lists_of_cars_and_visits_narrow_by_it(car, store, agent, page):
    visit = make_visit(store, car)
    make_visit(store)
    car.edit(by=agent, plate=NEW)
    assert list(page(agent).get("/vehicles/", {"q": OLD}).context["page_obj"]) == [car]
    assert list(page(agent).get("/visits/", {"q": OLD}).context["page_obj"]) == [visit]


def test_a_typing_error_is_struck_out(car, agent, store_manager, stranger, page):
    car.edit(by=agent, plate=NEW)
    address = f"/past_plates/{PastPlate.objects.get().pk}/remove/"
    assert page(stranger).post(address).status_code == 404
    assert page(store_manager).post(address).status_code == 403
    assert page(agent).get(address).status_code == 405
    page(agent).post(address)
    assert past(car) == []
    assert Event.objects.latest("pk").code == "vehicle.plate_struck"


def test_the_page_of_a_car_stays_within_twelve_queries(car, agent, page, django_assert_max_num_queries):
    car.edit(by=agent, plate=NEW)
    car.transfer(make_customer(car.store), by=agent)
    client = page(make_user("amber", "service_advisor", car.store))
    with django_assert_max_num_queries(12):
        client.get(f"/vehicles/{car.pk}/")
