"""Many people take the same calls at the same instant, over real HTTP against PostgreSQL (T34, T35; FU2)."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import ApiToken
from accounts.roles import Role
from activity.models import Event
from followups.models import FollowUp
from tests.factories import make_followup, make_store, make_user

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

AGENTS, CALLS = 8, 6
LONGEST_START = 30


@pytest.fixture(autouse=True)
def only_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("The race needs row locks of PostgreSQL; SQLite has one writer at a time.")


@pytest.fixture
def race():
    """A store with agents, each with a token, and calls everybody may take."""
    store = make_store("S01")
    agents = [make_user(f"agent{number}", Role.CARE_AGENT, store) for number in range(AGENTS)]
    keys = {agent.pk: ApiToken.issue(agent, "race")[1] for agent in agents}
    return keys, [make_followup(store) for _number in range(CALLS)]


def test_each_call_has_one_winner_and_next_gives_everybody_another(race):
    keys, calls = race
    with server() as port:
        answers = all_at_once(port, keys, [f"/api/v1/followups/{call.pk}/claim/" for call in calls])
        check_claims(calls, answers)
        FollowUp.objects.all().hold(None, timezone.now())
        more = [make_followup(calls[0].store) for _number in range(AGENTS)]
        (opened,) = all_at_once(port, keys, ["/api/v1/followups/next/"])
    assert {status for status, _body in opened.values()} == {200}
    assert len({body["id"] for _status, body in opened.values()}) == AGENTS
    assert {body["id"] for _status, body in opened.values()} <= {call.pk for call in calls + more}


def check_claims(calls, answers):
    for call, told in zip(calls, answers, strict=True):
        assert Counter(status for status, _body in told.values()) == {200: 1, 409: AGENTS - 1}
        claimed = Event.objects.about(call).get(code="followup.claimed")
        name = claimed.actor.name
        assert told[claimed.actor_id][0] == 200
        assert all(body["code"] == "held_by_other" and name in body["detail"] for status, body in told.values() if status == 409)
        assert Counter(Event.objects.about(call).values_list("code", flat=True)) == {"followup.claimed": 1, "followup.claim_refused": AGENTS - 1}


def test_without_the_guard_the_race_shows_doubles(race):
    """The control run: were this test to fail, the one above would prove nothing."""
    keys, calls = race
    with server(UNGUARDED="1") as port:
        answers = all_at_once(port, keys, [f"/api/v1/followups/{call.pk}/claim/" for call in calls])
    assert any(sum(status == 200 for status, _body in told.values()) > 1 for told in answers)


def all_at_once(port, keys, paths):
    """Let every agent post to each path at the same instant; return per path ``{agent: (status, body)}``."""
    barrier = Barrier(len(keys))

    def work(agent):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        told = []
        for path in paths:
            barrier.wait()
            client.request("POST", path, "{}", {"Authorization": f"Token {keys[agent]}", "Content-Type": "application/json", "Accept-Language": "en"})
            response = client.getresponse()
            told.append((response.status, json.loads(response.read() or "{}")))
        client.close()
        return agent, told

    with ThreadPoolExecutor(len(keys)) as pool:
        results = dict(pool.map(work, keys))
    return [{agent: told[place] for agent, told in results.items()} for place in range(len(paths))]


@contextmanager
def server(**environment):
    """Run the product on the test database, in two processes with four threads each."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "4", "--no-access-log", "--log-level", "error", "tests.followups.race_server:application"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address_of_test_database(), **environment}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def address_of_test_database():
    known = connection.settings_dict
    person = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    return f"postgres://{person}@{known['HOST'] or 'localhost'}:{known['PORT'] or 5432}/{known['NAME']}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    deadline = time.monotonic() + LONGEST_START
    while process.poll() is None and time.monotonic() < deadline:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            client.request("GET", "/healthz")
            if client.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            client.close()
    pytest.fail("The server of the race did not start.")
