"""Reports of providers: signed, taken once, never a step back (T68)."""

import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activity.models import Event
from messaging import receipts
from messaging.channels import Report
from messaging.models import Message, Reason, Receipt
from tests.factories import NOW
from tests.messaging.factories import make_message, sent

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.fixture
def webhook(choose):
    choose("webhook", url="https://sms.example.com/send", secret="s3cret")


@pytest.fixture
def message(webhook, customer, care):
    return make_message(customer, care, status=Status.SENT, sent_at=NOW, attempts=1, channel="messaging.channels.webhook", provider_ref="P-1")


def post(body, *, at=None, secret=b"s3cret", **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = str(int(at or time.time()))
    signature = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Manyi-Timestamp": timestamp, "X-Manyi-Signature": signature, **headers}
    return Client(enforce_csrf_checks=True).post(reverse("messaging:receipts"), body, content_type="application/json", headers=headers)


def told(message, state, ref="P-1", **fields):
    return post({"receipts": [{"reference": str(message.pk), "id": ref, "state": state, **fields}]})


def state_of(message):
    message.refresh_from_db()
    return message.status


def test_a_failed_of_an_earlier_try_waits_while_a_later_one_is_under_way(customer, care):
    message = make_message(customer, care, status=Message.Status.SENDING, attempts=2, lease_until=NOW)
    receipt = Receipt.objects.create(channel="x", provider_ref="P1", state="failed")
    message.take_receipt(receipt, NOW)
    assert (message.status, receipt.message) == ("sending", None)
    message.finish(NOW, "P2")
    message.take_receipt(receipt, NOW)
    assert message.status == "sent"
    message.take_receipt(Receipt.objects.create(channel="x", provider_ref="P2", state="failed"), NOW)
    assert message.status == "failed"


def test_delivered_is_written_down_once(message):
    assert told(message, "delivered").json()["taken"] == 1
    assert told(message, "delivered").json()["taken"] == 0
    assert state_of(message) == Status.DELIVERED
    assert message.delivered_at is not None
    assert [event.code for event in Event.objects.all()] == ["message.delivered"]
    assert Receipt.objects.get().message == message


def test_not_delivered_fails_with_the_code(message):
    told(message, "failed", code="EMPTY_NUMBER")
    assert state_of(message) == Status.FAILED
    assert (message.reason, message.answer) == (Reason.UNDELIVERED, "EMPTY_NUMBER")


def test_delivered_is_final(message):
    told(message, "delivered")
    told(message, "failed")
    assert state_of(message) == Status.DELIVERED


@pytest.mark.parametrize("status", [Status.PLANNED, Status.SENDING, Status.UNCERTAIN, Status.FAILED, Status.CANCELLED])
def test_delivered_settles_every_doubt(message, status):
    """Planned once more or not: the customer has it, so it does not go out again."""
    Message.objects.update(status=status)
    told(message, "delivered")
    assert sent(message, NOW + timedelta(hours=1)) == (Status.DELIVERED, "")


@pytest.mark.parametrize("status", [Status.PLANNED, Status.CANCELLED, Status.EXPIRED])
def test_a_failed_report_ends_no_later_decision(message, status):
    Message.objects.update(status=status)
    told(message, "failed")
    assert state_of(message) == status


def test_a_failed_report_of_an_earlier_try_changes_nothing(message):
    told(message, "failed", ref="P-0")
    assert state_of(message) == Status.SENT


@pytest.mark.parametrize(
    "forgery",
    [
        {"secret": b"guessed"},
        {"at": time.time() - 3600},
        {"at": time.time() + 3600},
        {"X-Manyi-Signature": ""},
        {"X-Manyi-Signature": "é"},
        {"X-Manyi-Timestamp": ""},
        {"X-Manyi-Timestamp": "1e9"},
        {"X-Manyi-Timestamp": "9" * 400},
        {"X-Manyi-Timestamp": "٣"},
    ],
)
def test_a_forged_or_stale_report_changes_nothing(message, forgery):
    assert post({"receipts": [{"reference": str(message.pk), "state": "delivered"}]}, **forgery).status_code == 403
    assert state_of(message) == Status.SENT
    assert not Receipt.objects.exists()


def test_a_signature_of_another_body_is_forged(message):
    signed = post({"receipts": []}).request
    body = json.dumps({"receipts": [{"reference": str(message.pk), "state": "delivered"}]}).encode()
    headers = {"X-Manyi-Timestamp": signed["HTTP_X_MANYI_TIMESTAMP"], "X-Manyi-Signature": signed["HTTP_X_MANYI_SIGNATURE"]}
    assert post(body, **headers).status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"\xff", [], {}, {"receipts": 7}, {"receipts": ["x"]}, {"receipts": [{}]}, {"receipts": [{"reference": "1", "state": "lost"}]}],
)
def test_a_malformed_report_is_told_so(webhook, body):
    assert post(body).status_code == 400


@pytest.mark.parametrize("reference", ["0", "999999999999999999999", "-1", "٣", "x", "1 or 1"])
def test_a_report_about_nothing_of_ours_is_kept_without_effect(message, reference):
    assert post({"receipts": [{"reference": reference, "id": "P-9", "state": "delivered"}]}).json()["taken"] == 1
    assert state_of(message) == Status.SENT


def test_a_message_of_another_channel_is_out_of_reach(message):
    Message.objects.update(channel="messaging.channels.mail")
    told(message, "delivered")
    assert state_of(message) == Status.SENT


def test_a_report_faster_than_our_own_note_finds_its_message_later(message):
    Message.objects.update(provider_ref="")
    assert receipts.take([Report("P-1", "delivered")], timezone.now()) == 1
    receipts.match(timezone.now())
    assert state_of(message) == Status.SENT
    Message.objects.update(provider_ref="P-1")
    receipts.match(timezone.now())
    assert state_of(message) == Status.DELIVERED


def test_delivered_counts_for_the_frequency_as_sent(message, customer, care):
    told(message, "delivered")
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.CARE_TODAY)


def test_there_is_no_such_page_without_a_channel_that_reports(settings):
    assert Client().post(reverse("messaging:receipts")).status_code == 404
    assert Client().get(reverse("messaging:receipts")).status_code == 405
