"""The login page in a real browser."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1440])
def test_the_login_page_fits_the_screen(window, picture, width):
    tab = window(width=width)
    tab.goto("/login/")
    picture(tab)
    assert tab.get_by_role("heading", name="Log in").is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_a_wrong_password_is_answered_with_a_reason(window, agent):
    tab = window()
    tab.goto("/login/")
    tab.get_by_label("Username").fill(agent.username)
    tab.get_by_label("Password").fill("wrong")
    tab.get_by_role("button", name="Log in").click()
    assert "correct username and password" in tab.content()


def test_the_page_speaks_the_language_of_the_browser(window):
    tab = window(language="zh-CN")
    tab.goto("/login/")
    assert tab.locator("html").get_attribute("lang") == "zh-hans"
