"""WeCom: a task for the employee, with a key that is fetched, kept and renewed (ME2, T67, T70)."""

import pytest

from customers.models import Channel, Purpose
from messaging.channels import wecom as channel_module
from messaging.models import Message, Reason
from tests.messaging.factories import asked, make_message, sent

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.fixture
def wecom(provider, choose, customer):
    channel_module.tokens.clear()
    customer.custom = {"wecom": "wm-wang"}
    customer.save()
    customer.consents.update(channel=Channel.WECHAT)
    choose("wecom", corp_id="ww1", secret="s3cret", sender="zhangsan", endpoint=f"http://{provider.address}")
    provider.keys = ["K1", "K2"]
    provider.task = {"errcode": 0, "errmsg": "ok", "fail_list": [], "msgid": "M-1"}
    provider.answer = lambda call: (200, answer(provider, call))
    return provider


def answer(provider, call):
    """Hand out keys to who knows the secret; take tasks with the newest key only."""
    if call.target.startswith("/cgi-bin/gettoken"):
        is_known = call.query == {"corpid": "ww1", "corpsecret": "s3cret"}
        return {"errcode": 0, "access_token": provider.keys[0], "expires_in": 7200} if is_known else {"errcode": 40001, "errmsg": "invalid credential"}
    return provider.task if call.query == {"access_token": provider.keys[0]} else {"errcode": 42001, "errmsg": "access_token expired"}


def tasks(provider):
    return [call.json for call in provider.calls if call.method == "POST"]


def test_a_message_becomes_a_task_of_the_employee(wecom, customer, care):
    message = make_message(customer, care)
    assert sent(message) == (Status.SENT, "")
    assert message.provider_ref == "M-1"
    task = {"chat_type": "single", "external_userid": ["wm-wang"], "text": {"content": "【Store S01】王伟先生您好"}, "sender": "zhangsan"}
    assert tasks(wecom) == [task]


def test_the_key_is_kept_and_renewed_when_it_is_over(wecom, customer, care, notice):
    sent(make_message(customer, care))
    sent(make_message(customer, notice))
    assert [call.method for call in wecom.calls] == ["GET", "POST", "POST"]
    wecom.keys.pop(0)
    assert sent(make_message(customer, notice)) == (Status.SENT, "")
    assert [call.method for call in wecom.calls][3:] == ["POST", "GET", "POST"]


@pytest.mark.parametrize(
    ("task", "becomes"),
    [
        ({"errcode": 40003, "errmsg": "invalid userid"}, (Status.FAILED, Reason.REFUSED)),
        ({"errcode": 0, "fail_list": ["wm-wang"], "msgid": ""}, (Status.FAILED, Reason.REFUSED)),
        ({"errcode": -1, "errmsg": "system busy"}, (Status.PLANNED, Reason.UNAVAILABLE)),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, (Status.PLANNED, Reason.UNAVAILABLE)),
        ({"errcode": 48002, "errmsg": "api forbidden"}, (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        ({"errcode": 60020, "errmsg": "not allow to access from your ip"}, (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        ({"errmsg": "?"}, (Status.SENDING, "")),
    ],
)
def test_every_code_has_its_state(wecom, customer, care, task, becomes):
    """T67, T70."""
    wecom.task = task
    assert sent(make_message(customer, care)) == becomes


def test_a_wrong_secret_stops_the_channel(wecom, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "secret": "other"}
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.CHANNEL_STOPPED)


def test_a_key_that_cannot_be_fetched_is_certain_and_tried_again(wecom, customer, care, impatient):
    wecom.hangs = True
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.UNAVAILABLE)


def test_a_task_without_answer_is_for_a_person(wecom, customer, care, notice, impatient):
    """T49: a task has no number of ours to ask for."""
    sent(make_message(customer, notice))
    wecom.hangs = True
    message = make_message(customer, care)
    assert sent(message) == (Status.SENDING, "")
    assert asked(message) == Status.UNCERTAIN


def test_who_is_no_contact_in_wecom_gets_nothing(wecom, customer, care):
    customer.custom = {}
    customer.save()
    assert sent(make_message(customer, care)) == (Status.CANCELLED, Reason.NO_ADDRESS)


def test_the_consent_by_wechat_counts(wecom, customer, care):
    assert customer.consents.filter(purpose=Purpose.REMINDER).update(channel=Channel.SMS)
    assert sent(make_message(customer, care)) == (Status.CANCELLED, Reason.NO_CONSENT)
