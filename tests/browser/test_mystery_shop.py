"""Tour, step 6, on a phone: the auditor scores an adviser, the adviser and the dashboard see it (S3-27, S4-09, UX5)."""

import pytest
from playwright.sync_api import expect

from surveys.models import Checklist, MysteryShop
from tests.surveys.conftest import finish, make_shop, photo

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(store, defaults, wednesday, advisor, auditor):
    """A draft about Sam."""
    return make_shop(store, Checklist.objects.get(code="ms-after-sales"), advisor, auditor)


@pytest.fixture
def phone(window):
    """Return a function that opens a window as wide as a phone."""
    return lambda user: window(user, width=360)


def test_an_auditor_starts_with_a_named_adviser(phone, picture, defaults, wednesday, advisor, auditor):
    tab = phone(auditor)
    tab.goto("/mystery-shops/create/")
    tab.get_by_label("Checklist").select_option(index=1)
    tab.get_by_label("Adviser").select_option(value=str(advisor.pk))
    tab.get_by_label("Covert").check()
    picture(tab)
    tab.get_by_role("button", name="Start scoring").click()
    expect(tab.get_by_role("button", name="Submit")).to_be_visible()
    assert (MysteryShop.objects.get().employee, MysteryShop.objects.get().kind) == (advisor, "covert")


def test_an_item_can_be_not_applicable_and_another_keeps_a_photo(phone, picture, shop, auditor):
    items = shop.items
    optional = next(item for item in items if item.may_be_na)
    tab = phone(auditor)
    tab.goto(f"/mystery-shops/{shop.pk}/enter/")
    for item in items:
        tab.locator(f"#item-{item.pk} .step").last.click() if item == optional else tab.locator(f"#item-{item.pk} .step").first.click()
    attach(tab.locator(f"#item-{items[0].pk}"))
    expect(tab.locator("[data-total]")).to_have_text("100.0")
    picture(tab)
    tab.get_by_role("button", name="Submit").click()
    expect(tab.get_by_text("points; Sam has been told.")).to_be_visible()
    expect(tab.locator("img.checklist-photo")).to_be_visible()
    picture(tab, "submitted")
    assert shop.scores.get(is_na=True).item == optional


def attach(item):
    picture = photo(400, 300)
    item.get_by_text("Note and photo").click()
    item.locator("input[type=file]").set_input_files({"name": picture.name, "mimeType": picture.content_type, "buffer": picture.read()})


def test_the_adviser_is_told_and_sees_the_result(phone, picture, shop, auditor, advisor):
    finish(shop, auditor)
    tab = phone(advisor)
    tab.goto("/notifications/")
    picture(tab)
    tab.locator("main .as-link").first.click()
    expect(tab.locator(".score-value")).to_have_text("100.0")
    picture(tab, "result")


def test_the_dashboard_shows_the_average_against_ninety(phone, picture, shop, auditor, store_manager):
    finish(shop, auditor)
    tab = phone(store_manager)
    tab.goto("/dashboard/?store=S01&period=2026-11&chart=ms_average")
    for shown in ("100.0", "90.0", "+10.0"):
        expect(tab.locator("#kpi-ms_average")).to_contain_text(shown)
    tab.locator("#trend svg").first.wait_for(state="attached")
    picture(tab)
