"""Contact caps over messages, calls and surveys: ME4."""

from datetime import timedelta

import pytest
from django.urls import reverse

from activity.models import Event
from customers.models import Channel, Purpose
from followups.outcomes import Outcome
from messaging import outbox
from messaging.ledger import Contact, contacts
from messaging.models import ContactCap, Message, Reason
from tests.factories import NOW, make_customer, make_followup, make_plan, on
from tests.messaging.factories import agree, make_message
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cap(db):
    """Two contacts of any kind within a week let care wait."""
    return ContactCap.objects.create(category="care", days=7, most=2, valid_from=on("2026-01-01"))


def send(message, at=NOW):
    outbox.send_due(at)
    message.refresh_from_db()
    return message.status, message.reason


def sent(customer, template, ago):
    return make_message(customer, template, status=Message.Status.SENT, sent_at=NOW - ago)


def called(customer, agent, ago, outcome=Outcome.OK, **fields):
    return make_followup(customer.store, customer=customer, **fields).attempts.create(by=agent, at=NOW - ago, outcome=outcome)


def test_a_message_and_a_call_count_together(customer, care, cap, agent):
    sent(customer, care, 5 * DAY)
    called(customer, agent, 3 * DAY)
    message = make_message(customer, care)
    assert send(message) == ("planned", Reason.CONTACT_CAP)
    assert message.due_at == NOW + 2 * DAY
    assert send(message, NOW + 2 * DAY) == ("sent", "")


def test_the_next_allowed_moment_lies_in_the_window(customer, care, cap, agent):
    called(customer, agent, 6 * DAY + timedelta(hours=11))
    called(customer, agent, 1 * DAY)
    message = make_message(customer, care)
    send(message)
    assert message.due_at == instant("2026-11-19 08:30")


def test_what_would_wait_too_long_expires(customer, care, cap, agent):
    called(customer, agent, 2 * DAY)
    called(customer, agent, 1 * DAY)
    assert send(make_message(customer, care)) == ("expired", Reason.CONTACT_CAP)


def test_the_wait_is_on_the_page_of_the_customer(customer, care, cap, agent, page):
    sent(customer, care, 5 * DAY)
    called(customer, agent, 3 * DAY)
    message = make_message(customer, care)
    send(message)
    send(message)
    event = Event.objects.of_customer(customer).get()
    assert (event.code, event.particulars["reason"]) == ("message.postponed", Reason.CONTACT_CAP)
    shown = page(agent).get(customer.get_absolute_url()).content.decode()
    assert "Message waits until" in shown
    assert "contacted often enough" in shown


def test_one_care_message_a_day_is_told_too(customer, care):
    sent(customer, care, timedelta(hours=1))
    send(make_message(customer, care))
    assert Event.objects.get().code == "message.postponed"


def test_quiet_hours_are_nothing_to_tell(customer, care):
    send(make_message(customer, care, due_at=instant("2026-11-18 23:00")), instant("2026-11-18 23:00"))
    assert not Event.objects.exists()


def test_what_the_customer_asked_for_is_no_contact(customer, care, notice, cap, agent):
    sent(customer, notice, 2 * DAY)
    for outcome in (Outcome.NO_ANSWER, Outcome.BUSY):
        called(customer, agent, DAY, outcome)
    for _round in range(2):
        called(customer, agent, DAY, source_kind="complaint_round")
    assert send(make_message(customer, care)) == ("sent", "")


def test_a_letter_is_no_call(customer, care, cap, agent):
    letter = make_plan("letter", kind="letter")
    for _letter in range(2):
        called(customer, agent, DAY, plan=letter)
    assert send(make_message(customer, care)) == ("sent", "")


def test_others_do_not_count(customer, care, cap, agent, store):
    for _call in range(2):
        called(make_customer(store), agent, DAY)
    assert send(make_message(customer, care)) == ("sent", "")


def test_two_records_of_one_person_count_together(customer, care, cap, agent, store):
    double = agree(make_customer(store, phone=customer.phone))
    called(customer, agent, 6 * DAY)
    called(double, agent, 5 * DAY)
    assert send(make_message(customer, care)) == ("planned", Reason.CONTACT_CAP)


def test_each_category_has_its_own_cap(customer, marketing, care, promotion, cap, agent):
    called(customer, agent, 6 * DAY)
    called(customer, agent, 5 * DAY)
    assert send(make_message(customer, promotion)) == ("sent", "")


def test_a_cap_that_is_over_holds_nobody_back(customer, care, cap, agent):
    ContactCap.objects.update(valid_to=on("2026-11-17"))
    called(customer, agent, 2 * DAY)
    called(customer, agent, DAY)
    assert send(make_message(customer, care)) == ("sent", "")


def test_a_notice_is_never_held_back(customer, notice, care, cap, agent):
    called(customer, agent, 2 * DAY)
    called(customer, agent, DAY)
    assert send(make_message(customer, notice)) == ("sent", "")


def test_the_ledger_names_channel_and_purpose(customer, care, agent):
    sent(customer, care, 2 * DAY)
    called(customer, agent, DAY)
    assert contacts(Message(), [customer], NOW - 7 * DAY) == [
        Contact(NOW - 2 * DAY, Channel.SMS, Purpose.REMINDER),
        Contact(NOW - DAY, Channel.PHONE, Purpose.SURVEY),
    ]


def test_caps_are_edited_for_all_stores(defaults, other_store, care_manager, administrator, page):
    cap = ContactCap.objects.get(category="care")
    address, data = reverse("messaging:cap_edit", args=[cap.pk]), {"days": 14, "most": 2, "valid_from": "2026-01-01", "valid_to": ""}
    assert page(care_manager).post(address, data).status_code == 403
    assert page(administrator).post(address, {**data, "most": 0}).status_code == 422
    assert page(administrator).post(address, {**data, "valid_to": "2025-01-01"}).status_code == 422
    page(administrator).post(address, data)
    cap.refresh_from_db()
    assert (cap.days, cap.most) == (14, 2)
    assert "Contact caps" in page(administrator).get(reverse("messaging:template_list")).content.decode()
