"""Tour, step 2: a care agent works through the day by keyboard (S3-27, FU2, FU7, UX2)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from followups.models import FollowUp
from followups.services import plan_for_visit
from surveys.models import Response
from tests.factories import NOW, make_customer, make_handed_over, make_vehicle

pytestmark = pytest.mark.browser
PASSWORD = "a-long-secret"


def make_call(store, name, due_in, **fields):
    """A call after a maintenance; it is due in so many hours."""
    owner = make_customer(store, name=name)
    visit = make_handed_over(store, vehicle=make_vehicle(store, owner, model="Model B"), at=NOW - timedelta(days=5), work="Oil and filter", **fields)
    plan_for_visit(visit)
    due = {"due_at": NOW + timedelta(hours=due_in), "available_at": NOW - timedelta(hours=1)}
    FollowUp.objects.filter(visit=visit).update(**due)
    return FollowUp.objects.get(visit=visit)


@pytest.fixture
def urgent(store, advisor, defaults, wednesday):
    return make_call(store, "王示例", -2, advisor=advisor)


@pytest.fixture
def later(store, urgent):
    return make_call(store, "李示例", 5)


@pytest.fixture
def held(urgent, agent):
    urgent.claim(by=agent)
    return urgent


def test_an_agent_logs_in_and_my_day_counts_the_calls(window, picture, agent, urgent, later):
    agent.set_password(PASSWORD)
    agent.save()
    tab = window()
    tab.goto("/")
    tab.get_by_label("Username").fill(agent.username)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    picture(tab)
    for label, count in (("Calls due now", "2"), ("Overdue calls", "1"), ("Promised calls", "0"), ("Waiting for verification", "0")):
        expect(tab.locator("main .stats li").filter(has_text=label)).to_contain_text(count)


def test_n_opens_the_most_urgent_call_with_all_that_is_needed(window, picture, agent, urgent, later):
    tab = window(agent)
    tab.goto("/")
    tab.keyboard.press("n")
    tab.wait_for_url(f"**{urgent.get_absolute_url()}")
    picture(tab)
    for shown in ("王示例", "Model B", "Oil and filter", "Sam", "Am I speaking with", "Is there anything you would like to complain about?"):
        expect(tab.locator("main")).to_contain_text(shown)
    urgent.refresh_from_db()
    assert urgent.claimed_by == agent


def test_no_answer_takes_two_keys_and_the_call_returns_in_another_part_of_the_day(window, picture, agent, held):
    tab = window(agent)
    tab.goto(held.get_absolute_url())
    tab.keyboard.press("1")
    tab.keyboard.press("Enter")
    expect(tab.locator("main .notice").first).to_be_visible()
    picture(tab)
    held.refresh_from_db()
    # Tried in the morning, at ten; noon begins at half past eleven.
    assert (held.status, held.claimed_by, f"{held.store.local(held.available_at):%d %H:%M}") == ("open", None, "18 11:30")


def test_n_goes_on_with_the_next_call(window, agent, held, later):
    tab = window(agent)
    tab.goto(held.get_absolute_url())
    for key in ("1", "Enter"):
        tab.keyboard.press(key)
    tab.get_by_role("button", name="Next call").wait_for()
    # A key before the page has loaded is nobody's.
    tab.wait_for_load_state("networkidle")
    tab.keyboard.press("n")
    tab.wait_for_url(f"**{later.get_absolute_url()}")


def test_a_reached_call_is_logged_without_a_mouse(window, picture, agent, held):
    tab = window(agent)
    tab.goto(held.get_absolute_url())
    ratings = tab.locator(".question-rating").count()
    # Completed, to the questions, nine everywhere, nothing beyond expectation, no grievance.
    tab.keyboard.press("o")
    tab.keyboard.press("q")
    tab.keyboard.type("9" * (ratings - 1) + "n" + "8" + "n")
    tab.keyboard.type("多谢，很满意")
    picture(tab, "filled in")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Next call")).to_be_visible()
    picture(tab)
    held.refresh_from_db()
    answer = Response.objects.get()
    assert (held.status, held.response, answer.mood) == ("done", answer, "satisfied")
    assert answer.answers.get(question__code="words").text == "多谢，很满意"


@pytest.mark.parametrize("width", [360, 1440])
def test_the_queue_says_why_each_call_stands_where_it_stands(window, picture, agent, urgent, later, width):
    tab = window(agent, width)
    tab.goto("/queue/")
    picture(tab)
    names = tab.locator("#queue tbody .card-title a").all_inner_texts()
    assert names == ["王示例", "李示例"]
    expect(tab.locator(f"#followup-{urgent.pk}")).to_contain_text("overdue")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_no_key_fires_while_chinese_is_being_composed(window, agent, held):
    tab = window(agent)
    tab.goto(held.get_absolute_url())
    tab.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', isComposing: true, bubbles: true}))")
    tab.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '1', keyCode: 229, bubbles: true}))")
    expect(tab).to_have_url(re.compile(f"{held.get_absolute_url()}$"))
    expect(tab.locator("input[name=outcome]:checked")).to_have_count(0)


def test_the_call_screen_fits_a_phone(window, picture, agent, held):
    tab = window(agent, width=360)
    tab.goto(held.get_absolute_url())
    picture(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_question_mark_lists_the_keys(window, picture, agent, held):
    tab = window(agent)
    tab.goto(held.get_absolute_url())
    tab.keyboard.press("?")
    expect(tab.locator("dialog#keys")).to_contain_text("No answer")
    picture(tab)
