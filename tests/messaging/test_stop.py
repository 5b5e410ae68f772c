"""A stopped channel: suspended by the provider (T70), out of reach (T67), stopped by hand (T71)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from activity.models import Event
from common.errors import NotAllowed
from messaging import outbox
from messaging.channels import NoAnswer, Refused, Suspended, Unavailable
from messaging.models import ChannelStop, Message, Reason
from notifications.models import Notification
from tests.factories import NOW, make_customer
from tests.messaging.factories import agree, make_message, sent

pytestmark = pytest.mark.django_db
Status = Message.Status
Cause = ChannelStop.Cause
STEERED = "tests.messaging.steered_channel"


@pytest.fixture
def ten(store, care):
    return [make_message(agree(make_customer(store)), care) for _ in range(10)]


def states():
    return list(Message.objects.order_by("due_at", "pk").values_list("status", "attempts"))


def test_a_suspended_text_stops_the_channel_with_one_alert(ten, channel, care_manager, agent):
    """T70: the other nine are not touched."""
    channel.sending_raises = Suspended("isv.SMS_TEMPLATE_ILLEGAL")
    for minute in range(5):
        outbox.send_due(NOW + timedelta(minutes=minute))
    assert sorted(states()) == [(Status.PLANNED, 0)] * 9 + [(Status.PLANNED, 1)]
    stop = ChannelStop.objects.get()
    assert (stop.cause, stop.answer, stop.next_trial_at) == (Cause.SUSPENDED, "isv.SMS_TEMPLATE_ILLEGAL", None)
    assert [bell.user for bell in Notification.objects.filter(code="channel.stopped")] == [care_manager]
    assert Event.objects.filter(code="channel.stopped").count() == 1


def test_resumed_everything_goes_out_and_what_is_too_late_expires(ten, channel, care_manager, page):
    Message.objects.filter(pk=ten[3].pk).update(expires_at=NOW + timedelta(minutes=30))
    channel.sending_raises = Suspended()
    outbox.send_due(NOW)
    channel.sending_raises = None
    page(care_manager).post(reverse("messaging:channel_resume"))
    outbox.send_due(NOW + timedelta(hours=1))
    assert sorted(Message.objects.values_list("status", flat=True)) == [Status.EXPIRED] + [Status.SENT] * 9
    assert Event.objects.get(code="channel.resumed").actor == care_manager


@pytest.mark.parametrize("error", [Unavailable(), NoAnswer()])
def test_three_silences_in_a_row_leave_the_provider_alone(ten, channel, care_manager, error):
    """T67: a provider that hangs does not keep the worker for a whole batch."""
    channel.sending_raises = error
    assert not outbox.send_due(NOW)
    outbox.send_due(NOW + timedelta(minutes=1))
    assert sum(attempts for _status, attempts in states()) == 3
    stop = ChannelStop.objects.get()
    assert (stop.cause, stop.next_trial_at) == (Cause.OUT_OF_REACH, NOW + timedelta(minutes=5))
    assert Notification.objects.filter(user=care_manager).count() == 1


def test_one_message_tries_whether_the_provider_is_back(ten, channel):
    channel.sending_raises = NoAnswer()
    outbox.send_due(NOW)
    outbox.send_due(NOW + timedelta(minutes=5))
    outbox.send_due(NOW + timedelta(minutes=6))
    assert sum(attempts for _status, attempts in states()) == 4
    channel.sending_raises = None
    outbox.send_due(NOW + timedelta(minutes=10))
    assert len(channel.taken) == 6
    told = Event.objects.filter(code__startswith="channel.").order_by("pk")
    assert [event.code for event in told] == ["channel.stopped", "channel.resumed"]


def test_a_refusal_is_an_answer(ten, channel):
    outcomes = iter([NoAnswer(), NoAnswer(), Refused(), NoAnswer(), NoAnswer(), Refused(), Refused(), Refused(), Refused(), Refused()])
    channel.sends = lambda message: next(outcomes)
    outbox.send_due(NOW)
    assert not ChannelStop.objects.exists()


def test_a_trial_is_claimed_by_one_sender(channel):
    stop = ChannelStop.objects.stop(STEERED, Cause.OUT_OF_REACH, now=NOW)
    same = ChannelStop.objects.get()
    assert not stop.begin_trial(NOW + timedelta(minutes=4))
    assert stop.begin_trial(NOW + timedelta(minutes=5))
    assert not same.begin_trial(NOW + timedelta(minutes=5))


def test_a_suspension_during_an_outage_has_its_own_alert(channel, care_manager):
    ChannelStop.objects.stop(STEERED, Cause.OUT_OF_REACH)
    for _twice in range(2):
        ChannelStop.objects.stop(STEERED, Cause.SUSPENDED)
    ChannelStop.objects.stop(STEERED, Cause.OUT_OF_REACH)
    assert ChannelStop.objects.current(STEERED).cause == Cause.SUSPENDED
    assert Notification.objects.filter(user=care_manager).count() == 2


def test_stopped_by_hand_nothing_more_is_taken(customer, care, channel, care_manager, page):
    """T71: read in the transaction that takes a message, so that a batch that runs ends with the message in hand."""
    message = make_message(customer, care)
    page(care_manager).post(reverse("messaging:channel_stop"))
    assert not message.begin(NOW)
    assert sent(message) == (Status.PLANNED, "")
    assert not Notification.objects.filter(user=care_manager).exists()
    assert "Stopped by hand" in page(care_manager).get(reverse("messaging:list")).content.decode()


def test_another_channel_is_not_stopped(customer, care, channel):
    ChannelStop.objects.stop("messaging.channels.mail", Cause.SUSPENDED)
    assert sent(make_message(customer, care)) == (Status.SENT, "")


def test_only_who_is_responsible_for_all_stores_stops_and_resumes(store, other_store, care_manager, agent, administrator, page):
    for name in ("messaging:channel_stop", "messaging:channel_resume"):
        assert page(agent).post(reverse(name)).status_code == 403
        assert page(administrator).get(reverse(name)).status_code == 405
    assert page(care_manager).post(reverse("messaging:channel_stop")).status_code == 403
    assert page(administrator).post(reverse("messaging:channel_stop")).status_code == 302
    assert page(care_manager).post(reverse("messaging:channel_resume")).status_code == 403
    with pytest.raises(NotAllowed):
        ChannelStop.objects.get().resume(by=agent)
    assert page(administrator).post(reverse("messaging:channel_resume")).status_code == 302
    assert page(administrator).post(reverse("messaging:channel_resume")).status_code == 409


def test_the_page_shows_channel_recipients_and_stops(care_manager, page, choose, settings):
    choose("webhook", url="https://sms.example.com", secret="s3cret")
    settings.MESSAGE_RECIPIENTS = ["13800000000"]
    ChannelStop.objects.stop(settings.MESSAGE_CHANNEL, Cause.SUSPENDED, answer="T7")
    shown = page(care_manager).get(reverse("messaging:channel")).content.decode()
    for words in ("Own program (webhook)", "13800000000", "/messages/receipts/", "T7", "Resume sending"):
        assert words in shown
    assert "s3cret" not in shown
    assert "Simulator inbox" not in shown


def test_a_waiting_message_says_why(customer, care, channel):
    channel.sending_raises = Suspended("T7")
    message = make_message(customer, care)
    assert sent(message) == (Status.PLANNED, Reason.CHANNEL_STOPPED)
    assert message.answer == "T7"
