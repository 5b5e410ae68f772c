"""Claiming: one UPDATE decides, the loser is told who has it (T34, T36, T40, T41; FU2)."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

import followups
from accounts.roles import Role
from activity.models import Event
from common.errors import Conflict, NotAllowed
from followups import services
from followups.models import FollowUp
from followups.tasks import free_abandoned
from tests.factories import NOW, make_followup, make_user

MINUTE = timedelta(minutes=1)


@pytest.fixture
def followup(store):
    return make_followup(store)


def codes(followup):
    return list(Event.objects.about(followup).order_by("pk").values_list("code", flat=True))


def test_it_is_held_for_fifteen_minutes(followup, agent):
    followup.claim(by=agent, now=NOW)
    assert (followup.claimed_by, followup.claimed_at, followup.lease_until) == (agent, NOW, NOW + 15 * MINUTE)
    assert codes(followup) == ["followup.claimed"]


def test_the_loser_is_told_who_has_it_and_since_when(followup, agent, second_agent):
    stale = FollowUp.objects.get(pk=followup.pk)
    followup.claim(by=agent, now=NOW)
    with pytest.raises(Conflict) as refusal:
        stale.claim(by=second_agent, now=NOW + MINUTE)
    assert str(refusal.value.message) == "Alice has held this follow-up since 10:00."
    assert codes(followup) == ["followup.claimed", "followup.claim_refused"]
    assert FollowUp.objects.get(pk=followup.pk).claimed_by == agent


def test_taking_again_what_one_holds_renews_it_without_a_second_fact(followup, agent):
    followup.claim(by=agent, now=NOW)
    followup.claim(by=agent, now=NOW + 5 * MINUTE)
    assert (followup.claimed_at, followup.lease_until) == (NOW, NOW + 20 * MINUTE)
    assert codes(followup) == ["followup.claimed"]


def test_it_can_be_taken_over_once_the_lease_is_over(followup, agent, second_agent):
    followup.claim(by=agent, now=NOW)
    with pytest.raises(Conflict):
        followup.claim(by=second_agent, now=NOW + 15 * MINUTE)
    followup.claim(by=second_agent, now=NOW + 15 * MINUTE + timedelta(seconds=1))
    assert followup.claimed_by == second_agent


def test_renewing_works_until_somebody_else_has_it(followup, agent, second_agent):
    followup.claim(by=agent, now=NOW)
    followup.renew(by=agent, now=NOW + 20 * MINUTE)
    assert (followup.claimed_at, followup.lease_until) == (NOW, NOW + 35 * MINUTE)
    followup.claim(by=second_agent, now=NOW + 60 * MINUTE)
    with pytest.raises(Conflict) as refusal:
        followup.renew(by=agent, now=NOW + 61 * MINUTE)
    assert refusal.value.code == "held_by_other"


def test_releasing_puts_it_back_and_keeps_the_draft(followup, agent, second_agent):
    followup.claim(by=agent, now=NOW)
    followup.keep_draft({"note": "will ring back"}, by=agent)
    followup.refresh_from_db()
    followup.release(by=agent)
    assert (followup.claimed_by, followup.lease_until) == (None, None)
    assert (followup.draft_of(agent), followup.draft_of(second_agent)) == ({"note": "will ring back"}, {})
    assert codes(followup) == ["followup.claimed", "followup.released"]


def test_nobody_releases_what_another_holds(followup, agent, second_agent):
    followup.claim(by=agent)
    with pytest.raises(Conflict):
        followup.release(by=second_agent)


def test_the_sweeper_frees_abandoned_claims_only(store, agent):
    abandoned, running = make_followup(store), make_followup(store)
    abandoned.claim(by=agent, now=NOW)
    running.claim(by=agent, now=NOW + 10 * MINUTE)
    services.free_abandoned(NOW + 16 * MINUTE)
    services.free_abandoned(NOW + 16 * MINUTE)
    abandoned.refresh_from_db()
    running.refresh_from_db()
    assert (abandoned.claimed_by, running.claimed_by) == (None, agent)
    assert codes(abandoned) == ["followup.claimed", "followup.freed"]
    assert codes(running) == ["followup.claimed"]


def test_the_sweeper_leaves_a_lease_renewed_in_the_meantime(followup, agent):
    followup.claim(by=agent, now=NOW)
    stale = FollowUp.objects.get(pk=followup.pk)
    followup.renew(by=agent, now=NOW + 16 * MINUTE)
    stale.free_abandoned(NOW + 17 * MINUTE)
    assert FollowUp.objects.get(pk=followup.pk).claimed_by == agent
    free_abandoned()


def test_the_statement_repeats_store_assignee_and_status(followup, agent, second_agent, care_manager, other_store):
    """T39, T41: what changed between looking and claiming makes the claim fail."""
    for change in ({"store": other_store}, {"assignee": second_agent}, {"status": FollowUp.Status.CANCELLED}):
        changed = make_followup(followup.store)
        stale = FollowUp.objects.get(pk=changed.pk)
        FollowUp.objects.filter(pk=changed.pk).update(**change)
        with pytest.raises(Conflict):
            stale.claim(by=agent)
        assert FollowUp.objects.get(pk=changed.pk).claimed_by is None


def test_a_closed_one_cannot_be_taken(followup, agent, care_manager):
    followup.cancel(by=care_manager, reason="sold the car", now=NOW)
    with pytest.raises(Conflict) as refusal:
        followup.claim(by=agent)
    assert str(refusal.value.message) == "This follow-up is already closed (Cancelled) by Carol, 11-18 10:00."


def test_who_may_not_call_is_refused(followup, store_manager, stranger, salesperson, store):
    for person in (store_manager, stranger):
        with pytest.raises(NotAllowed):
            followup.claim(by=person)
    own = make_followup(store, assignee=salesperson)
    with pytest.raises(NotAllowed) as refusal:
        own.claim(by=make_user("amy", Role.CARE_AGENT, store))
    assert str(refusal.value.message) == "This follow-up is assigned to Sally."


def test_the_holder_is_written_in_one_place_only():
    """FU2: every verb that gives, takes or frees goes through ``ClaimQuerySet.hold``."""
    sources = [path for path in Path(followups.__file__).parent.rglob("*.py") if "migrations" not in path.parts]
    writes = [(path.name, node.lineno) for path in sources for node in ast.walk(ast.parse(path.read_text())) if is_write(node)]
    assert [name for name, _line in writes] == ["claim.py"]


def is_write(node):
    """Tell whether the code writes ``claimed_by``: in an assignment, as an argument of ``update``, or as a key of what is updated."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "claimed_by" for target in node.targets)
    if isinstance(node, ast.Call):
        return getattr(node.func, "attr", "") in ("update", "create") and any(keyword.arg == "claimed_by" for keyword in node.keywords)
    return isinstance(node, ast.Dict) and any(isinstance(key, ast.Constant) and key.value == "claimed_by" for key in node.keys)
