"""Tour, step 6: the nightly reminder reaches the customer's phone, which here is the simulator's inbox (S2-10, FU12)."""

import pytest
from playwright.sync_api import expect

from messaging.outbox import send_due
from messaging.reminders import plan_reminders
from tests.factories import make_customer, make_vehicle, on
from tests.messaging.factories import agree
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.browser
NIGHT, MORNING = instant("2026-11-18 02:30"), instant("2026-11-18 09:31")


@pytest.fixture
def night(store, defaults, time_machine):
    """Two cars are due for maintenance in two weeks; one owner has agreed to be reminded, the other has not."""
    time_machine.move_to(NIGHT, tick=False)
    willing = agree(make_customer(store, name="王示例", gender="male"), at=NIGHT)
    for customer in (willing, make_customer(store, name="李示例")):
        make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    plan_reminders(NIGHT)
    return time_machine


@pytest.mark.parametrize("width", [360, 1440])
def test_a_reminder_arrives_in_the_morning_with_whom_has_agreed(window, picture, night, care_manager, width):
    tab = window(care_manager, width)
    send_due(NIGHT)
    tab.goto("/messages/inbox/")
    expect(tab.get_by_text("Nothing has been sent yet")).to_be_visible()
    night.move_to(MORNING, tick=False)
    send_due(MORNING)
    tab.reload()
    picture(tab)
    expect(tab.locator(".bubble")).to_have_count(1)
    expect(tab.locator(".bubble")).to_contain_text("王示例先生您好")
