"""Tour, step 3: from a low answer to a closed slip, twice round (S3-32, FU9)."""

import re

import pytest
from playwright.sync_api import expect

from complaints.models import Category, Complaint
from followups.models import FollowUp
from followups.services import plan_for_visit
from tests.factories import NOW, make_customer, make_handed_over, make_vehicle

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(store, advisor, defaults, wednesday):
    owner = make_customer(store, name="王示例")
    return make_handed_over(store, vehicle=make_vehicle(store, owner), advisor=advisor)


@pytest.fixture
def call(visit, agent):
    """The call after the visit, in Alice's hands."""
    plan_for_visit(visit)
    FollowUp.objects.update(available_at=NOW)
    followup = FollowUp.objects.get()
    followup.claim(by=agent)
    return followup


@pytest.fixture
def slip(visit, agent):
    """A slip about the visit for the service department."""
    about = {"store": visit.store, "customer": visit.customer, "vehicle": visit.vehicle, "visit": visit, "employee": visit.advisor}
    return Complaint(category=Category.objects.get(code="service-wait"), words="等了两个小时", **about).issue(by=agent)


@pytest.fixture
def answered(slip, service_manager):
    slip.answer(by=service_manager, cause="Too few people at noon", measure="Shift plan changed")
    return slip


@pytest.fixture
def second_round(answered, agent, service_manager):
    answered.verify(False, by=agent, note="Waited again")
    answered.answer(by=service_manager, cause="Still too few", measure="One more adviser")
    return answered


def verification():
    return FollowUp.objects.open().get(source_kind="complaint_round")


def test_a_low_answer_becomes_a_slip_with_no_typing(window, picture, agent, service_manager, call):
    tab = window(agent)
    tab.goto(call.get_absolute_url())
    ratings = tab.locator(".question-rating").count()
    for key in ("o", "q"):
        tab.keyboard.press(key)
    tab.keyboard.type("2" * (ratings - 1) + "n" + "2" + "y")
    tab.keyboard.type("等了两个小时")
    # The draft of the call may be on its way.
    tab.wait_for_load_state("networkidle")
    tab.get_by_role("button", name="Raise a complaint").click()
    expect(tab.get_by_label("Customer's words")).to_have_value(re.compile("^等了两个小时.*Was the car ready at the promised time\\? 2", re.DOTALL))
    picture(tab)
    tab.get_by_role("button", name="Issue the slip").click()
    tab.locator("#rounds").wait_for()
    picture(tab, "issued")
    slip = Complaint.objects.get()
    assert (slip.customer, slip.visit, slip.employee, slip.status) == (call.customer, call.visit, call.visit.advisor, "issued")


def test_the_head_of_department_answers_with_cause_and_measure(window, picture, service_manager, slip):
    tab = window(service_manager)
    tab.goto("/")
    tab.get_by_role("link", name=slip.number).click()
    tab.get_by_label("Cause").fill("Too few people at noon")
    tab.get_by_label("Measure").fill("Shift plan changed")
    picture(tab)
    tab.get_by_role("button", name="Send the answer").click()
    expect(tab.get_by_text("Answered. A call will ask the customer.")).to_be_visible()
    assert verification().plan.code == "complaint-verification"


def test_the_verification_call_stands_first_in_the_agents_queue(window, picture, agent, answered, time_machine):
    time_machine.move_to(verification().available_at)
    tab = window(agent)
    tab.goto("/queue/")
    picture(tab)
    expect(tab.locator("#queue tbody tr").first).to_contain_text("verification of a complaint")
    tab.keyboard.press("n")
    tab.wait_for_url(f"**{verification().get_absolute_url()}")
    picture(tab, "call")


def say(tab, satisfied):
    """Log the verification call with the customer's yes or no, by keyboard."""
    tab.goto("/queue/")
    tab.keyboard.press("n")
    tab.locator("#call").wait_for()
    # The form can be seen before its keys work.
    tab.wait_for_load_state()
    for key in ("o", "q", satisfied):
        tab.keyboard.press(key)
    for key in ("Tab", "Enter"):
        tab.keyboard.press(key)
    tab.get_by_role("button", name="Next call").wait_for()


def test_still_not_satisfied_issues_the_second_round(window, picture, agent, answered, time_machine):
    time_machine.move_to(verification().available_at)
    tab = window(agent)
    say(tab, "n")
    tab.goto(answered.get_absolute_url())
    picture(tab)
    expect(tab.locator("#rounds")).to_contain_text("Round 2")
    answered.refresh_from_db()
    assert (answered.status, answered.rounds.count()) == ("issued", 2)


def test_satisfied_in_the_second_round_closes_the_slip(window, picture, agent, second_round, time_machine):
    time_machine.move_to(verification().available_at)
    tab = window(agent)
    say(tab, "y")
    tab.goto(second_round.get_absolute_url())
    picture(tab)
    second_round.refresh_from_db()
    assert (second_round.status, second_round.rounds.count()) == ("satisfied", 2)
