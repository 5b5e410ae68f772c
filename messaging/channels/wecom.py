"""WeCom (企业微信): a message to a customer is a task of 企业群发 that the employee who has the customer confirms in the app."""

import json
import time
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.models import Channel
from messaging import http
from messaging.channels import NoAnswer, Refused, Suspended, Unavailable, refuse
from messaging.reach import address_of

NAME = _("WeCom")
MEDIUM = Channel.WECHAT
OPTIONS = ("corp_id", "secret")
ENDPOINT = "https://qyapi.weixin.qq.com"
TOKEN_IS_OVER = {40014, 42001}
BUSY = ("-1 ", "45009 ", "45033 ")
SUSPENDED = ("40001 ", "40013 ", "48001 ", "48002 ", "60011 ", "60020 ", "84014 ", "301002 ")
# Tokens by corporation and key, with their end; each process keeps its own, and the provider gives both the same.
tokens = {}


def send(message):
    customer = address_of(message.customer)
    task = {"chat_type": "single", "external_userid": [customer], "text": {"content": message.body}}
    if settings.MESSAGE_OPTIONS.get("sender"):
        task["sender"] = settings.MESSAGE_OPTIONS["sender"]
    answer = add_task(task)
    if customer in answer.get("fail_list") or []:
        raise Refused("fail_list")
    return str(answer.get("msgid", ""))[:80]


def query(message):
    """A task has no number of ours to ask for."""
    return None


def add_task(task):
    """Post the task, once more with a new token when the old one turns out to be over: a task refused for its token was not taken."""
    answer = post(task, token())
    if answer["errcode"] in TOKEN_IS_OVER:
        tokens.clear()
        answer = post(task, token())
    return accepted(answer)


def post(task, key):
    url = f"{endpoint()}/cgi-bin/externalcontact/add_msg_template?{urlencode({'access_token': key})}"
    return coded(http.call("POST", url, json.dumps(task, ensure_ascii=False).encode(), {"Content-Type": "application/json"}))


def token():
    """Return a key for calls, asked for anew before it ends. Nothing has been handed over yet, so a failure is certain."""
    corp_id, secret = settings.MESSAGE_OPTIONS["corp_id"], settings.MESSAGE_OPTIONS["secret"]
    key, ends_at = tokens.get((corp_id, secret), ("", 0))
    if ends_at > time.monotonic():
        return key
    try:
        answer = accepted(coded(http.call("GET", f"{endpoint()}/cgi-bin/gettoken?{urlencode({'corpid': corp_id, 'corpsecret': secret})}")))
    except NoAnswer as error:
        raise Unavailable(error.answer) from error
    except Refused as error:
        raise Suspended(error.answer) from error
    tokens[corp_id, secret] = answer["access_token"], time.monotonic() + answer["expires_in"] - 300
    return answer["access_token"]


def endpoint():
    return settings.MESSAGE_OPTIONS.get("endpoint") or ENDPOINT


def coded(answer):
    if not isinstance(answer, dict) or not isinstance(answer.get("errcode"), int):
        raise NoAnswer("an answer without errcode")
    return answer


def accepted(answer):
    if answer["errcode"]:
        words = f"{answer['errcode']} {answer.get('errmsg', '')}"
        refuse(words, words, busy=BUSY, suspended=SUSPENDED)
    return answer
