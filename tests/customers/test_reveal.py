"""Opening a number for a minute, the fuse and the supervisor's view (T31, T32)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from activity.models import Event
from customers import fuse
from customers.models import Reveal
from customers.models import reveal as reveals
from notifications.models import Notification
from tests.factories import make_customer, make_followup, make_vehicle, make_visit

PHONE = "13812345678"


@pytest.fixture
def customer(store):
    return make_customer(store, name="王示例", phone=PHONE, address="上海市浦东新区示例路1号")


def shown(client, customer):
    return client.get(f"/customers/{customer.pk}/").content.decode()


def test_a_reason_opens_the_number_for_a_minute_and_is_on_record(customer, agent, second_agent, page):
    """T31."""
    client = page(agent)
    assert PHONE not in shown(client, customer)
    assert client.post(f"/customers/{customer.pk}/reveal/", {"reason": "call"}).status_code == 302
    opened = shown(client, customer)
    assert PHONE in opened
    assert "示例路1号" in opened
    assert PHONE not in shown(page(second_agent), customer)
    found = Reveal.objects.get()
    assert (found.by, found.customer, found.reason) == (agent, customer, "call")
    assert Event.objects.get(code="customer.revealed").particulars == {"reason": "call"}
    Reveal.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert PHONE not in shown(client, customer)


@pytest.mark.parametrize("reason", ["", "nonsense"])
def test_without_a_reason_nothing_opens(customer, agent, page, reason):
    page(agent).post(f"/customers/{customer.pk}/reveal/", {"reason": reason})
    assert not Reveal.objects.exists()


def test_who_may_not_see_numbers_opens_none(customer, store_manager, stranger, page):
    assert page(store_manager).post(f"/customers/{customer.pk}/reveal/", {"reason": "call"}).status_code == 403
    assert page(stranger).post(f"/customers/{customer.pk}/reveal/", {"reason": "call"}).status_code == 404
    assert "Show the number" not in shown(page(store_manager), customer)


def test_the_call_one_holds_is_reason_enough(customer, store, agent, second_agent, page, defaults):
    followup = make_followup(store, customer=customer)
    followup.__class__.objects.filter(pk=followup.pk).update(claimed_by=agent, lease_until=timezone.now() + timedelta(minutes=5))
    assert PHONE in page(agent).get(f"/followups/{followup.pk}/").content.decode()
    assert PHONE in shown(page(agent), customer)
    assert PHONE not in shown(page(second_agent), customer)
    followup.__class__.objects.filter(pk=followup.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert PHONE not in shown(page(agent), customer)


def test_the_car_in_the_shop_is_reason_enough_for_its_advisor(customer, store, advisor, service_manager, page):
    visit = make_visit(store, make_vehicle(store, customer), advisor=advisor)
    assert PHONE in page(advisor).get(f"/visits/{visit.pk}/").content.decode()
    assert PHONE not in page(service_manager).get(f"/visits/{visit.pk}/").content.decode()
    assert PHONE in page(service_manager).get(f"/visits/{visit.pk}/paper/").content.decode()
    visit.__class__.objects.filter(pk=visit.pk).update(status="handed_over", handed_over_at=timezone.now())
    assert PHONE not in shown(page(advisor), customer)


def test_the_form_puts_no_closed_number_in_and_left_empty_it_stays(customer, agent, page):
    """T31, T33: looking at a form opens nothing."""
    client, address = page(agent), f"/customers/{customer.pk}/edit/"
    asked = client.get(address).content.decode()
    assert PHONE not in asked and "138****5678" in asked
    client.post(address, {"name": "王示例", "kind": "person", "phone": "", "address": "", "notes": "Likes tea"})
    customer.refresh_from_db()
    assert (customer.phone, customer.address, customer.notes) == (PHONE, "上海市浦东新区示例路1号", "Likes tea")
    assert not Reveal.objects.exists()
    client.post(f"/customers/{customer.pk}/reveal/", {"reason": "check"})
    assert PHONE in client.get(address).content.decode()
    client.post(address, {"name": "王示例", "kind": "person", "phone": "", "address": "", "notes": ""})
    customer.refresh_from_db()
    assert (customer.phone, customer.address) == ("", "")


def test_too_many_numbers_blow_the_fuse_and_the_manager_is_told_once(store, agent, store_manager, page, monkeypatch):
    """T31: the advisor on the last day."""
    monkeypatch.setattr(reveals, "MOST_AN_HOUR", 3)
    client = page(agent)
    customers = [make_customer(store, phone=f"1390000{number:04d}") for number in range(6)]
    for customer in customers:
        client.post(f"/customers/{customer.pk}/reveal/", {"reason": "check"})
    assert Reveal.objects.count() == 3
    assert customers[5].phone not in shown(client, customers[5])
    assert customers[5].phone not in client.get(f"/customers/{customers[5].pk}/edit/").content.decode()
    told = Notification.objects.get(user=store_manager)
    assert (told.code, told.particulars) == ("customer.reveals_stopped", {"name": agent.name, "most": 3})
    Reveal.objects.update(at=timezone.now() - timedelta(minutes=61))
    client.post(f"/customers/{customers[5].pk}/reveal/", {"reason": "check"})
    assert customers[5].phone in shown(client, customers[5])


def test_leafing_through_the_archive_is_told_once(store, agent, store_manager, page, monkeypatch):
    """T31: the page-view fuse."""
    cache.clear()
    monkeypatch.setattr(fuse, "MOST_PAGES_AN_HOUR", 3)
    client, customer = page(agent), make_customer(store)
    for _page in range(5):
        shown(client, customer)
    assert [(told.user, told.code) for told in Notification.objects.all()] == [(store_manager, "customer.pages_leafed")]


def test_the_supervisor_sees_who_opened_what(customer, other_store, agent, store_manager, page):
    """T31: the audit names each record."""
    page(agent).post(f"/customers/{customer.pk}/reveal/", {"reason": "check"})
    Reveal.objects.create(store=other_store, customer=make_customer(other_store), by=agent, reason="call")
    answer = page(store_manager).get("/reveals/", {"by": agent.pk, "reason": "check"})
    assert [found.customer for found in answer.context["page_obj"]] == [customer]
    assert page(agent).get("/reveals/").status_code == 403


def test_the_api_opens_a_number_with_a_reason(customer, agent, stranger, store_manager, api):
    """T31."""
    address = f"/api/v1/customers/{customer.pk}/reveal/"
    client = api(agent)
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"reason": "call"}).json()["phone"] == PHONE
    assert client.get("/api/v1/customers/").json()["results"][0]["phone"] == PHONE
    assert Reveal.objects.get().by == agent
    assert api(stranger).post(address, {"reason": "call"}).status_code == 404
    assert api(store_manager).post(address, {"reason": "call"}).status_code == 403


def test_the_form_tells_no_number_that_somebody_else_has_saved(customer, agent, page):
    """T46 beside T31: sent without having been opened."""
    sent = {"name": customer.name, "kind": "person", "channel": customer.channel, "phone": "13911112222", "seen": "2026-01-01T00:00:00+00:00"}
    answer = page(agent).post(f"/customers/{customer.pk}/edit/", sent)
    assert "on file is now: 138****5678." in answer.context["form"].errors["phone"][0]
    assert PHONE not in answer.content.decode()


def test_the_form_of_a_colleagues_order_keeps_a_masked_phone(store, customer, advisor, page):
    """T31."""
    visit = make_visit(store, make_vehicle(store, customer), sender_name="李示例", sender_phone="13900001111")
    address = f"/visits/{visit.pk}/edit/"
    opened = page(advisor).get(address)
    assert "13900001111" not in opened.content.decode() and "139****1111" in opened.content.decode()
    sent = {"kind": visit.kind, "symptom": "刹车异响", "sender_name": "李示例", "sender_phone": ""}
    assert page(advisor).post(address, sent).status_code == 302
    visit.refresh_from_db()
    assert (visit.symptom, visit.sender_phone) == ("刹车异响", "13900001111")
    page(advisor).post(address, sent | {"sender_phone": "13900002222"})
    visit.refresh_from_db()
    assert visit.sender_phone == "13900002222"


@pytest.mark.parametrize("error", [RedisError, ValueError])
def test_a_cache_that_is_gone_breaks_no_page(store, agent, page, monkeypatch, error):
    """Without Redis for a while, and emptied between two commands."""

    def gone(*args, **kwargs):
        raise error

    monkeypatch.setattr(fuse.cache, "incr", gone)
    assert shown(page(agent), make_customer(store))
