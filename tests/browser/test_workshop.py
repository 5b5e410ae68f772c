"""Reception to hand-over through every step (S4-11 to S4-15), and the live workshop board (S2-42, S1-03)."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from tests.factories import make_customer, make_user, make_vehicle, make_visit
from visits.models import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def technicians(store):
    return [make_user(name, Role.TECHNICIAN, store) for name in ("tom", "theo")]


@pytest.fixture
def inspector(store):
    return make_user("ina", Role.INSPECTOR, store)


@pytest.fixture
def car(store, defaults):
    return make_vehicle(store, make_customer(store, name="王示例"), plate="沪A9K871", mileage=21000)


def receive(tab, car):
    tab.goto(f"/visits/new/?vehicle={car.pk}")
    tab.get_by_label("Visit type").select_option(label="General repair")
    tab.get_by_label("Mileage").fill("26500")
    tab.get_by_label("What the customer says").fill("刹车异响")
    tab.get_by_text("Inquiry about the fault").click()
    tab.get_by_label("How often").select_option(label="constantly")
    tab.get_by_role("button", name="Log visit").click()
    tab.get_by_text("is logged").wait_for()
    return Visit.objects.get()


def sign_and_start(tab, technician):
    tab.get_by_role("link", name="The customer signs").click()
    tab.get_by_role("button", name="The customer signs").click()
    tab.get_by_role("link", name="Start the work").click()
    tab.get_by_label("Bay").fill("3")
    tab.get_by_role("checkbox", name=technician.name).check()
    tab.get_by_role("button", name="Start the work").click()
    tab.get_by_text("The work has begun.").wait_for()


def sign_check(tab, visit, level):
    tab.goto(visit.get_absolute_url())
    tab.keyboard.press("k")
    tab.locator("select[name=level]").select_option(label=level)
    tab.get_by_label("Passed").check()
    tab.get_by_role("button", name="Sign check").click()
    tab.get_by_text("The check is signed.").wait_for()


def inspect(tab, visit, result, findings=""):
    tab.goto(visit.get_absolute_url())
    tab.keyboard.press("s")
    tab.get_by_label(result).check()
    tab.get_by_label("Findings").fill(findings)
    tab.get_by_role("button", name="Final inspection").click()


def add_work(tab):
    tab.keyboard.press("a")
    tab.get_by_label("Added repair items").fill("更换制动片")
    tab.get_by_label("Amount agreed to").fill("480")
    tab.get_by_label("Agreed by").fill("王示例")
    tab.get_by_role("button", name="Add work").click()
    tab.get_by_text("Added with the customer's consent.").wait_for()


def to_inspection(tabs, visit):
    sign_check(tabs[0], visit, "Self-check")
    sign_check(tabs[1], visit, "Mutual check")
    tabs[1].keyboard.press("s")
    tabs[1].get_by_text("The car waits for its final inspection.").wait_for()


def test_a_car_goes_from_reception_to_hand_over_through_every_step(window, picture, advisor, technicians, inspector, car):
    desk, *shop, hall = window(advisor), *map(window, technicians), window(inspector)
    visit = receive(desk, car)
    sign_and_start(desk, technicians[0])
    add_work(desk)
    to_inspection(shop, visit)
    inspect(hall, visit, "Failed: do it again", "Wheel bolts loose")
    hall.get_by_text("The car goes back to the workshop.").wait_for()
    to_inspection(shop, visit)
    inspect(hall, visit, "Passed")
    hall.get_by_text("The car is ready.").wait_for()
    desk.goto(visit.get_absolute_url())
    picture(desk, "ready")
    desk.keyboard.press("h")
    desk.get_by_label("Labour").fill("240")
    desk.get_by_role("button", name="Hand over").click()
    expect(desk.get_by_text("The car has been handed over.")).to_be_visible()
    visit.refresh_from_db()
    assert (visit.status, visit.checks.count(), visit.checks.failed().count()) == ("handed_over", 6, 1)


def test_the_board_follows_the_workshop_without_reload(window, picture, store, advisor, technicians):
    """S2-42: a wall screen that nobody touches."""
    visit = make_visit(store, arrived_at=timezone.now(), promised_at=None)
    visit.start_repair(by=advisor, bay="Bay 7", technicians=technicians[:1])
    wall = window(advisor, width=1920)
    wall.goto("/board/?wall=dark")
    expect(wall.locator(f"#car-{visit.pk}")).to_contain_text("In repair")
    wall.evaluate("window.untouched = true")
    visit.wait_for_parts("Water pump", by=technicians[0])
    expect(wall.locator(f"#car-{visit.pk}")).to_contain_text("Water pump", timeout=25_000)
    assert wall.evaluate("window.untouched") is True
    picture(wall)


def test_the_customer_opens_the_link_on_a_phone(window, picture, advisor, technicians, car):
    """S1-03."""
    visit = make_visit(car.store, car, advisor=advisor, arrived_at=timezone.now(), promised_at=None)
    visit.start_repair(by=advisor, bay="3", technicians=technicians[:1])
    phone = window(width=360)
    phone.goto(f"/v/{visit.share(by=advisor)}/")
    expect(phone.locator("[aria-current=step]")).to_contain_text("In repair")
    picture(phone)
