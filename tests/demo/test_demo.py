"""The command of the demo group: design.md 6, UX11."""

import hashlib
import re
from datetime import date

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import ApiToken, Membership, User
from accounts.roles import Role
from customers.models import Customer
from tests.factories import make_store

SMALL = {"months": 3, "visits": 120, "verbosity": 0}
DAY = date(2026, 11, 18)
OURS = {"accounts", "activity", "complaints", "customers", "followups", "kpis", "messaging", "notifications", "stores", "surveys", "visits"}
# Keys differ from run to run where the database counts on, secrets are drawn anew.
UNSTABLE = {
    "password", "particulars", "subject_id", "customer_ref", "vehicle_ref",
    "source_id", "origin_id", "message_ref", "detail_ref", "employee_ref", "key",
}  # fmt: skip


def fingerprint():
    """Return a hash of all rows, keys and secrets left out."""
    digest = hashlib.sha256()
    for model in apps.get_models():
        if model._meta.app_label in OURS and model is not ApiToken:
            names = [field.name for field in model._meta.concrete_fields if not field.is_relation and not field.primary_key and field.name not in UNSTABLE]
            rows = sorted(map(str, model.objects.values_list(*names)))
            digest.update("\n".join([model.__name__, *rows]).encode())
    return digest.hexdigest()


def built(**options):
    """Build a group, return the fingerprint of it, and undo it."""
    with transaction.atomic():
        call_command("demo", **{**SMALL, "today": DAY, **options})
        found = fingerprint()
        transaction.set_rollback(True)
    return found


@pytest.mark.slow
def test_the_same_seed_and_day_give_the_same_rows(defaults):
    first = built(seed=7)
    assert built(seed=7) == first
    assert built(seed=8) != first


@pytest.mark.parametrize("row", [make_store, lambda: User.objects.create(username="agent1")])
def test_it_refuses_a_database_in_use(db, row):
    row()
    with pytest.raises(CommandError, match="already"):
        call_command("demo", **SMALL)
    assert not Customer.objects.exists()


@pytest.mark.parametrize(("option", "number"), [("stores", 0), ("months", 61), ("visits", 39)])
def test_it_refuses_a_size_it_cannot_build(db, option, number):
    with pytest.raises(CommandError, match=f"--{option} takes a whole number"):
        call_command("demo", **{**SMALL, option: number})


@pytest.mark.parametrize("text", ["18.11.2026", "2021-12-31"])
def test_it_refuses_a_day_it_cannot_read(db, text):
    with pytest.raises(CommandError, match="give a day like 2026-11-18"):
        call_command("demo", "--today", text, **SMALL)


@pytest.mark.slow
def test_every_role_gets_a_login_and_a_token_of_its_own(db, client, capsys):
    call_command("demo", **SMALL)
    printed = capsys.readouterr().out
    for role in Role.values:
        user = Membership.objects.filter(role=role).order_by("pk")[0].user
        assert re.search(rf"^  {user.username} .*manyi-demo$", printed, re.M)
        assert client.login(username=user.username, password="manyi-demo")
        key = re.search(rf" {user.username} +([\w-]{{40,}})$", printed, re.M)[1]
        assert ApiToken.objects.get(key_hash=ApiToken.hashed(key)).user == user
    assert list(User.objects.filter(is_superuser=True).values_list("username", flat=True)) == ["admin"]
