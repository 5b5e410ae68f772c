from importlib import import_module

import pytest

from customers.models import Channel, Consent, Purpose
from messaging.models import MessageTemplate
from tests.factories import NOW, make_customer
from tests.messaging.factories import agree
from tests.messaging.provider import running


@pytest.fixture
def customer(store):
    """Has agreed to reminders by SMS."""
    return agree(make_customer(store, name="王伟", gender="male", phone="13900000001"))


@pytest.fixture
def care(db):
    return make_template("care", MessageTemplate.Category.CARE, Purpose.REMINDER)


@pytest.fixture
def promotion(db):
    return make_template("promotion", MessageTemplate.Category.PROMOTION, Purpose.MARKETING)


@pytest.fixture
def notice(db):
    return make_template("notice", MessageTemplate.Category.NOTICE, Purpose.REMINDER)


def make_template(code, category, purpose):
    return MessageTemplate.objects.create(code=code, category=category, purpose=purpose, name_en=code, name_zh=code, body="【{store}】{customer}您好")


@pytest.fixture
def marketing(customer):
    """The customer has agreed to marketing too."""
    return Consent.objects.create(
        store=customer.store, customer=customer, purpose=Purpose.MARKETING, channel=Channel.SMS, is_granted=True, source="test", given_at=NOW
    )


@pytest.fixture
def channel(settings):
    """A provider the test steers: what it has taken and how it answers."""
    from tests.messaging import steered_channel

    settings.MESSAGE_CHANNEL = "tests.messaging.steered_channel"
    settings.MESSAGE_RECIPIENTS = ["*"]
    steered_channel.reset()
    return steered_channel


@pytest.fixture
def provider():
    with running() as local:
        yield local


@pytest.fixture
def choose(settings):
    """Choose a real channel with its options; everybody may be written to."""

    def chosen(name, **options):
        settings.MESSAGE_CHANNEL = f"messaging.channels.{name}"
        settings.MESSAGE_OPTIONS = options
        settings.MESSAGE_RECIPIENTS = ["*"]

    return chosen


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits ten seconds in a test."""
    for name in ("messaging.http", "messaging.channels.mail", "messaging.channels.aliyun", "messaging.channels.tencent"):
        monkeypatch.setattr(import_module(name), "TIMEOUT", 0.3)
