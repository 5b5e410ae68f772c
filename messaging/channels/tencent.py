"""SMS by Tencent Cloud (腾讯云短信), through its SDK: signature and approved template at the provider, our id as SessionContext."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111.models import PullSmsSendStatusByPhoneNumberRequest, SendSmsRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient

from messaging.channels import TIMEOUT, ChannelError, NoAnswer, Report, Unavailable, code_of, refuse, sms

NAME = _("SMS by Tencent Cloud")
OPTIONS = ("secret_id", "secret_key", "app_id", "sign", "receipt_key")
CHINA = "+86"
# Whether a message was taken before something broke inside the provider, nobody says.
IN_DOUBT = ("ClientNetworkError", "ClientError", "ServerNetworkError", "InternalError")
BUSY = ("LimitExceeded.Phone", "LimitExceeded.DeliveryFrequency", "RequestLimitExceeded")
SUSPENDED = (
    "FailedOperation.InsufficientBalance", "FailedOperation.Signature", "FailedOperation.MissingSignature", "FailedOperation.Template",
    "FailedOperation.MissingTemplate", "AuthFailure", "UnauthorizedOperation", "LimitExceeded", "InvalidParameterValue.SdkAppIdNotExist",
)  # fmt: skip


def send(message):
    request = SendSmsRequest()
    request.PhoneNumberSet = [CHINA + message.phone]
    request.SmsSdkAppId = settings.MESSAGE_OPTIONS["app_id"]
    request.SignName = settings.MESSAGE_OPTIONS["sign"]
    request.TemplateId = code_of(message)
    request.TemplateParamSet = [value for _name, value in message.parameters]
    request.SessionContext = str(message.pk)
    statuses = call(SmsClient.SendSms, request).SendStatusSet
    if not statuses:
        raise NoAnswer("an answer without status")
    status = statuses[0]
    if status.Code.lower() != "ok":
        refuse_code(status.Code, status.Message)
    return status.SerialNo or ""


def query(message):
    """Look for our id among what went to the phone. Accounts without SessionContext in reports never find it, so absence is no proof."""
    request = PullSmsSendStatusByPhoneNumberRequest()
    request.BeginTime = int(message.lease_until.timestamp()) - 3600
    request.EndTime = int(message.lease_until.timestamp()) + 3600
    request.Offset, request.Limit = 0, 100
    request.PhoneNumber = CHINA + message.phone
    request.SmsSdkAppId = settings.MESSAGE_OPTIONS["app_id"]
    try:
        found = call(SmsClient.PullSmsSendStatusByPhoneNumber, request).PullSmsSendStatusSet
    except ChannelError:
        return None
    return any(status.SessionContext == str(message.pk) for status in found or []) or None


def receive(request):
    return [report(entry) for entry in sms.pushed(request)]


def report(entry):
    state = "delivered" if entry["report_status"] == "SUCCESS" else "failed"
    return Report(str(entry["sid"]), state, answer=f"{entry.get('errmsg', '')} {entry.get('description', '')}".strip())


def call(operation, request):
    """Return the answer; the SDK tries once, as only we know whether another try is allowed."""
    options = settings.MESSAGE_OPTIONS
    scheme, host = sms.endpoint("https://sms.tencentcloudapi.com")
    profile = ClientProfile(httpProfile=HttpProfile(protocol=scheme, endpoint=host, reqTimeout=TIMEOUT))
    client = SmsClient(Credential(options["secret_id"], options["secret_key"]), options.get("region", "ap-guangzhou"), profile)
    try:
        return operation(client, request)
    except TencentCloudSDKException as error:
        refuse_code(error.code, error.message)


def refuse_code(code, words):
    answer = f"{code} {words}"
    if code == "ClientNetworkError" and sms.never_connected(words):
        raise Unavailable(answer)
    if code.startswith(IN_DOUBT):
        raise NoAnswer(answer)
    refuse(code, answer, busy=BUSY, suspended=SUSPENDED)
