"""Inviting customers by filter: consent, one message each, and what becomes of it (S3-15, S1-20)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from customers.models import Customer, Purpose
from messaging import outbox
from messaging.models import Message, OptOut
from tests.factories import NOW, make_customer
from tests.gatherings.factories import make_gathering, make_guest
from tests.messaging.factories import agree
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.usefixtures("defaults")


def willing(store, **fields):
    return agree(make_customer(store, **fields), Purpose.MARKETING)


def morning(days=1):
    """Ten o'clock of a day ahead in Shanghai: no quiet hours."""
    return instant(f"{timezone.localdate() + timedelta(days=days)} 10:00")


def test_each_gets_one_message_that_says_what_where_and_when(store, care_manager, page):
    customer = willing(store, name="王伟", gender="male")
    gathering = make_gathering(store, starts_at=instant("2099-12-05 14:00"))
    client = page(care_manager)
    assert client.post(f"/gatherings/{gathering.pk}/invite/").status_code == 302
    message = Message.objects.get()
    assert message.body.startswith("【Store S01】王伟先生您好，诚邀您参加爱车讲堂：12月5日14:00，展厅。")
    assert (message.key, message.expires_at) == (f"marketing:gathering-{gathering.pk}:customer-{customer.pk}:gathering-invitation:sms", gathering.starts_at)
    assert message.parameters == [["customer", "王伟先生"], ["title", "爱车讲堂"], ["date", "12月5日"], ["time", "14:00"], ["place", "展厅"]]
    assert (gathering.guests.get().status, gathering.guests.get().customer) == ("invited", customer)
    assert Event.objects.get(code="gathering.invited").particulars == {"number": 1}
    with_nobody_left = client.post(f"/gatherings/{gathering.pk}/invite/")
    assert (with_nobody_left.status_code, Message.objects.count(), gathering.guests.count()) == (400, 1, 1)


def test_only_who_has_agreed_to_promotion_is_invited(store, other_store, gathering, care_manager, page):
    yes = willing(store)
    make_customer(store)
    agree(make_customer(store), Purpose.REMINDER)
    agree(willing(store), Purpose.MARKETING, is_granted=False, at=timezone.now())
    over = willing(store)
    over.consents.update(expires_on=store.today() - timedelta(days=1))
    willing(store, do_not_call_at=timezone.now())
    willing(store, phone_doubtful_at=timezone.now())
    willing(store, phone="")
    OptOut.objects.create(phone=willing(store).phone, said_at=timezone.now())
    OptOut.objects.create(phone=yes.phone, said_at=NOW - timedelta(days=120))
    willing(other_store)
    make_guest(gathering, "registered", customer=willing(store))
    context = page(care_manager).get(f"/gatherings/{gathering.pk}/invite/").context
    assert (context["fitting"], context["invitable"]) == (10, 1)
    page(care_manager).post(f"/gatherings/{gathering.pk}/invite/")
    assert [message.customer for message in Message.objects.all()] == [yes]


def test_the_filter_of_the_address_chooses(store, gathering, care_manager, page):
    willing(store)
    loyal = willing(store, loyalty="loyal")
    page(care_manager).post(f"/gatherings/{gathering.pk}/invite/?loyalty=loyal")
    assert [guest.customer for guest in gathering.guests.all()] == [loyal]


def test_a_wrong_filter_invites_nobody(store, gathering, care_manager, page):
    willing(store)
    page(care_manager).post(f"/gatherings/{gathering.pk}/invite/?loyalty=nonsense")
    assert not gathering.guests.exists()


def test_many_are_invited_with_few_queries(store, gathering, care_manager, django_assert_max_num_queries):
    for _customer in range(60):
        willing(store)
    with django_assert_max_num_queries(20):
        assert gathering.invite(Customer.objects.all(), by=care_manager) == 60
    assert (Message.objects.count(), gathering.guests.count()) == (60, 60)


def test_nobody_is_invited_to_what_is_over(store, care_manager, page):
    willing(store)
    begun = make_gathering(store, starts_at=timezone.now() - timedelta(hours=1))
    cancelled = make_gathering(store, status="cancelled", cancel_reason="Typhoon")
    assert page(care_manager).post(f"/gatherings/{begun.pk}/invite/").status_code == 400
    assert page(care_manager).post(f"/gatherings/{cancelled.pk}/invite/").status_code == 409
    assert not Message.objects.exists()


def invited(gathering, by):
    """Invite the only customer and return the message, due tomorrow at ten."""
    willing(gathering.store)
    gathering.invite(Customer.objects.all(), by=by)
    Message.objects.update(due_at=morning())
    return Message.objects.get()


def state(message):
    message.refresh_from_db()
    return message.status, message.reason


def test_an_invitation_goes_out_like_every_promotion(gathering, care_manager):
    """T63: the gate has the last word."""
    message = invited(gathering, care_manager)
    outbox.send_due(morning())
    assert state(message) == ("sent", "")


def test_consent_taken_back_meanwhile_stops_the_invitation(gathering, care_manager):
    message = invited(gathering, care_manager)
    agree(message.customer, Purpose.MARKETING, is_granted=False, at=timezone.now())
    outbox.send_due(morning())
    assert state(message) == ("cancelled", "no_consent")


def test_who_has_answered_meanwhile_is_not_invited_any_more(gathering, care_manager, agent):
    message = invited(gathering, care_manager)
    gathering.register(message.customer, by=agent)
    outbox.send_due(morning())
    assert state(message) == ("cancelled", "invitation_over")


def test_nobody_is_invited_to_what_has_been_cancelled(gathering, care_manager):
    message = invited(gathering, care_manager)
    gathering.cancel("Typhoon", by=care_manager)
    outbox.send_due(morning())
    assert state(message) == ("cancelled", "invitation_over")


def test_an_invitation_that_waits_says_the_new_day(gathering, care_manager):
    message = invited(gathering, care_manager)
    gathering.edit(by=care_manager, starts_at=instant("2099-12-06 15:30"), venue="工位")
    message.refresh_from_db()
    assert "12月6日15:30，工位" in message.body
    assert message.parameters[-2:] == [["time", "15:30"], ["place", "工位"]]
    assert (message.expires_at, str(message.occurs_on)) == (instant("2099-12-06 15:30"), "2099-12-06")


def test_an_invitation_that_is_out_keeps_its_words(gathering, care_manager):
    message = invited(gathering, care_manager)
    outbox.send_due(morning())
    words = Message.objects.get().body
    gathering.edit(by=care_manager, venue="工位")
    assert Message.objects.get().body == words
    assert state(message) == ("sent", "")


def test_the_page_shows_what_became_of_the_message(gathering, care_manager, page):
    message = invited(gathering, care_manager)
    message.cancel(by=care_manager)
    assert "stopped by hand" in page(care_manager).get(f"/gatherings/{gathering.pk}/").content.decode()
