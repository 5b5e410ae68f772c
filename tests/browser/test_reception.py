"""Tour, step 4: the advisor's desk and the seller's delivery plan the calls by themselves (S3-16, S4-02 to S4-04)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from followups.models import FollowUp
from tests.factories import NOW, make_customer, make_handed_over, make_vehicle, make_visit
from visits.models import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def car(store, defaults, wednesday):
    owner = make_customer(store, name="王示例", phone="13912345678")
    vehicle = make_vehicle(store, owner, plate="沪A9K871", vin="LATPAB071W1005301", mileage=21000)
    make_handed_over(store, vehicle=vehicle, at=wednesday.replace(month=8))
    return vehicle


@pytest.fixture
def here(car, advisor):
    """The car is in the shop."""
    return make_visit(car.store, car, arrived_at=NOW - timedelta(hours=1), advisor=advisor, mileage=26500, stage="ready")


@pytest.fixture
def handed_over(here, advisor):
    here.hand_over(by=advisor)
    return here


@pytest.mark.parametrize("tail", ["K871", "005301", "5678"])
def test_an_advisor_finds_a_car_by_a_tail_and_opens_it_with_one_key(window, advisor, car, tail):
    tab = window(advisor)
    tab.goto("/reception/")
    # The browser sets the focus while it draws; keys pressed earlier would be lost.
    expect(tab.get_by_label("Find car or customer")).to_be_focused()
    tab.keyboard.type(tail)
    tab.get_by_role("link", name="Log visit").wait_for()
    tab.keyboard.press("Tab")
    tab.keyboard.press("1")
    expect(tab).to_have_url(re.compile(rf"/visits/new/\?vehicle={car.pk}$"))


def test_an_advisor_logs_a_visit_in_four_fields(window, picture, advisor, car):
    tab = window(advisor, width=360)
    tab.goto(f"/visits/new/?vehicle={car.pk}")
    tab.get_by_label("Visit type").select_option(label="Scheduled maintenance")
    tab.get_by_label("Mileage").fill("26500")
    tab.get_by_label("What the customer says").fill("Service light is on")
    picture(tab)
    tab.get_by_role("button", name="Log visit").click()
    expect(tab.get_by_text("is logged")).to_be_visible()
    visit = Visit.objects.in_shop().get()
    assert (visit.vehicle, visit.mileage, visit.symptom, visit.advisor) == (car, 26500, "Service light is on", advisor)


def test_handing_over_plans_the_call_after_three_working_days(window, picture, advisor, here):
    tab = window(advisor)
    tab.goto(here.get_absolute_url())
    tab.keyboard.press("h")
    tab.get_by_label("Labour").fill("300")
    tab.get_by_label("Parts").fill("420.50")
    tab.get_by_role("button", name="Hand over").click()
    expect(tab.get_by_text("The car has been handed over.")).to_be_visible()
    picture(tab)
    call = FollowUp.objects.get(visit=here)
    assert (call.plan.code, call.due_at.isoformat()) == ("service-3wd", "2026-11-23T02:00:00+00:00")


def test_the_call_says_why_it_is_due_on_monday(window, picture, agent, handed_over):
    tab = window(agent)
    tab.goto(FollowUp.objects.get(visit=handed_over).get_absolute_url())
    tab.get_by_text("How it is counted").first.click()
    picture(tab)
    for step in ("19, 20 Nov count", "21–22 Nov: weekend", "23 Nov counts"):
        expect(tab.locator("details.more[open]")).to_contain_text(step)


def test_a_delivery_plans_letter_and_two_calls(window, picture, salesperson, car):
    tab = window(salesperson)
    tab.goto(f"/deliveries/new/?vehicle={car.pk}")
    picture(tab, "form")
    tab.get_by_role("button", name="Record delivery").click()
    expect(tab.get_by_text("The delivery is recorded.")).to_be_visible()
    picture(tab)
    planned = FollowUp.objects.filter(delivery__vehicle=car).order_by("plan__code")
    # Hours keep the minute of the delivery, 10:00 in Shanghai; days do so too.
    assert [(each.plan.code, each.role, each.assignee, f"{each.due_at:%m-%d %H}") for each in planned] == [
        ("delivery-24h", "sales_manager", None, "11-19 02"),
        ("delivery-7d", "salesperson", salesperson, "11-25 02"),
        ("thank-you-letter", "salesperson", salesperson, "11-19 02"),
    ]
