"""Every page the menus lead to, for every role, in both languages, on a desk and on a phone (UX1, UX5)."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import TimeoutError as TooLong

from accounts.models import Membership
from accounts.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE, DESK = 360, 1440
# The last width is the one of the picture.
WIDTHS = {"en": (PHONE, DESK), "zh-hans": (DESK, PHONE)}
HOME = "/"


@pytest.fixture
def group(transactional_db, wednesday):
    """A small demo group whose history ends on Wednesday."""
    call_command("demo", visits=120, months=3, today=wednesday.date(), verbosity=0)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_speaks_and_fits(window, picture, group, language):
    seen, faults = set(), []
    for role in Role:
        tab = window(first_person(role, language))
        for address in pages_of(tab, seen):
            faults += [f"{role.value} {address}: {fault}" for fault in look_at(tab, address, language)]
            picture(tab, re.sub(r"[\W\d]+", "-", address).strip("-") or f"home-{role.value}")
    assert faults == []


def first_person(role, language):
    user = Membership.objects.filter(role=role).order_by("pk").first().user
    user.language = language
    user.save(update_fields=["language"])
    return user


def pages_of(tab, seen):
    """Yield the first page of the person, the others of the menu, and of each the first row and what its buttons open; those once only."""
    yield HOME
    for page in addresses(tab, ".side-groups a"):
        if page != HOME and is_new(page, seen):
            yield page
            yield from [deeper for deeper in addresses(tab, "main .row-link")[:1] + addresses(tab, ".page-head .actions a") if is_new(deeper, seen)]


def addresses(tab, selector):
    return tab.eval_on_selector_all(selector, "links => links.map(link => link.getAttribute('href'))")


def is_new(address, seen):
    """Tell whether a page of this kind is still to be seen; the interface of programs is not a page."""
    kind = re.sub(r"\d+", "0", address.partition("?")[0])
    if kind in seen or not kind.startswith("/") or kind.startswith("/api/"):
        return False
    seen.add(kind)
    return True


def look_at(tab, address, language):
    """Yield what is wrong with the page."""
    status = tab.goto(address).status
    if status != 200:
        yield f"answers {status}"
    if tab.locator("html").get_attribute("lang") != language:
        yield "speaks another language"
    for width in WIDTHS[language]:
        tab.set_viewport_size({"width": width, "height": 900})
        if not fits(tab, width):
            yield f"scrolls sideways at {width} px"


def fits(tab, width):
    try:
        tab.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width, timeout=1000)
    except TooLong:
        return False
    return True
