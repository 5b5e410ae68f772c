"""SMS by Tencent Cloud through its SDK, against a server that checks the signature (ME2, T67, T68, T70)."""

import hashlib
import hmac
import re

import pytest
from django.test import Client
from django.urls import reverse

from messaging.models import Message, Reason
from tests.factories import NOW
from tests.messaging.factories import asked, make_message, sent

pytestmark = pytest.mark.django_db
Status = Message.Status
SECRET = "tencent-secret"
AUTHORIZATION = re.compile(r"TC3-HMAC-SHA256 Credential=(\w+)/([\d-]+)/(\w+)/tc3_request, SignedHeaders=([\w;-]+), Signature=(\w+)")


@pytest.fixture
def tencent(provider, choose, care):
    care.provider_code = "100"
    care.save()
    options = {"app_id": "1400", "sign": "满意", "receipt_key": "r3ceipt", "endpoint": f"http://{provider.address}"}
    choose("tencent", secret_id="AKID", secret_key=SECRET, **options)
    status(provider, "Ok")
    return provider


def says(provider, response, http_status=200):
    refused = {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": ""}, "RequestId": "1"}
    provider.answer = lambda call: (http_status, {"Response": response if is_signed(call) else refused})


def status(provider, code):
    says(provider, {"SendStatusSet": [{"SerialNo": "S-1", "Code": code, "Message": "13900000001"}], "RequestId": "1"})


def is_signed(call):
    """Sign anew as documented for TC3-HMAC-SHA256 and compare."""
    _id, day, service, names, signature = AUTHORIZATION.fullmatch(call.headers["authorization"]).groups()
    headers = "".join(f"{name}:{call.headers[name].lower()}\n" for name in names.split(";"))
    canonical = "\n".join([call.method, "/", "", headers, names, hashlib.sha256(call.body).hexdigest()])
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join(["TC3-HMAC-SHA256", call.headers["x-tc-timestamp"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"TC3{SECRET}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest(), signature)


def test_a_message_goes_out_as_template_and_values_in_order(tencent, customer, care):
    message = make_message(customer, care, parameters=[["date", "12月1日"], ["customer", "王伟先生"]])
    assert sent(message) == (Status.SENT, "")
    assert message.provider_ref == "S-1"
    assert [call.json for call in tencent.calls] == [
        {
            "PhoneNumberSet": ["+8613900000001"],
            "SmsSdkAppId": "1400",
            "SignName": "满意",
            "TemplateId": "100",
            "TemplateParamSet": ["12月1日", "王伟先生"],
            "SessionContext": str(message.pk),
        }
    ]


def test_a_text_without_code_fails(tencent, customer, care):
    care.provider_code = ""
    care.save()
    assert sent(make_message(customer, care)) == (Status.FAILED, Reason.NO_CODE)
    assert tencent.calls == []


@pytest.mark.parametrize(
    ("code", "becomes"),
    [
        ("InvalidParameterValue.IncorrectPhoneNumber", (Status.FAILED, Reason.REFUSED)),
        ("FailedOperation.PhoneNumberInBlacklist", (Status.FAILED, Reason.REFUSED)),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", (Status.PLANNED, Reason.UNAVAILABLE)),
        ("LimitExceeded.AppDailyLimit", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        ("FailedOperation.TemplateIncorrectOrUnapproved", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        ("FailedOperation.SignatureIncorrectOrUnapproved", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        ("FailedOperation.InsufficientBalanceInSmsPackage", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        ("InternalError.Timeout", (Status.SENDING, "")),
    ],
)
def test_every_code_has_its_state(tencent, customer, care, code, becomes):
    """T67: a 200 with an error code is no success; T70: a suspended text stops the channel."""
    status(tencent, code)
    message = make_message(customer, care)
    assert sent(message) == becomes
    assert len(tencent.calls) == 1
    assert "13900000001" not in message.answer


@pytest.mark.parametrize(
    ("code", "becomes"),
    [
        ("RequestLimitExceeded", (Status.PLANNED, Reason.UNAVAILABLE)),
        ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        ("InternalError.OtherError", (Status.SENDING, "")),
    ],
)
def test_errors_of_the_whole_call_have_their_state(tencent, customer, care, code, becomes):
    says(tencent, {"Error": {"Code": code, "Message": ""}, "RequestId": "1"})
    assert sent(make_message(customer, care)) == becomes


def test_a_gateway_that_answers_for_the_provider_leaves_a_doubt(tencent, customer, care):
    tencent.says(b"<html>bad gateway</html>", 502)
    assert sent(make_message(customer, care)) == (Status.SENDING, "")


def test_a_wrong_key_stops_the_channel(tencent, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "secret_key": "other"}
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.CHANNEL_STOPPED)


def test_a_provider_that_hangs_leaves_a_doubt(tencent, customer, care, impatient):
    tencent.hangs = True
    message = make_message(customer, care)
    assert sent(message) == (Status.SENDING, "")
    assert len(tencent.calls) == 1
    assert asked(message) == Status.UNCERTAIN


def test_nobody_at_the_address_is_tried_again(tencent, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "endpoint": "http://127.0.0.1:9"}
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.UNAVAILABLE)


@pytest.mark.parametrize(("is_there", "becomes"), [(True, Status.SENT), (False, Status.UNCERTAIN)])
def test_a_lost_answer_is_looked_up_by_our_number(tencent, customer, care, is_there, becomes):
    """T48, T49."""
    message = make_message(customer, care, status=Status.SENDING, attempts=1, lease_until=NOW, channel="messaging.channels.tencent")
    says(tencent, {"PullSmsSendStatusSet": [{"SessionContext": str(message.pk) if is_there else "0"}], "RequestId": "1"})
    assert asked(message) == becomes
    assert tencent.calls[0].json["PhoneNumber"] == "+8613900000001"


def test_receipts_are_pushed_with_the_key_of_the_address(tencent, customer, care):
    message = make_message(customer, care)
    sent(message)
    report = [{"mobile": "13900000001", "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "用户短信送达成功", "sid": "S-1"}]
    address = reverse("messaging:receipts")
    assert Client().post(address, report, content_type="application/json").status_code == 403
    assert Client().post(f"{address}?key=r3ceipt", report, content_type="application/json").json()["result"] == 0
    message.refresh_from_db()
    assert (message.status, message.answer) == (Status.DELIVERED, "DELIVRD 用户短信送达成功")
