"""SMS by Aliyun (阿里云短信服务), through its SDK: signature and approved template at the provider, our id as OutId."""

import json

from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest, SendSmsRequest
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from Tea.exceptions import TeaException

from messaging.channels import TIMEOUT, ChannelError, NoAnswer, Report, Unavailable, code_of, refuse, sms

NAME = _("SMS by Aliyun")
OPTIONS = ("key_id", "key_secret", "sign", "receipt_key")
BUSY = ("isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "Throttling", "ServiceUnavailable")
SUSPENDED = (
    "isv.SMS_SIGN", "isv.SMS_TEMPLATE_ILLEGAL", "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE",
    "isv.ACCOUNT", "isv.DENY_IP_RANGE", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL", "isp.RAM_PERMISSION_DENY", "InvalidAccessKeyId",
    "SignatureDoesNotMatch", "SignatureNonceUsed", "InvalidTimeStamp", "Forbidden", "NoPermission",
)  # fmt: skip


def send(message):
    parameters = json.dumps(dict(message.parameters), ensure_ascii=False)
    request = SendSmsRequest(
        phone_numbers=message.phone,
        sign_name=settings.MESSAGE_OPTIONS["sign"],
        template_code=code_of(message),
        template_param=parameters,
        out_id=str(message.pk),
    )
    return call(Client.send_sms_with_options, request).biz_id or ""


def query(message):
    """Look for our id among what went to the phone that day. What is not there yet may still come, so absence is no proof."""
    day = f"{message.store.local(message.lease_until):%Y%m%d}"
    request = QuerySendDetailsRequest(phone_number=message.phone, send_date=day, page_size=50, current_page=1)
    try:
        details = call(Client.query_send_details_with_options, request).sms_send_detail_dtos
    except ChannelError:
        return None
    found = details.sms_send_detail_dto if details else []
    return any(detail.out_id == str(message.pk) for detail in found) or None


def receive(request):
    return [report(entry) for entry in sms.pushed(request)]


def report(entry):
    return Report(str(entry["biz_id"]), "delivered" if entry["success"] is True else "failed", str(entry.get("out_id", "")), str(entry.get("err_code", "")))


def call(operation, request):
    """Return the body of the answer; the SDK's own tries are off, as only we know whether another one is allowed."""
    options = settings.MESSAGE_OPTIONS
    scheme, host = sms.endpoint("https://dysmsapi.aliyuncs.com")
    client = Client(Config(access_key_id=options["key_id"], access_key_secret=options["key_secret"], endpoint=host, protocol=scheme))
    once = RuntimeOptions(autoretry=False, max_attempts=1, connect_timeout=TIMEOUT * 1000, read_timeout=TIMEOUT * 1000)
    try:
        body = operation(client, request, once).body
    except (TeaException, DaraException) as error:
        raise sort(error) from error
    if body.code != "OK":
        refuse(str(body.code), f"{body.code} {body.message}", busy=BUSY, suspended=SUSPENDED)
    return body


def sort(error):
    code = str(error.code or "")
    status = getattr(error, "statusCode", None) or 0
    if not code:
        return (Unavailable if sms.never_connected(str(error.message)) else NoAnswer)(str(error.message))
    if status >= 500 and not code.startswith(BUSY):
        return NoAnswer(code)
    try:
        refuse(code, f"{code} {error.message}", busy=BUSY, suspended=SUSPENDED)
    except ChannelError as sorted_error:
        return sorted_error
