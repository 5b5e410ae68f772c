"""SMS by Aliyun through its SDK, against a server that checks the signature (ME2, T67, T68, T70)."""

import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from messaging.models import ChannelStop, Message, Reason
from tests.factories import NOW
from tests.messaging.factories import asked, make_message, sent

pytestmark = pytest.mark.django_db
Status = Message.Status
SECRET = "aliyun-secret"


@pytest.fixture
def aliyun(provider, choose, care):
    care.provider_code = "SMS_1"
    care.save()
    choose("aliyun", key_id="LTAI", key_secret=SECRET, sign="满意", receipt_key="r3ceipt", endpoint=f"http://{provider.address}")
    says(provider, {"Code": "OK", "Message": "OK", "BizId": "900^0", "RequestId": "1"})
    return provider


def says(provider, body, status=200):
    provider.answer = lambda call: (status, body) if is_signed(call) else (400, {"Code": "SignatureDoesNotMatch", "Message": "", "RequestId": "1"})


def is_signed(call):
    """Sign anew as documented for ACS3-HMAC-SHA256 and compare."""
    method, _blank, rest = call.headers["authorization"].partition(" ")
    given = dict(part.split("=", 1) for part in rest.split(","))
    names = given["SignedHeaders"].split(";")
    address = urlsplit(call.target)
    query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(parse_qsl(address.query, keep_blank_values=True)))
    headers = "".join(f"{name}:{call.headers[name].strip()}\n" for name in names)
    content = hashlib.sha256(call.body).hexdigest()
    canonical = "\n".join([call.method, address.path, query, headers, ";".join(names), content])
    to_sign = f"{method}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    expected = hmac.new(SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return content == call.headers["x-acs-content-sha256"] and hmac.compare_digest(expected, given["Signature"])


def test_a_message_goes_out_as_template_and_parameters(aliyun, customer, care):
    message = make_message(customer, care, parameters=[["customer", "王伟先生"], ["date", "12月1日"]])
    assert sent(message) == (Status.SENT, "")
    assert message.provider_ref == "900^0"
    call = aliyun.calls[0]
    assert (call.headers["x-acs-action"], len(aliyun.calls)) == ("SendSms", 1)
    assert json.loads(call.query.pop("TemplateParam")) == {"customer": "王伟先生", "date": "12月1日"}
    wanted = {"PhoneNumbers": "13900000001", "SignName": "满意", "TemplateCode": "SMS_1", "OutId": str(message.pk)}
    assert wanted.items() <= call.query.items()


def test_a_text_without_code_fails_until_it_has_one(aliyun, customer, care, care_manager):
    care.provider_code = ""
    care.save()
    message = make_message(customer, care)
    assert sent(message) == (Status.FAILED, Reason.NO_CODE)
    assert aliyun.calls == []
    care.provider_code = "SMS_1"
    care.save()
    message.resend(by=care_manager, now=NOW)
    assert sent(message) == (Status.SENT, "")


@pytest.mark.parametrize(
    ("status", "code", "becomes"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", (Status.FAILED, Reason.REFUSED)),
        (200, "isv.BUSINESS_LIMIT_CONTROL", (Status.PLANNED, Reason.UNAVAILABLE)),
        (200, "isv.SMS_TEMPLATE_ILLEGAL", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        (200, "isv.SMS_SIGNATURE_ILLEGAL", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        (200, "isv.AMOUNT_NOT_ENOUGH", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        (429, "Throttling.User", (Status.PLANNED, Reason.UNAVAILABLE)),
        (403, "Forbidden.RAM", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        (404, "InvalidAccessKeyId.NotFound", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        (503, "ServiceUnavailable", (Status.PLANNED, Reason.UNAVAILABLE)),
        (500, "InternalError", (Status.SENDING, "")),
    ],
)
def test_every_code_has_its_state(aliyun, customer, care, status, code, becomes):
    """T67: a 200 with an error code is no success; T70: a suspended text stops the channel."""
    says(aliyun, {"Code": code, "Message": "13900000001", "RequestId": "1"}, status)
    message = make_message(customer, care)
    assert sent(message) == becomes
    assert len(aliyun.calls) == 1
    assert "13900000001" not in message.answer


def test_a_wrong_key_stops_the_channel(aliyun, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "key_secret": "other"}
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.CHANNEL_STOPPED)
    assert ChannelStop.objects.get().answer.startswith("SignatureDoesNotMatch")


def test_a_provider_that_hangs_leaves_a_doubt(aliyun, customer, care, impatient):
    aliyun.hangs = True
    message = make_message(customer, care)
    assert sent(message) == (Status.SENDING, "")
    assert len(aliyun.calls) == 1
    assert asked(message) == Status.UNCERTAIN


def test_nobody_at_the_address_is_tried_again(aliyun, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "endpoint": "http://127.0.0.1:9"}
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.UNAVAILABLE)


@pytest.mark.parametrize(("is_there", "becomes"), [(True, Status.SENT), (False, Status.UNCERTAIN)])
def test_a_lost_answer_is_looked_up_by_our_number(aliyun, customer, care, is_there, becomes):
    """T48; what is not listed yet may still come, so it is not sent again by itself (T49)."""
    message = make_message(customer, care, status=Status.SENDING, attempts=1, lease_until=NOW, channel="messaging.channels.aliyun")
    details = [{"OutId": str(message.pk) if is_there else "0", "SendStatus": 3}]
    says(aliyun, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": details}, "TotalCount": "1"})
    assert asked(message) == becomes
    assert {"PhoneNumber": "13900000001", "SendDate": "20261118"}.items() <= aliyun.calls[0].query.items()


def push(report, key="r3ceipt"):
    return Client().post(f"{reverse('messaging:receipts')}?key={key}", [report], content_type="application/json")


def test_receipts_are_pushed_with_the_key_of_the_address(aliyun, customer, care):
    message = make_message(customer, care)
    sent(message)
    report = {"phone_number": "13900000001", "success": False, "err_code": "PHONE_EMPTY", "biz_id": "900^0", "out_id": str(message.pk)}
    assert push(report, key="guessed").status_code == 403
    assert push(report, key="").status_code == 403
    assert push(report).json()["code"] == 0
    message.refresh_from_db()
    assert (message.status, message.reason, message.answer) == (Status.FAILED, Reason.UNDELIVERED, "PHONE_EMPTY")
    assert push({**report, "success": True}).json()["taken"] == 1
    message.refresh_from_db()
    assert message.status == Status.DELIVERED
    assert message.delivered_at - message.sent_at > timedelta(0)
    assert push("nonsense").status_code == 400
