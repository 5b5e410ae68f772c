"""The webhook: signed calls out, every way a provider can answer, and what the message becomes (T67, T49)."""

import hashlib
import hmac
import time
from datetime import timedelta

import pytest

from messaging.models import ChannelStop, Message, Reason
from tests.factories import NOW
from tests.messaging.factories import asked, make_message, sent

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.fixture
def webhook(provider, choose):
    choose("webhook", url=f"http://{provider.address}/send", secret="s3cret")
    provider.answer = lambda call: (200, {"code": "ok", "id": "P-1"}) if is_signed(call) else (403, {})
    return provider


def is_signed(call):
    """Check as docs/channels.md tells a provider to."""
    timestamp, signature = call.headers["x-manyi-timestamp"], call.headers["x-manyi-signature"]
    signed = call.body or call.target.partition("?")[2].encode()
    expected = hmac.new(b"s3cret", timestamp.encode() + b"." + signed, hashlib.sha256).hexdigest()
    return abs(time.time() - int(timestamp)) < 300 and hmac.compare_digest(expected, signature)


def test_a_message_goes_out_signed_with_our_number(webhook, customer, care):
    care.provider_code = "T7"
    care.save()
    message = make_message(customer, care, parameters=[["customer", "王伟先生"]])
    assert sent(message) == (Status.SENT, "")
    assert (message.channel, message.provider_ref) == ("messaging.channels.webhook", "P-1")
    assert [call.json for call in webhook.calls] == [
        {
            "reference": str(message.pk),
            "attempt": 1,
            "phone": "13900000001",
            "text": "【Store S01】王伟先生您好",
            "template": "T7",
            "parameters": {"customer": "王伟先生"},
        }
    ]


def test_another_secret_stops_the_channel(webhook, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "secret": "other"}
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.CHANNEL_STOPPED)


@pytest.mark.parametrize(
    ("status", "body", "becomes"),
    [
        (200, {"code": "refused", "text": "blacklist 13900000001"}, (Status.FAILED, Reason.REFUSED, "refused blacklist …")),
        (200, {"code": "nobody knows this code"}, (Status.FAILED, Reason.REFUSED, "nobody knows this code")),
        (200, {"code": "busy"}, (Status.PLANNED, Reason.UNAVAILABLE, "busy")),
        (200, {"code": "suspended", "text": "template T7"}, (Status.PLANNED, Reason.CHANNEL_STOPPED, "suspended template T7")),
        (429, {}, (Status.PLANNED, Reason.UNAVAILABLE, "HTTP 429")),
        (503, {}, (Status.PLANNED, Reason.UNAVAILABLE, "HTTP 503")),
        (401, {}, (Status.PLANNED, Reason.CHANNEL_STOPPED, "HTTP 401")),
        (400, {}, (Status.FAILED, Reason.REFUSED, "HTTP 400")),
        (302, {}, (Status.FAILED, Reason.REFUSED, "HTTP 302")),
        (500, {}, (Status.SENDING, "", "")),
        (200, b"<html>Log in to the network</html>", (Status.SENDING, "", "")),
        (200, [], (Status.SENDING, "", "")),
        (200, {"id": "P-1"}, (Status.SENDING, "", "")),
    ],
)
def test_every_answer_has_its_state(webhook, customer, care, status, body, becomes):
    """T67: a 200 with an error code is no success, and what says nothing leaves a doubt."""
    webhook.says(body, status)
    message = make_message(customer, care)
    assert (*sent(message), message.answer) == becomes


def test_a_provider_that_hangs_leaves_a_doubt_and_is_not_asked_twice_to_send(webhook, customer, care, impatient):
    """T67, T49: it may have the message, so a person decides."""
    webhook.hangs = True
    message = make_message(customer, care)
    assert sent(message) == (Status.SENDING, "")
    assert asked(message) == Status.UNCERTAIN
    assert sent(message, NOW + timedelta(hours=1)) == (Status.UNCERTAIN, Reason.NO_ANSWER)
    assert [call.method for call in webhook.calls] == ["POST", "GET"]


def test_nobody_at_the_address_is_certain_and_tried_again(choose, customer, care):
    choose("webhook", url="http://127.0.0.1:9/send", secret="s3cret")
    message = make_message(customer, care)
    assert sent(message) == (Status.PLANNED, Reason.UNAVAILABLE)
    assert timedelta(seconds=24) <= message.due_at - NOW <= timedelta(seconds=36)


@pytest.mark.parametrize(
    ("status", "code", "becomes"),
    [
        (200, "ok", Status.SENT),
        (200, "unknown", Status.PLANNED),
        (404, "unknown", Status.UNCERTAIN),
        (200, "?", Status.UNCERTAIN),
        (500, "ok", Status.UNCERTAIN),
    ],
)
def test_a_lost_answer_is_asked_for_by_our_number(webhook, customer, care, impatient, status, code, becomes):
    """T48: only a clear "unknown" lets it go out again; a wrong address says nothing about the message."""
    webhook.hangs = True
    message = make_message(customer, care)
    sent(message)
    webhook.hangs = False
    webhook.answer = lambda call: (status, {"code": code}) if is_signed(call) else (403, {})
    assert asked(message) == becomes
    assert webhook.calls[-1].query == {"reference": str(message.pk)}
    assert not ChannelStop.objects.exists()


def test_another_channel_cannot_tell_what_became_of_it(webhook, customer, care, settings):
    message = make_message(customer, care, status=Status.SENDING, attempts=1, lease_until=NOW, channel="messaging.channels.mail")
    assert asked(message) == Status.UNCERTAIN
    assert webhook.calls == []
