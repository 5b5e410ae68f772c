"""Yesterday's backup brings nobody back: the ledger outside the database is replayed (T124)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from customers.models import Customer
from customers.rights.erasing import erase, replay
from customers.rights.services import grant
from tests.factories import make_customer

ERASED_COLUMNS = ["name", "phone", "phone_tail", "name_key", "notes", "birthday", "restricted_at", "restricted_until", "restricted_for", "erased_at"]


def backup(customer):
    """Return how to put the row back as it was."""
    before = Customer.everyone.filter(pk=customer.pk).values(*ERASED_COLUMNS).get()
    return lambda: Customer.everyone.filter(pk=customer.pk).update(**before)


def test_an_erased_person_is_erased_again(customer, capsys):
    """T124."""
    restore = backup(customer)
    erase(customer)
    restore()
    assert Customer.objects.get(pk=customer.pk).name == "王示例"
    call_command("replay_erasures")
    assert "erased: 1" in capsys.readouterr().out
    assert Customer.everyone.get(pk=customer.pk).name == f"#{customer.pk}"
    assert replay() == {"erased": 0, "restricted": 0}


def test_a_restriction_comes_back_too(served, ask, care_manager):
    """T124 and T125."""
    restore = backup(served.customer)
    grant(ask(), "The person wishes it", by=care_manager)
    held = Customer.everyone.get(pk=served.customer_id)
    restore()
    assert replay() == {"erased": 0, "restricted": 1}
    again = Customer.everyone.get(pk=served.customer_id)
    assert (again.restricted_until, again.restricted_for) == (held.restricted_until, held.restricted_for)


def test_the_last_word_counts(served, ask, care_manager):
    restore = backup(served.customer)
    grant(ask(), "The person wishes it", by=care_manager)
    Customer.everyone.get(pk=served.customer_id).lift_restriction("Buys a car", by=care_manager)
    restore()
    assert replay() == {"erased": 0, "restricted": 0}


def test_somebody_new_under_the_old_number_is_left_alone(customer):
    """The backup is older than the erased person; the number has been given away since."""
    erase(customer)
    moved = customer.created_at + timedelta(hours=1)
    Customer.everyone.filter(pk=customer.pk).update(name="新客户", erased_at=None, restricted_at=None, created_at=moved)
    assert replay() == {"erased": 0, "restricted": 0}
    assert Customer.objects.get(pk=customer.pk).name == "新客户"


def test_the_ledger_names_nobody_and_is_for_nobody_else(customer, ledger):
    erase(customer)
    line = ledger.read_text()
    assert "王示例" not in line and "13812345678" not in line and str(customer.pk) in line
    assert ledger.stat().st_mode & 0o077 == 0


def test_without_a_ledger_nothing_is_erased(customer, settings, tmp_path):
    """What could come back with the next backup is not done at all."""
    (tmp_path / "file").write_text("")
    settings.ERASURE_LEDGER = tmp_path / "file" / "erasures.jsonl"
    with pytest.raises(OSError), transaction.atomic():
        erase(customer)
    assert Customer.objects.get(pk=customer.pk).name == "王示例"


def test_an_empty_ledger_changes_nothing(store):
    make_customer(store)
    assert replay() == {"erased": 0, "restricted": 0}
