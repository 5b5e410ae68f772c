"""Visitors and leads (S2-27, S2-28, S2-30, S4-08)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from activity.models import Event
from customers.models import Customer
from leads.models import Lead
from notifications.models import Notification
from tests.factories import make_customer, make_user


@pytest.fixture
def colleague(store):
    return make_user("sid", Role.SALESPERSON, store)


def make_lead(store, **fields):
    return Lead.objects.create(store=store, **{"name": "王示例", "phone": "13800001111", **fields})


def test_a_visitor_without_a_name_is_written_down_too(store, salesperson, page):
    """S2-27."""
    assert page(salesperson).post("/leads/new/", {"store": store.pk, "channel": "showroom", "level": "c", "salesperson": salesperson.pk}).status_code == 302
    lead = Lead.objects.get()
    assert (str(lead), lead.is_captured, lead.next_contact_on, lead.salesperson) == ("Visitor", False, None, salesperson)


@pytest.mark.parametrize(("level", "days"), [("h", 2), ("a", 5), ("b", 10), ("c", 30)])
def test_the_warmer_the_sooner_they_are_spoken_to(store, salesperson, page, level, days):
    """S2-28: planned contacts."""
    page(salesperson).post("/leads/new/", {"store": store.pk, "name": "Li", "phone": "138 0000 2222", "channel": "phone", "level": level})
    assert Lead.objects.get().next_contact_on == store.today() + timedelta(days=days)


def test_the_capture_rate_counts_visitors_of_the_showroom(store, salesperson, page):
    """S2-27: more than 70%."""
    for phone in ("13800000001", "13800000002", ""):
        make_lead(store, phone=phone)
    make_lead(store, channel="phone")
    make_lead(store, came_at=timezone.now() - timedelta(days=40))
    figures = page(salesperson).get("/leads/").context["figures"]
    assert (figures["visitors"], figures["captured"], figures["rate"], figures["rate_target"]) == (3, 2, 66.7, 70)


def test_open_leads_are_counted_per_salesperson_against_a_hundred(store, salesperson, colleague, page):
    """S2-28."""
    for owner in (salesperson, salesperson, colleague, None):
        make_lead(store, salesperson=owner)
    make_lead(store, salesperson=colleague, status="lost", lost_reason="price")
    figures = page(salesperson).get("/leads/").context["figures"]
    assert (figures["salespeople"], figures["open_target"]) == ([(salesperson.name, 2), (colleague.name, 1)], 100)


def test_a_talk_moves_the_next_contact(store, salesperson, page):
    lead, client = make_lead(store, next_contact_on=store.today()), page(salesperson)
    assert list(client.get("/leads/?due=true").context["page_obj"]) == [lead]
    client.post(f"/leads/{lead.pk}/contact/", {"kind": "call", "note": "Wants a blue one", "level": "h"})
    lead.refresh_from_db()
    assert (lead.level, lead.next_contact_on, lead.contacts.get().note) == ("h", store.today() + timedelta(days=2), "Wants a blue one")
    assert list(client.get("/leads/?due=true").context["page_obj"]) == []
    past = client.post(f"/leads/{lead.pk}/contact/", {"kind": "call", "note": "x", "level": "h", "next_contact_on": "2020-01-01"})
    assert (past.status_code, list(past.context["bound"].errors)) == (422, ["next_contact_on"])


def test_a_test_drive_needs_licence_and_agreement(store, salesperson, page):
    """S2-30: test car, route, satisfaction and summary."""
    lead, client = make_lead(store), page(salesperson)
    given = {"car": "Model A", "route": "City loop", "satisfaction": "9", "summary": "Quiet"}
    refused = client.post(f"/leads/{lead.pk}/drive/", given | {"is_licence_checked": "on"})
    assert (refused.status_code, list(refused.context["bound"].errors), lead.test_drives.count()) == (422, ["is_licence_checked"], 0)
    assert client.post(f"/leads/{lead.pk}/drive/", given | {"is_licence_checked": "on", "is_agreement_signed": "on"}).status_code == 302
    drive = lead.test_drives.get()
    assert (drive.car, drive.route, drive.satisfaction, drive.summary, drive.by) == ("Model A", "City loop", 9, "Quiet", salesperson)
    assert client.post(f"/leads/{lead.pk}/drive/", given | {"satisfaction": "11"}).status_code == 422


def test_a_won_lead_is_a_customer_with_channel_and_referrer(store, salesperson, page):
    """S4-08: who was brought by an owner is known as such."""
    owner = make_customer(store, phone="13800009999")
    lead, client = make_lead(store, channel="referral"), page(salesperson)
    client.post(f"/leads/{lead.pk}/edit/", {"name": lead.name, "phone": lead.phone, "channel": "referral", "level": "h", "referrer_phone": owner.phone})
    client.post(f"/leads/{lead.pk}/win/")
    lead.refresh_from_db()
    assert (lead.status, lead.customer.name, lead.customer.channel, lead.customer.referred_by) == ("won", "王示例", "referral", owner)


def test_a_known_phone_is_the_known_customer(store, salesperson, page):
    known = make_customer(store, phone="13800001111")
    lead = make_lead(store)
    assert page(salesperson).post(f"/leads/{lead.pk}/win/").url == known.get_absolute_url()
    assert Customer.objects.count() == 1


def test_an_incomplete_card_cannot_be_won(store, salesperson, api):
    lead = make_lead(store, phone="")
    answer = api(salesperson).post(f"/api/v1/leads/{lead.pk}/win/")
    assert (answer.status_code, answer.json()["code"]) == (400, "card_incomplete")


def test_a_lost_lead_says_why_and_stays_closed(store, salesperson, page, api):
    lead, client = make_lead(store), page(salesperson)
    assert client.post(f"/leads/{lead.pk}/lose/", {"reason": " "}).status_code == 422
    assert client.post(f"/leads/{lead.pk}/lose/", {"reason": "Bought elsewhere"}).status_code == 302
    for verb, given in [("contact", {"kind": "call", "note": "x"}), ("lose", {"reason": "x"}), ("win", {})]:
        assert api(salesperson).post(f"/api/v1/leads/{lead.pk}/{verb}/", given).status_code == 409


def test_the_manager_gives_a_lead_to_another_salesperson(store, salesperson, colleague, sales_manager, stranger, page, api):
    lead = make_lead(store, salesperson=salesperson)
    assert page(salesperson).post(f"/leads/{lead.pk}/reassign/", {"salesperson": colleague.pk}).status_code == 403
    assert page(sales_manager).post(f"/leads/{lead.pk}/reassign/", {"salesperson": stranger.pk}).status_code == 422
    page(sales_manager).post(f"/leads/{lead.pk}/reassign/", {"salesperson": colleague.pk})
    lead.refresh_from_db()
    assert lead.salesperson == colleague
    assert Notification.objects.get(user=colleague).code == "lead.reassigned"
    assert Event.objects.filter(code="lead.reassigned").count() == 1


def test_an_open_lead_with_the_same_phone_is_pointed_out(store, salesperson, page):
    make_lead(store)
    answer = page(salesperson).post("/leads/new/", {"store": store.pk, "name": "Wang", "phone": "13800001111", "channel": "phone", "level": "c"})
    assert list(answer.context["form"].errors) == ["phone"]


@pytest.mark.parametrize(("text", "found"), [("1111", 1), ("13800001111", 1), ("111", 0), ("1380000", 0), ("示例", 1), ("wsl", 1), ("other", 0)])
def test_a_lead_is_found_by_name_pinyin_and_end_of_the_phone(store, salesperson, page, text, found):
    """T32."""
    make_lead(store)
    assert len(page(salesperson).get("/leads/", {"q": text}).context["page_obj"].object_list) == found


def test_the_phone_is_masked_for_who_may_not_see_it(store, store_manager, api, page):
    make_lead(store)
    assert "13800001111" not in page(store_manager).get("/leads/").content.decode()
    assert api(store_manager).get("/api/v1/leads/").json()["results"][0]["phone"] == "138****1111"


def test_the_phone_of_a_colleagues_lead_is_kept_without_being_shown(store, salesperson, colleague, page, api):
    """T31."""
    lead = make_lead(store, salesperson=colleague)
    address = f"/leads/{lead.pk}/edit/"
    assert "13800001111" not in page(salesperson).get(address).content.decode()
    assert api(salesperson).get("/api/v1/leads/").json()["results"][0]["phone"] == "138****1111"
    assert "13800001111" in page(colleague).get(address).content.decode()
    sent = {"name": "王示例", "phone": "", "channel": lead.channel, "level": "a", "salesperson": colleague.pk}
    assert page(salesperson).post(address, sent).status_code == 302
    lead.refresh_from_db()
    assert (lead.level, lead.phone) == ("a", "13800001111")


def test_the_api_refuses_salespeople_of_other_stores(store, salesperson, stranger, api):
    """T4."""
    answer = api(salesperson).post("/api/v1/leads/", {"store": store.pk, "name": "Li", "salesperson": stranger.pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["salesperson"])
    assert api(salesperson).post("/api/v1/leads/", {"store": store.pk, "name": "Li", "level": "a"}).status_code == 201
