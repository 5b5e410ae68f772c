"""The cast: people of store A, one agent of store B who must see nothing of A, and the group's administrator."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from accounts.models import ApiToken
from accounts.roles import Role
from tests.factories import make_store, make_user


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def store(db):
    return make_store("S01")


@pytest.fixture
def other_store(db):
    return make_store("S02")


@pytest.fixture
def agent(store):
    """Alice calls customers of store A."""
    return make_user("alice", Role.CARE_AGENT, store)


@pytest.fixture
def second_agent(store):
    return make_user("amy", Role.CARE_AGENT, store)


@pytest.fixture
def stranger(other_store):
    """Bob calls customers of store B and must see nothing of store A."""
    return make_user("bob", Role.CARE_AGENT, other_store)


@pytest.fixture
def advisor(store):
    return make_user("sam", Role.SERVICE_ADVISOR, store)


@pytest.fixture
def salesperson(store):
    return make_user("sally", Role.SALESPERSON, store)


@pytest.fixture
def sales_manager(store):
    return make_user("steve", Role.SALES_MANAGER, store)


@pytest.fixture
def service_manager(store):
    return make_user("wendy", Role.SERVICE_MANAGER, store)


@pytest.fixture
def care_manager(store):
    return make_user("carol", Role.CARE_MANAGER, store)


@pytest.fixture
def store_manager(store):
    return make_user("mike", Role.STORE_MANAGER, store)


@pytest.fixture
def auditor(store):
    return make_user("oscar", Role.AUDITOR, store)


@pytest.fixture
def administrator(db):
    """Charlie runs the whole group."""
    return make_user("charlie", Role.ADMINISTRATOR, is_group=True)


@pytest.fixture
def defaults(db):
    """The questionnaires, plans, checklists, targets and calendar the product ships."""
    call_command("defaults", verbosity=0)


@pytest.fixture
def page():
    """Return a browser-like client signed in as the given person."""

    def signed_in(user):
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def api():
    """Return an API client with a token of the given person."""

    def with_token(user, **limits):
        client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
        client.credentials(HTTP_AUTHORIZATION=f"Token {ApiToken.issue(user, 'test', **limits)[1]}")
        return client

    return with_token
