"""Two senders at the same moment, each with a connection of its own (T64, ME3)."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection

from accounts.roles import Role
from activity.models import Event
from common.errors import Conflict
from customers.models import Customer, Purpose
from messaging.conversation import Conversation
from messaging.models import Message, MessageTemplate
from messaging.models import message as message_module
from messaging.replies import receive
from tests.factories import NOW, make_customer, make_store, make_user
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


def test_one_conversation_is_taken_by_one_of_two_agents():
    store = make_store("S01")
    agents = [make_user(name, Role.CARE_AGENT, store) for name in ("alice", "amy")]
    customer = make_customer(store, phone="13900000001")
    receive(customer.phone, "x", received_at=NOW)

    def claim(agent):
        try:
            Conversation(customer, NOW).claim(by=agent)
        except Conflict as conflict:
            return conflict.code
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, agents)) == ["held_by_other", "taken"]
    assert Event.objects.filter(code="reply.claimed").count() == 1


def test_a_reply_delivered_twice_at_once_is_one():
    store = make_store("S01")
    customer = make_customer(store, phone="13900000001")

    def deliver(_number):
        try:
            return receive(customer.phone, "R", external_id="mo-1", received_at=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(deliver, range(2)))) == 1
    assert Event.objects.filter(code="reply.opted_out").count() == 1
