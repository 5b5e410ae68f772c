"""A test or staging system never writes to real customers (T69)."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from customers.models import Channel, Customer
from messaging.models import Message, Reason
from tests.messaging.factories import make_message, sent

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.mark.parametrize(
    ("recipients", "becomes"),
    [
        (["*"], (Status.SENT, "")),
        (["13800000000", "13900000001"], (Status.SENT, "")),
        (["13800000000"], (Status.CANCELLED, Reason.NOT_ALLOWED)),
        (["139"], (Status.CANCELLED, Reason.NOT_ALLOWED)),
        ([], (Status.CANCELLED, Reason.NOT_ALLOWED)),
    ],
)
def test_only_listed_recipients_are_written_to(customer, care, channel, settings, recipients, becomes):
    settings.MESSAGE_RECIPIENTS = recipients
    assert sent(make_message(customer, care)) == becomes
    assert len(channel.taken) == (becomes[0] == Status.SENT)


def test_notices_are_held_back_too(customer, notice, channel, settings):
    settings.MESSAGE_RECIPIENTS = ["13800000000"]
    assert sent(make_message(customer, notice)) == (Status.CANCELLED, Reason.NOT_ALLOWED)


def test_the_number_of_the_moment_counts(customer, care, channel, settings):
    """A number changed after planning is the one that is asked about, as it is the one written to."""
    settings.MESSAGE_RECIPIENTS = [customer.phone]
    message = make_message(customer, care)
    Customer.objects.update(phone="13911112222")
    assert sent(message) == (Status.CANCELLED, Reason.NOT_ALLOWED)


def test_by_mail_the_address_is_asked_about(customer, care, choose, settings):
    choose("mail", host="127.0.0.1", port=9, **{"from": "care@example.com"})
    settings.MESSAGE_RECIPIENTS = [customer.phone, "tester@example.com"]
    customer.consents.update(channel=Channel.EMAIL)
    Customer.objects.update(custom={"email": "wang@example.com"})
    assert sent(make_message(customer, care)) == (Status.CANCELLED, Reason.NOT_ALLOWED)


def test_the_simulator_reaches_nobody_and_needs_no_list(customer, care, settings):
    settings.MESSAGE_RECIPIENTS = []
    assert sent(make_message(customer, care)) == (Status.SENT, "")


def test_a_real_channel_does_not_start_without_the_list(choose, settings):
    choose("webhook", url="https://sms.example.com", secret="s3cret")
    apps.get_app_config("messaging").ready()
    settings.MESSAGE_RECIPIENTS = []
    with pytest.raises(ImproperlyConfigured, match="MESSAGE_RECIPIENTS"):
        apps.get_app_config("messaging").ready()
