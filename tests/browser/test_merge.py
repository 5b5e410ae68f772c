"""AR4: from the list of possible duplicates to one record, and back to two."""

import re

import pytest
from playwright.sync_api import expect

from customers.duplicates import find_duplicates
from customers.models import Customer
from tests.factories import make_customer, make_vehicle

pytestmark = pytest.mark.browser


@pytest.fixture
def twins(store):
    kept = make_customer(store, name="王示例", phone="13812345678", gender="male")
    other = make_customer(store, name="王示例", phone="13900005678", address="上海市浦东新区示例路 1 号")
    make_vehicle(store, other, plate="沪A9K871")
    find_duplicates(store)
    return kept, other


def test_two_records_are_merged_and_had_back(window, picture, care_manager, twins):
    kept, other = twins
    tab = window(care_manager)
    tab.goto("/duplicates/")
    picture(tab, "list")
    tab.get_by_role("link", name="Compare").click()
    tab.get_by_role("radio", name="13900005678").check()
    picture(tab, "choice")
    tab.get_by_role("button", name="Merge").click()
    expect(tab).to_have_url(re.compile(rf"/customers/{kept.pk}/$"))
    expect(tab.get_by_role("link", name="沪A9K871")).to_be_visible()
    picture(tab, "merged")
    merged = Customer.objects.get()
    assert (merged.phone, merged.gender, merged.address) == ("13900005678", "male", "上海市浦东新区示例路 1 号")

    tab.get_by_text("Undo the merge").first.click()
    tab.locator("details.confirm[open]").get_by_role("button").click()
    expect(tab.get_by_text("The merge has been undone")).to_be_visible()
    expect(tab).to_have_url(re.compile(rf"/customers/{other.pk}/$"))
    kept.refresh_from_db()
    assert (kept.phone, kept.address, kept.vehicles.count(), other.vehicles.count()) == ("13812345678", "", 0, 1)


def test_a_phone_on_file_shows_up_while_it_is_typed(window, picture, agent, twins):
    """AR3."""
    tab = window(agent, width=360)
    tab.goto("/customers/new/")
    tab.get_by_label("Phone").press_sequentially("138 1234 5678")
    expect(tab.get_by_role("link", name="王示例")).to_have_attribute("href", f"/customers/{twins[0].pk}/")
    picture(tab)
    tab.get_by_label("Phone").press("Backspace")
    expect(tab.get_by_text("On file already?")).to_be_hidden()
