"""Mail, against a real SMTP server on this machine (ME2, T67, T70)."""

import asyncio
import email
import email.policy
import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from customers.models import Channel, Customer
from messaging import reminders
from messaging.models import Message, Reason
from tests.factories import NOW, make_customer
from tests.messaging.factories import agree, asked, make_message, sent

pytestmark = pytest.mark.django_db
Status = Message.Status


class Postbox:
    """Takes mails and answers each step of the talk as the test says."""

    def __init__(self):
        self.mails = []
        self.at_sender = self.at_recipient = self.at_content = "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.at_sender

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, server, session, envelope):
        if self.at_content.startswith("250"):
            self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return self.at_content


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def mail(postbox, choose, customer):
    customer.custom = {"email": "wang@example.com"}
    customer.save()
    customer.consents.update(channel=Channel.EMAIL)
    server = Controller(
        postbox,
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        authenticator=lambda server, session, envelope, mechanism, data: AuthResult(success=data.password == b"s3cret", handled=False),
    )
    server.start()
    choose("mail", host="127.0.0.1", port=server.port, user="manyi", password="s3cret", **{"from": "care@example.com"})
    yield postbox
    server.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_message_arrives_as_a_mail(mail, customer, care):
    message = make_message(customer, care)
    assert sent(message) == (Status.SENT, "")
    [(recipients, letter)] = mail.mails
    assert recipients == ["wang@example.com"]
    assert (letter["from"], letter["to"], letter["subject"]) == ("care@example.com", "wang@example.com", "Store S01: care")
    assert letter.get_content().strip() == "【Store S01】王伟先生您好"
    assert letter["message-id"].startswith(f"<message-{message.pk}-1@")


@pytest.mark.parametrize(
    ("step", "says", "becomes"),
    [
        ("at_recipient", "550 no such user", (Status.FAILED, Reason.REFUSED)),
        ("at_recipient", "451 greylisted", (Status.PLANNED, Reason.UNAVAILABLE)),
        ("at_sender", "553 sender not allowed", (Status.PLANNED, Reason.CHANNEL_STOPPED)),
        ("at_content", "554 looks like spam", (Status.FAILED, Reason.REFUSED)),
        ("at_content", "452 disk full", (Status.PLANNED, Reason.UNAVAILABLE)),
    ],
)
def test_every_answer_has_its_state(mail, customer, care, step, says, becomes):
    """T67, T70."""
    setattr(mail, step, says)
    message = make_message(customer, care)
    assert sent(message) == becomes
    assert message.answer == says
    assert mail.mails == []


def test_a_wrong_password_stops_the_channel(mail, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "password": "other"}
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.CHANNEL_STOPPED)


def test_nobody_at_the_address_is_tried_again(mail, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "port": 9}
    assert sent(make_message(customer, care)) == (Status.PLANNED, Reason.UNAVAILABLE)


def test_a_server_that_hangs_after_the_mail_leaves_a_doubt(mail, customer, care, impatient, monkeypatch):
    """T67, T49: the mail has been handed over and nobody has answered."""

    async def hang(server, session, envelope):
        await asyncio.sleep(1)
        return "250 OK"

    mail.handle_DATA = hang
    message = make_message(customer, care)
    assert sent(message) == (Status.SENDING, "")
    assert asked(message) == Status.UNCERTAIN


@pytest.mark.parametrize("address", ["", "   ", None])
def test_who_has_no_address_gets_nothing(mail, customer, care, address):
    Customer.objects.update(custom={"email": address})
    assert sent(make_message(customer, care)) == (Status.CANCELLED, Reason.NO_ADDRESS)


@pytest.mark.parametrize("address", ["nonsense", "a@example.com\nBcc: b@example.com"])
def test_an_address_that_is_none_fails(mail, customer, care, address):
    Customer.objects.update(custom={"email": address})
    message = make_message(customer, care)
    assert sent(message) == (Status.FAILED, Reason.REFUSED)
    assert mail.mails == []


def test_another_own_field_may_hold_the_address(mail, customer, care, settings):
    settings.MESSAGE_OPTIONS = {**settings.MESSAGE_OPTIONS, "field": "work_mail"}
    Customer.objects.update(custom={"work_mail": "w@example.com"})
    assert sent(make_message(customer, care)) == (Status.SENT, "")
    assert mail.mails[0][0] == ["w@example.com"]


def test_consent_and_phone_by_sms_do_not_count_for_mail(mail, customer, care):
    Customer.objects.update(phone="", phone_doubtful_at=NOW)
    assert sent(make_message(customer, care)) == (Status.SENT, "")
    customer.consents.update(channel=Channel.SMS)
    assert sent(make_message(customer, care)) == (Status.CANCELLED, Reason.NO_CONSENT)


def test_reminders_reach_who_has_agreed_and_has_an_address(mail, defaults, customer, store):
    without = agree(make_customer(store))
    without.consents.update(channel=Channel.EMAIL)
    Customer.objects.update(birthday="1980-11-20")
    reminders.plan_reminders(NOW)
    assert {message.customer for message in Message.objects.all()} == {customer}
