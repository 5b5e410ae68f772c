"""A shift of calls without a mouse: every outcome there is, and a household settled at once (UX2, FU3, FU11)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from followups.models import Attempt, FollowUp
from followups.occasions import plan_occasions
from followups.outcomes import OUTCOMES, Outcome
from tests.factories import NOW, make_customer, make_followup, make_plan, make_vehicle

pytestmark = pytest.mark.browser
# What the outcome leaves behind.
ENDS = {
    Outcome.OK: "done", Outcome.PARTIAL: "open", Outcome.CALLBACK: "open", Outcome.REFUSED: "refused", Outcome.DO_NOT_CALL: "refused",
    Outcome.NO_ANSWER: "open", Outcome.BUSY: "open", Outcome.OFF: "open", Outcome.SUSPENDED: "open", Outcome.EMPTY: "unreachable",
    Outcome.WRONG: "unreachable", Outcome.SOLD: "ineligible", Outcome.LANGUAGE: "open", Outcome.INELIGIBLE: "ineligible", Outcome.MESSAGE: "done",
}  # fmt: skip


@pytest.fixture
def plan(db, wednesday):
    return make_plan("plain")


def make_call(store, plan, number, customer=None):
    customer = customer or make_customer(store, name=f"客户{number}")
    due = {"due_at": NOW + timedelta(hours=1, minutes=number), "available_at": NOW - timedelta(hours=1)}
    return make_followup(store, plan, customer, vehicle=make_vehicle(store, customer), **due)


def take_next(tab):
    """Press the key for the next call, once the page listens."""
    tab.get_by_role("button", name="Next call").wait_for()
    tab.wait_for_load_state("networkidle")
    tab.keyboard.press("n")
    tab.wait_for_selector("#call")
    tab.wait_for_load_state("networkidle")


def test_every_outcome_is_logged_with_its_key(store, plan, agent, window, picture):
    calls = [make_call(store, plan, number) for number, _outcome in enumerate(ENDS)]
    tab = window(agent)
    tab.goto("/queue/")
    for outcome in ENDS:
        take_next(tab)
        tab.keyboard.press(OUTCOMES[outcome].key)
        expect(tab.locator(f"input[name=outcome][value={outcome}]")).to_be_checked()
        if outcome is Outcome.CALLBACK:
            expect(tab.get_by_label("Call back at")).to_be_focused()
            tab.keyboard.type("111920260300PM")
        tab.keyboard.press("Enter")
        expect(tab.locator("main .notice").first).to_be_visible()
    picture(tab)
    logged = {call.outcome: call.status for call in FollowUp.objects.filter(pk__in=[call.pk for call in calls])}
    assert logged == {str(outcome): status for outcome, status in ENDS.items()}
    promised = FollowUp.objects.get(outcome="callback").promised_at
    assert f"{store.local(promised):%m-%d %H:%M}" == "11-19 15:00"


def test_a_household_is_one_line_and_one_call(store, plan, agent, window, picture):
    customer = make_customer(store, name="王示例")
    calls = [make_call(store, plan, number, customer) for number in range(3)]
    tab = window(agent)
    tab.goto("/queue/")
    expect(tab.locator("#queue tbody tr")).to_have_count(1)
    take_next(tab)
    expect(tab.locator("#household input:checked")).to_have_count(2)
    picture(tab)
    tab.keyboard.press("o")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Next call")).to_be_visible()
    assert set(FollowUp.objects.filter(pk__in=[call.pk for call in calls]).values_list("status", flat=True)) == {"done"}
    assert Attempt.objects.contacts().count() == 1


def test_a_plan_from_the_preview_to_its_calls(store, care_manager, administrator, defaults, wednesday, window, picture):
    """VI2: the group adds a rule, tries it on a day and finds its calls after the next night."""
    make_vehicle(store, make_customer(store, name="王示例"), commercial_insurance_until=(NOW + timedelta(days=32)).date())
    tab = window(administrator)
    tab.goto("/followups/plans/new/insurance/")
    for label, text in (("Code", "renewal"), ("Name in English", "Renewal"), ("Name in Chinese", "续保"), ("Due after", "30")):
        tab.get_by_label(label, exact=False).first.fill(text)
    tab.get_by_label("Role").select_option("care_agent")
    tab.get_by_label("Before the day, not after it").check()
    tab.get_by_role("button", name="What would be planned?").click()
    expect(tab.locator("#preview")).to_contain_text("1 would have become follow-ups")
    expect(tab.locator("#preview")).to_contain_text("王示例")
    picture(tab)
    assert not FollowUp.objects.filter(plan__code="renewal").exists()
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.wait_for_url("**/followups/plans/")
    assert plan_occasions(NOW) == 1
    tab.goto("/followups/?status=open")
    expect(tab.locator("main")).to_contain_text("Renewal")
