"""Two senders at the same moment, each with a connection of its own (T64, ME3)."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection

from customers.models import Customer, Purpose
from messaging.models import Message, MessageTemplate
from messaging.models import message as message_module
from tests.factories import NOW, make_customer, make_store
from tests.messaging.factories import agree, make_message

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two_messages():
    """Two care messages due today to two records of one person."""
    store = make_store("S01")
    template = MessageTemplate.objects.create(code="care", category="care", purpose=Purpose.REMINDER, name_en="Care", name_zh="Care", body="x")
    customers = [agree(make_customer(store, phone="13900000001")) for _ in range(2)]
    return [make_message(customer, template, expires_at=NOW + timedelta(days=3)).pk for customer in customers]


@pytest.fixture
def meeting(monkeypatch):
    """Hold every sender at the question whether it may, until the other one asks it too, or for a second."""
    barrier, verdict = Barrier(2), message_module.verdict

    def asked(*arguments):
        answer = verdict(*arguments)
        with contextlib.suppress(BrokenBarrierError):
            barrier.wait(timeout=1)
        return answer

    monkeypatch.setattr(message_module, "verdict", asked)


def begin_both(keys):
    def begin(key):
        try:
            return Message.objects.for_list().get(pk=key).begin(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(begin, keys))


def test_one_person_gets_one_care_message_from_two_senders(two_messages, meeting):
    assert begin_both(two_messages) == [False, True]
    assert sorted(Message.objects.values_list("status", flat=True)) == ["planned", "sending"]


def test_without_the_lock_both_go_out(two_messages, meeting, monkeypatch):
    """The control run."""
    monkeypatch.setattr(Message, "lock_people", lambda message: list(Customer.objects.filter(phone=message.customer.phone)))
    assert begin_both(two_messages) == [True, True]


def test_one_message_is_taken_by_one_of_two_senders(two_messages):
    assert begin_both(two_messages[:1] * 2) == [False, True]
