"""Workers killed with SIGKILL at any moment lose and double nothing (T48, T50; ME3; issue text “Background work”)."""

import json
import random

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def seed(record_property):
    seed = random.SystemRandom().randrange(10**6)
    record_property("seed", seed)
    return seed


def test_every_message_goes_out_exactly_once(run, seed):
    result = json.loads(run("kill_workers", "messages", 2, seed, MESSAGE_RECIPIENTS="*", MESSAGE_CHANNEL="tests.reliability.counting_channel"))
    assert result.pop("abandoned") > 0
    assert result == {"planned": 120, "statuses": {"sent": 120}, "reached": 120, "doubled": 0}


def test_without_asking_the_provider_messages_are_doubled(run, seed):
    """The control run: the same killing shows doubles as soon as the guard is off."""
    result = json.loads(run("kill_workers", "messages", 1, seed, MESSAGE_RECIPIENTS="*", MESSAGE_CHANNEL="tests.reliability.forgetful_channel"))
    assert result["reached"] == 120
    assert result["doubled"] > 0


def test_every_hand_over_is_followed_up_exactly_once(run, seed):
    result = json.loads(run("kill_workers", "followups", 2, seed))
    assert result["cut_short"] > 0
    assert (result["visits"], result["planned"], result["sources"]) == (1000, 1000, 1000)
