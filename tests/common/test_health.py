"""Whether the process answers and is ready for work (reliability 4.11); anybody may ask, so nothing more is told."""

import pytest
from django.db import DatabaseError
from django.test import Client

from common import views

pytestmark = pytest.mark.django_db


def test_the_process_answers_anybody():
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


def ready(monkeypatch, *, plan):
    monkeypatch.setattr(views.MigrationExecutor, "migration_plan", lambda executor, targets: plan)
    response = Client().get("/readyz")
    return response.status_code, response.content


def test_it_is_ready_when_nothing_is_left_to_migrate(monkeypatch):
    assert ready(monkeypatch, plan=[]) == (200, b"ok")


def test_it_is_not_ready_while_a_migration_is_missing(monkeypatch):
    assert ready(monkeypatch, plan=[("customers", "0002")]) == (503, b"not ok")


def test_it_is_not_ready_without_its_database(monkeypatch):
    def unreachable(connection):
        raise DatabaseError("no route to host")

    monkeypatch.setattr(views, "MigrationExecutor", unreachable)
    response = Client().get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ok")
