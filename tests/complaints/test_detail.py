"""The page of a slip, and its fragment for the call screen and reception."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from activity.models import Event
from complaints.models import Complaint
from customers.notices import notices_for
from followups.models import FollowUp
from notifications.models import Notification


def shown(client, slip):
    return client.get(reverse("complaints:detail", args=[slip.pk]))


def verbs(response):
    return [form.verb for form in response.context["forms"]]


def test_it_tells_the_story_of_the_rounds(page, answered, agent):
    answered.verify(False, by=agent, note="Still waiting")
    text = shown(page(agent), answered).content.decode()
    for part in ("C-S01-000001", "Waited two hours", "Too few people at noon", "Shift plan changed", "Still waiting", "Round 2", "Slip issued again, round 2"):
        assert part in text


def test_the_deadline_is_explained(page, slip, agent):
    assert "How it is counted" in shown(page(agent), slip).content.decode()


def test_everybody_is_offered_what_is_open_to_them(page, slip, agent, service_manager, care_manager, advisor):
    assert verbs(shown(page(service_manager), slip)) == ["answer", "ask_exception"]
    assert verbs(shown(page(agent), slip)) == ["ask_exception"]
    assert verbs(shown(page(care_manager), slip)) == ["reassign", "ask_exception"]
    assert verbs(shown(page(advisor), slip)) == []


def test_an_answered_slip_is_offered_for_verification(page, answered, agent, service_manager):
    assert verbs(shown(page(agent), answered)) == ["verify", "ask_exception"]
    assert verbs(shown(page(service_manager), answered)) == ["ask_exception"]


def test_an_answered_slip_leads_to_the_call_that_verifies_it(page, answered, agent):
    call = FollowUp.objects.waiting_for(answered.current_round().pk).get()
    assert f'href="{call.get_absolute_url()}"' in shown(page(agent), answered).content.decode()
    answered.verify(True, by=agent)
    assert "Verification call" not in shown(page(agent), answered).content.decode()


def test_an_exception_is_offered_to_who_may_decide(page, asked, agent, care_manager, service_manager):
    assert verbs(shown(page(care_manager), asked)) == ["verify", "approve_exception", "reject_exception"]
    assert verbs(shown(page(agent), asked)) == ["verify"]
    assert verbs(shown(page(service_manager), asked)) == []


def test_a_closed_slip_offers_nothing(page, answered, agent, administrator):
    answered.verify(True, by=agent)
    assert verbs(shown(page(administrator), answered)) == []


def test_words_of_the_customer_are_never_markup(page, draft, agent):
    slip = draft(words="<script>alert(1)</script>").issue(by=agent)
    assert "<script>alert(1)" not in shown(page(agent), slip).content.decode()


def test_strangers_and_wrong_people_are_refused(page, api, slip, stranger, auditor):
    assert shown(page(stranger), slip).status_code == 404
    assert shown(page(auditor), slip).status_code == 403
    assert api(stranger).get(f"/api/v1/complaints/{slip.pk}/").status_code == 404
    assert page(stranger).get(reverse("complaints:detail", args=[slip.pk + 1000])).status_code == 404


def test_the_api_shows_the_slip_with_its_rounds(api, answered, agent):
    data = api(agent).get(f"/api/v1/complaints/{answered.pk}/").data
    assert (data["number"], data["rounds"][0]["cause"], data["rounds"][0]["has_evidence"]) == ("C-S01-000001", "Too few people at noon", False)


def test_the_page_takes_few_queries(page, answered, care_manager, django_assert_max_num_queries):
    client = page(care_manager)
    shown(client, answered)
    with django_assert_max_num_queries(22):
        shown(client, answered)


def test_the_fragment_lists_open_slips_of_the_customer_only(page, slip, draft, agent, service_manager):
    closed = draft(words="An old matter").issue(by=agent, is_separate=True)
    closed.answer(by=service_manager, cause="x", measure="y")
    closed.verify(True, by=agent)
    text = page(agent).get(reverse("complaints:of_customer", args=[slip.customer_id])).content.decode()
    assert "C-S01-000001" in text
    assert "C-S01-000002" not in text
    assert "<html" not in text


def test_the_fragment_tells_the_caller_what_the_department_did(page, answered, agent):
    text = page(agent).get(reverse("complaints:of_customer", args=[answered.customer_id])).content.decode()
    assert "Shift plan changed" in text


def test_the_fragment_is_refused_to_strangers(page, slip, stranger, auditor):
    address = reverse("complaints:of_customer", args=[slip.customer_id])
    assert page(stranger).get(address).status_code == 404
    assert page(auditor).get(address).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_event_and_notification_has_its_wording(asked, agent, care_manager, language):
    asked.approve_exception(by=care_manager)
    with translation.override(language):
        for event in Event.objects.about(asked):
            assert render_to_string(f"activity/{event.code}.html", {"event": event, "particulars": event.particulars}).strip()
        for one in Notification.objects.filter(code__startswith="complaint."):
            assert "C-S01-000001" in render_to_string(f"notifications/{one.code}.html", {"notification": one, "particulars": one.particulars})


def test_every_code_the_bell_gets_is_worded():
    """The code of a line in the bell is that of its event, see ``Complaint.tell``."""
    sources = "".join(path.read_text() for path in Path("complaints/models").glob("*.py"))
    unheard = {"complaint.refused"}
    codes = set(re.findall(r'record\(\s*"(complaint\.\w+)"', sources)) - unheard
    assert len(codes) == 11
    assert {code for code in codes if not Path(f"templates/notifications/{code}.html").exists()} == set()


def test_the_salesperson_sees_the_slips_of_the_own_store(slip, salesperson):
    """First person asked stays responsible: who raises a slip can follow it."""
    assert Complaint.objects.for_user(salesperson).get() == slip


def test_whoever_talks_to_the_customer_next_is_told_of_open_slips(slip, advisor, stranger):
    told = notices_for([slip.customer], advisor)[slip.customer_id]
    assert [(notice.text, notice.url) for notice in told] == [("Open complaint C-S01-000001: Long wait or late hand-over", slip.get_absolute_url())]
    assert notices_for([slip.customer], stranger)[slip.customer_id] == []
