"""Two people sign two customers up for the last seat, each with a connection of its own (S3-15)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.roles import Role
from gatherings.models import Guest
from tests.factories import make_store, make_user
from tests.gatherings.factories import make_gathering, make_guest

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def store():
    return make_store("S01")


@pytest.fixture
def by(store):
    return make_user("alice", Role.CARE_AGENT, store)


def together(verb, keys, by):
    def act(key):
        try:
            getattr(Guest.objects.select_related("customer", "gathering__store").get(pk=key), verb)(by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(keys)) as pool:
        list(pool.map(act, keys))


def test_the_last_seat_is_given_once(store, by):
    gathering = make_gathering(store, seats=3)
    keys = [make_guest(gathering).pk for _number in range(8)]
    together("register", keys, by)
    assert (gathering.guests.registered().count(), gathering.guests.waiting().count()) == (3, 5)


def test_seats_freed_at_once_all_go_to_who_waits(store, by):
    gathering = make_gathering(store, seats=3)
    keys = [make_guest(gathering, "registered").pk for _number in range(3)]
    for _number in range(3):
        make_guest(gathering, "waiting")
    together("decline", keys, by)
    assert (gathering.guests.registered().count(), gathering.guests.waiting().count()) == (3, 0)
