"""Two people at the same moment, each with a connection of their own (T42)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.roles import Role
from common.errors import Conflict
from complaints.models import Category, Complaint
from tests.factories import make_handed_over, make_store, make_user

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db):
    call_command("defaults", verbosity=0)
    store = make_store("S01")
    return [make_user("alice", Role.CARE_AGENT, store), make_user("amy", Role.CARE_AGENT, store), make_user("wendy", Role.SERVICE_MANAGER, store), store]


def draft(store):
    visit = make_handed_over(store)
    return Complaint(store=store, customer=visit.customer, visit=visit, category=Category.objects.get(code="service-wait"), words="x")


def at_once(*acts):
    """Start all ``acts`` together; return what each came to."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            return act()
        except Conflict as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_reissues_make_one_round(people):
    alice, amy, wendy, store = people
    slip = draft(store).issue(by=alice)
    slip.answer(by=wendy, cause="x", measure="y")
    one, other = Complaint.objects.get(pk=slip.pk), Complaint.objects.get(pk=slip.pk)
    results = at_once(lambda: one.verify(False, by=alice), lambda: other.verify(False, by=amy))
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert list(slip.rounds.values_list("number", flat=True)) == [1, 2]


def test_reissued_while_being_closed_has_one_outcome(people):
    alice, amy, wendy, store = people
    slip = draft(store).issue(by=alice)
    slip.answer(by=wendy, cause="x", measure="y")
    one, other = Complaint.objects.get(pk=slip.pk), Complaint.objects.get(pk=slip.pk)
    results = at_once(lambda: one.verify(True, by=alice), lambda: other.verify(False, by=amy))
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    slip.refresh_from_db()
    assert (slip.status, slip.rounds.count()) in [("satisfied", 1), ("issued", 2)]


def test_slips_issued_at_once_get_numbers_of_their_own(people):
    alice, amy, _wendy, store = people
    slips = [draft(store) for _number in range(4)]
    at_once(*[lambda slip=slip, by=by: slip.issue(by=by) for slip, by in zip(slips, [alice, amy, alice, amy], strict=True)])
    numbers = Complaint.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == ["C-S01-000001", "C-S01-000002", "C-S01-000003", "C-S01-000004"]
