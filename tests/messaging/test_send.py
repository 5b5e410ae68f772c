"""Sending what is due: reliability 4.3, T48, T49, T62, T63, T64; domain rule 6.2."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from customers.models import Customer, Purpose
from messaging import outbox
from messaging.channels import NoAnswer, Refused, Unavailable
from messaging.models import Message, Reason, SimulatedReceipt
from tests.factories import NOW, make_customer, make_vehicle
from tests.messaging.factories import agree, make_message
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.django_db
Status = Message.Status


def send(message, at=NOW):
    outbox.send_due(at)
    message.refresh_from_db()
    return message.status, message.reason


def test_a_due_message_reaches_the_simulator_once(customer, care):
    message = make_message(customer, care)
    assert send(message) == (Status.SENT, "")
    assert send(message) == (Status.SENT, "")
    receipt = SimulatedReceipt.objects.get()
    assert (receipt.message_ref, receipt.phone, receipt.body) == (message.pk, "13900000001", "【Store S01】王伟先生您好")
    assert (message.attempts, message.sent_at) == (1, NOW)


def test_sending_is_on_the_timeline_of_the_customer(customer, care):
    send(make_message(customer, care))
    assert list(Event.objects.of_customer(customer).values_list("code", flat=True)) == ["message.sent"]


def test_nothing_goes_out_before_its_time(customer, care):
    assert send(make_message(customer, care), NOW - timedelta(minutes=1)) == (Status.PLANNED, "")


@pytest.mark.parametrize(
    ("at", "waits_until"),
    [
        ("2026-11-18 23:00", "2026-11-19 08:30"),
        ("2026-11-18 20:31", "2026-11-19 08:30"),
        ("2026-11-19 00:00", "2026-11-19 08:30"),
        ("2026-11-19 08:29", "2026-11-19 08:30"),
    ],
)
def test_quiet_hours_postpone_and_do_not_drop(customer, care, at, waits_until):
    """Due at 23:00 goes out next morning, still once (T62)."""
    message = make_message(customer, care)
    assert send(message, instant(at)) == (Status.PLANNED, Reason.QUIET_HOURS)
    assert message.due_at == instant(waits_until)
    assert send(message, instant(waits_until)) == (Status.SENT, "")
    assert message.attempts == 1


@pytest.mark.parametrize("at", ["2026-11-18 08:30", "2026-11-18 20:30"])
def test_the_window_is_open_from_half_past_eight_to_half_past_eight(customer, care, at):
    assert send(make_message(customer, care, due_at=instant(at)), instant(at)) == (Status.SENT, "")


def test_quiet_hours_are_those_of_the_store(other_store, care):
    """20:00 in Shanghai is 21:00 in Tokyo."""
    other_store.timezone = "Asia/Tokyo"
    other_store.save()
    message = make_message(agree(make_customer(other_store)), care)
    assert send(message, instant("2026-11-18 20:00")) == (Status.PLANNED, Reason.QUIET_HOURS)


def test_a_notice_may_go_out_a_little_earlier_and_needs_no_consent(store, notice):
    message = make_message(make_customer(store), notice, due_at=instant("2026-11-18 08:10"))
    assert send(message, instant("2026-11-18 08:10")) == (Status.SENT, "")


def test_what_would_wait_beyond_its_time_expires(customer, care):
    message = make_message(customer, care, expires_at=instant("2026-11-19 08:00"))
    assert send(message, instant("2026-11-18 23:00")) == (Status.EXPIRED, Reason.QUIET_HOURS)


def test_what_is_found_too_late_expires(customer, care):
    """The sweeper was dead for days: nothing stale goes out (T55)."""
    assert send(make_message(customer, care), NOW + timedelta(days=3)) == (Status.EXPIRED, Reason.TOO_LATE)
    assert Event.objects.get().code == "message.expired"


def change(customer, **fields):
    Customer.objects.filter(pk=customer.pk).update(**fields)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda customer: agree(customer, is_granted=False, at=NOW), Reason.NO_CONSENT),
        (lambda customer: change(customer, do_not_call_at=NOW), Reason.DO_NOT_CONTACT),
        (lambda customer: change(customer, phone=""), Reason.NO_MOBILE),
        (lambda customer: change(customer, phone="02161234567"), Reason.NO_MOBILE),
        (lambda customer: change(customer, phone_doubtful_at=NOW), Reason.PHONE_DOUBTFUL),
    ],
)
def test_what_happens_between_planning_and_sending_cancels(customer, care, happens, reason):
    """T63: every condition is asked again in the transaction that takes the message."""
    message = make_message(customer, care)
    happens(customer)
    assert send(message) == (Status.CANCELLED, reason)
    assert not SimulatedReceipt.objects.exists()
    event = Event.objects.get(code="message.cancelled")
    assert event.particulars["reason"] == reason


def test_a_new_phone_is_used(customer, care):
    message = make_message(customer, care)
    change(customer, phone="13911112222")
    assert send(message) == (Status.SENT, "")
    assert SimulatedReceipt.objects.get().phone == "13911112222"


def test_a_sold_car_cancels(customer, care, store):
    message = make_message(customer, care, vehicle=make_vehicle(store, make_customer(store)))
    assert send(message) == (Status.CANCELLED, Reason.OWNER_CHANGED)


def test_consent_for_another_purpose_does_not_count(customer, promotion):
    assert send(make_message(customer, promotion)) == (Status.CANCELLED, Reason.NO_CONSENT)


def test_a_text_with_a_missing_value_never_goes_out(customer, care):
    assert send(make_message(customer, care, body="")) == (Status.CANCELLED, Reason.MISSING_VALUE)


def test_a_customer_gets_one_care_message_a_day(customer, care):
    """Three cars due on one day: the others follow on the next days (T64)."""
    first, second, third = (make_message(customer, care) for _ in range(3))
    assert send(first) == (Status.SENT, "")
    assert send(second) == (Status.PLANNED, Reason.CARE_TODAY)
    assert second.due_at == instant("2026-11-19 08:30")
    assert send(second, instant("2026-11-19 08:30")) == (Status.SENT, "")
    third.refresh_from_db()
    assert (third.status, third.due_at) == (Status.PLANNED, instant("2026-11-20 08:30"))


def test_two_records_with_one_phone_are_one_person(customer, care, store):
    double = agree(make_customer(store, phone=customer.phone))
    first, second = make_message(customer, care), make_message(double, care)
    assert send(first) == (Status.SENT, "")
    assert send(second) == (Status.PLANNED, Reason.CARE_TODAY)


def test_a_message_in_doubt_counts_as_received(customer, care):
    make_message(customer, care, status=Status.UNCERTAIN, lease_until=NOW)
    assert send(make_message(customer, care)) == (Status.PLANNED, Reason.CARE_TODAY)


def test_promotions_keep_a_week_apart(customer, marketing, promotion):
    make_message(customer, promotion, status=Status.SENT, sent_at=NOW - timedelta(days=6, hours=23))
    message = make_message(customer, promotion)
    assert send(message) == (Status.PLANNED, Reason.PROMOTION_CAP)
    assert message.due_at == NOW + timedelta(hours=1)
    assert send(message, NOW + timedelta(hours=1)) == (Status.SENT, "")


def test_four_promotions_a_month_are_the_most(customer, marketing, promotion):
    for days in (29, 22, 15, 8):
        make_message(customer, promotion, status=Status.SENT, sent_at=NOW - timedelta(days=days))
    message = make_message(customer, promotion)
    assert send(message) == (Status.PLANNED, Reason.PROMOTION_CAP)
    assert message.due_at == NOW + timedelta(days=1)


def test_care_and_promotion_do_not_count_for_each_other(customer, marketing, care, promotion):
    make_message(customer, promotion, status=Status.SENT, sent_at=NOW)
    assert send(make_message(customer, care)) == (Status.SENT, "")


def test_a_channel_out_of_reach_is_tried_again_later(customer, care, channel):
    channel.sending_raises = Unavailable()
    message = make_message(customer, care)
    assert send(message) == (Status.PLANNED, Reason.UNAVAILABLE)
    assert timedelta(seconds=24) <= message.due_at - NOW <= timedelta(seconds=36)
    channel.sending_raises = None
    assert send(message, NOW + timedelta(minutes=1)) == (Status.SENT, "")
    assert message.attempts == 2


def test_after_five_tries_it_has_failed(customer, care, channel):
    channel.sending_raises = Unavailable()
    message, at = make_message(customer, care), NOW
    for _try in range(5):
        status = send(message, at)
        at = message.due_at
    assert status == (Status.FAILED, Reason.UNAVAILABLE)
    assert message.attempts == 5


def test_what_the_channel_refuses_has_failed(customer, care, channel):
    channel.sending_raises = Refused()
    assert send(make_message(customer, care)) == (Status.FAILED, Reason.REFUSED)


def test_a_bug_in_one_message_does_not_hold_up_the_others(customer, care, channel, store, monkeypatch, caplog):
    broken, fine = make_message(customer, care), make_message(agree(make_customer(store)), care)
    begin = Message.begin
    monkeypatch.setattr(Message, "begin", lambda self, now: 1 / 0 if self.pk == broken.pk else begin(self, now))
    assert send(fine) == (Status.SENT, "")
    assert f"Message {broken.pk} could not be handled" in caplog.text


def abandoned(customer, template, channel, *, was_taken):
    """A message whose sender died, the provider knowing of it or not."""
    message = make_message(customer, template)
    channel.sending_raises = NoAnswer()
    send(message)
    if was_taken:
        channel.taken.append((message.pk, message.phone))
    channel.sending_raises = None
    assert message.status == Status.SENDING
    return message


def recover(message, at=NOW + timedelta(seconds=121)):
    outbox.recover(at)
    message.refresh_from_db()
    return message.status


def test_a_taken_message_is_written_down_and_not_sent_again(customer, care, channel):
    """Killed after the provider accepted, before recording (T48)."""
    message = abandoned(customer, care, channel, was_taken=True)
    assert recover(message) == Status.SENT
    outbox.send_due(NOW + timedelta(hours=1))
    assert len(channel.taken) == 1


def test_a_message_that_certainly_did_not_arrive_is_sent_again(customer, care, channel):
    message = abandoned(customer, care, channel, was_taken=False)
    assert recover(message) == Status.PLANNED
    assert send(message, NOW + timedelta(hours=1)) == (Status.SENT, "")
    assert len(channel.taken) == 1


def test_when_nobody_can_tell_a_person_decides(customer, care, channel):
    """A customer message in doubt is never sent again by itself (T49)."""
    message = abandoned(customer, care, channel, was_taken=False)
    channel.knows = False
    assert recover(message) == Status.UNCERTAIN
    outbox.recover(NOW + timedelta(hours=1))
    assert send(message, NOW + timedelta(hours=1)) == (Status.UNCERTAIN, Reason.NO_ANSWER)
    assert channel.taken == []


def test_a_lease_that_runs_is_left_alone(customer, care, channel):
    message = abandoned(customer, care, channel, was_taken=False)
    assert recover(message, NOW + timedelta(seconds=119)) == Status.SENDING


def test_the_late_answer_of_an_older_try_changes_nothing(customer, care, channel):
    message = abandoned(customer, care, channel, was_taken=False)
    older = Message.objects.get(pk=message.pk)
    recover(message)
    channel.sending_raises = NoAnswer()
    send(message, NOW + timedelta(hours=1))
    older.finish(NOW + timedelta(hours=1))
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.SENDING, 2)


def test_two_senders_take_a_message_once(customer, care, channel):
    message = make_message(customer, care)
    first, second = (Message.objects.get(pk=message.pk) for _ in range(2))
    assert first.begin(NOW)
    assert not second.begin(NOW)


@pytest.mark.parametrize("minutes", [0, 1])
def test_now_is_the_clock_when_no_instant_is_given(customer, care, minutes, time_machine):
    time_machine.move_to(NOW)
    message = make_message(customer, care, due_at=timezone.now() + timedelta(minutes=minutes))
    assert send(message, None)[0] == (Status.PLANNED if minutes else Status.SENT)


def test_other_purposes_ask_for_their_own_consent(customer, promotion, marketing):
    assert promotion.purpose == Purpose.MARKETING
    assert send(make_message(customer, promotion)) == (Status.SENT, "")
