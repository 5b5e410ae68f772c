"""A program of one's own that sends: one signed POST per message, and signed receipts back. docs/channels.md describes both."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from messaging import http
from messaging.channels import Forged, NoAnswer, Refused, Report, Suspended, refuse

NAME = _("Own program (webhook)")
OPTIONS = ("url", "secret")
# A signature holds for so many seconds on either side of its time; within them a replay meets its own receipt.
VALID = 300
BUSY = ("busy",)
SUSPENDED = ("suspended",)


def send(message):
    text = {"phone": message.phone, "text": message.body, "template": message.template.provider_code, "parameters": dict(message.parameters)}
    body = json.dumps({"reference": str(message.pk), "attempt": message.attempts, **text}).encode()
    answer = http.call("POST", settings.MESSAGE_OPTIONS["url"], body, signed(body) | {"Content-Type": "application/json"})
    code = code_in(answer)
    if code != "ok":
        refuse(code, f"{code} {answer.get('text', '')}".strip(), busy=BUSY, suspended=SUSPENDED)
    return str(answer.get("id", ""))[:80]


def query(message):
    """Ask by our reference; the signature covers the question as it covers a body."""
    question = urlencode({"reference": message.pk})
    try:
        code = code_in(http.call("GET", f"{settings.MESSAGE_OPTIONS['url']}?{question}", headers=signed(question.encode())))
    except (NoAnswer, Refused, Suspended):
        return None
    return {"ok": True, "unknown": False}.get(code)


def receive(request):
    check(request.headers.get("X-Manyi-Timestamp", ""), request.headers.get("X-Manyi-Signature", ""), request.body)
    return [report(entry) for entry in json.loads(request.body)["receipts"]]


def report(entry):
    reference = str(entry["reference"])
    return Report(str(entry.get("id") or reference), entry["state"], reference, str(entry.get("code", "")))


def check(timestamp, signature, body):
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 15) or abs(time.time() - int(timestamp)) > VALID:
        raise Forged
    if not hmac.compare_digest(signature.encode(), signature_of(timestamp, body).encode()):
        raise Forged


def signed(body):
    timestamp = str(int(time.time()))
    return {"X-Manyi-Timestamp": timestamp, "X-Manyi-Signature": signature_of(timestamp, body)}


def signature_of(timestamp, body):
    return hmac.new(settings.MESSAGE_OPTIONS["secret"].encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def code_in(answer):
    if not isinstance(answer, dict) or not isinstance(answer.get("code"), str):
        raise NoAnswer("an answer without code")
    return answer["code"]
