"""Logging what came of a try: outcomes, retries and their bounds (domain 3.3, FU3, FU4, FU5; T37 to T39)."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activity.models import Event
from common.errors import Conflict, DomainError
from customers.quality.rules import counts
from followups import services
from followups.models import FollowUp
from followups.outcomes import OUTCOMES, Outcome, Retry
from followups.retries import GRACE, History, next_step
from followups.signals import followup_finished
from followups.windows import CallWindow
from messaging import outbox
from messaging.models import Message
from messaging.reminders import plan_reminders
from stores.models import Store
from tests.factories import NOW, make_customer, make_delivery, make_followup, make_handed_over, make_plan, make_vehicle, make_visit, on
from tests.messaging.factories import agree

HOUR = timedelta(hours=1)


def shanghai(text):
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.fixture
def followup(store):
    return make_followup(store)


def facts(followup):
    return list(Event.objects.about(followup).order_by("pk").values_list("code", flat=True))


def test_no_answer_comes_back_in_another_part_of_the_day(followup, agent):
    followup.log("no_answer", by=agent, now=NOW)
    assert (followup.status, followup.available_at, followup.promised_at) == ("open", shanghai("2026-11-18 11:30"), None)
    assert (followup.attempt_count, followup.first_attempt_at, followup.outcome) == (1, NOW, "no_answer")
    attempt = followup.attempts.get()
    assert (attempt.by, attempt.at, attempt.next_at) == (agent, NOW, shanghai("2026-11-18 11:30"))
    assert facts(followup) == ["followup.logged"]


def test_three_tries_use_three_parts_then_it_is_unreachable(followup, agent):
    times = []
    for _try in range(3):
        now = followup.available_at if times else NOW
        followup.log("no_answer", by=agent, now=now)
        times.append(now)
    assert times == [shanghai("2026-11-18 10:00"), shanghai("2026-11-18 11:30"), shanghai("2026-11-18 13:30")]
    assert (followup.status, followup.finished_by, followup.attempt_count) == ("unreachable", agent, 3)
    followup.customer.refresh_from_db()
    assert followup.customer.phone_doubtful_at is not None
    assert facts(followup)[-1] == "followup.finished"


def test_after_the_grace_days_the_next_failure_is_the_last(followup, agent):
    FollowUp.objects.filter(pk=followup.pk).update(due_at=NOW - GRACE)
    followup.refresh_from_db()
    followup.log("no_answer", by=agent, now=NOW)
    assert followup.status == "unreachable"


@pytest.mark.parametrize(
    ("outcome", "at", "expected"),
    [
        ("busy", "2026-11-18 10:00", "2026-11-18 11:00"),
        ("busy", "2026-11-18 19:30", "2026-11-19 09:00"),
        ("off", "2026-11-18 10:00", "2026-11-19 11:30"),
        ("suspended", "2026-11-18 15:00", "2026-11-19 09:00"),
        ("language", "2026-11-18 15:00", "2026-11-19 09:00"),
        ("no_answer", "2026-11-18 11:25", "2026-11-18 12:25"),
        ("no_answer", "2026-11-18 18:00", "2026-11-19 09:00"),
        ("partial", "2026-11-18 18:00", "2026-11-19 09:00"),
    ],
)
def test_each_outcome_has_its_own_next_try(store, agent, outcome, at, expected):
    followup = make_followup(store)
    followup.log(outcome, by=agent, now=shanghai(at))
    assert (followup.status, followup.available_at) == ("open", shanghai(expected))


@pytest.mark.parametrize(
    ("outcome", "status", "doubtful"),
    [
        ("ok", "done", False),
        ("message", "done", False),
        ("refused", "refused", False),
        ("ineligible", "ineligible", False),
        ("empty", "unreachable", True),
        ("wrong", "unreachable", True),
    ],
)
def test_closing_outcomes_close_at_once(store, agent, outcome, status, doubtful):
    followup = make_followup(store)
    followup.log(outcome, by=agent, now=NOW)
    followup.customer.refresh_from_db()
    assert (followup.status, followup.finished_at, followup.finished_by) == (status, NOW, agent)
    assert (followup.customer.phone_doubtful_at is not None) == doubtful


@pytest.mark.parametrize(("outcome", "status", "doubtful"), [("partial", "refused", False), ("suspended", "unreachable", True)])
def test_a_second_time_is_the_last(store, agent, outcome, status, doubtful):
    followup = make_followup(store)
    followup.log(outcome, by=agent, now=NOW)
    followup.log(outcome, by=agent, now=followup.available_at)
    followup.customer.refresh_from_db()
    assert (followup.status, followup.customer.phone_doubtful_at is not None) == (status, doubtful)


def test_a_callback_comes_back_at_the_agreed_time(followup, agent):
    agreed = shanghai("2026-11-19 15:20")
    followup.log("callback", by=agent, next_at=agreed, now=NOW)
    assert (followup.status, followup.available_at, followup.promised_at) == ("open", agreed, agreed)
    followup.log("no_answer", by=agent, now=agreed)
    assert followup.promised_at is None


@pytest.mark.parametrize(
    ("agreed", "code"),
    [
        (None, "promise_missing"),
        ("2026-11-18 09:59", "promise_in_past"),
        ("2026-11-19 20:00", "promise_outside_window"),
        ("2026-11-19 08:59", "promise_outside_window"),
        ("2026-12-19 10:00", "promise_too_far"),
    ],
)
def test_a_bad_agreed_time_is_refused(followup, agent, agreed, code):
    with pytest.raises(DomainError) as refusal:
        followup.log("callback", by=agent, next_at=agreed and shanghai(agreed), now=NOW)
    assert (refusal.value.code, refusal.value.field) == (code, "next_at")
    assert followup.attempts.count() == 0


def test_a_time_belongs_to_a_callback_only(followup, agent):
    with pytest.raises(DomainError) as refusal:
        followup.log("no_answer", by=agent, next_at=shanghai("2026-11-19 15:00"), now=NOW)
    assert refusal.value.code == "time_without_callback"


def test_an_unknown_outcome_is_refused(followup, agent):
    with pytest.raises(DomainError) as refusal:
        followup.log("vanished", by=agent)
    assert (refusal.value.code, refusal.value.field) == ("unknown_outcome", "outcome")


def test_do_not_call_stops_every_call_of_the_customer(store, agent):
    followup = make_followup(store)
    other = make_followup(store, customer=followup.customer)
    letter = make_followup(store, make_plan("letter", kind="letter"), customer=followup.customer)
    verification = make_followup(store, customer=followup.customer, source_kind="complaint_round")
    followup.log("do_not_call", by=agent, now=NOW)
    assert followup.customer.do_not_call_at is not None
    statuses = [FollowUp.objects.get(pk=one.pk).status for one in (followup, other, letter, verification)]
    assert statuses == ["refused", "ineligible", "open", "open"]
    assert FollowUp.objects.get(pk=other.pk).exemption == "do_not_call"


def test_only_who_has_it_may_finish(followup, agent, second_agent):
    followup.claim(by=agent, now=NOW)
    with pytest.raises(Conflict) as refusal:
        followup.log("ok", by=second_agent, now=NOW + HOUR / 4)
    assert refusal.value.code == "held_by_other"
    followup.log("ok", by=agent, now=NOW + HOUR / 4)
    assert (followup.status, followup.claimed_by) == ("done", None)


def test_a_holder_whose_lease_is_over_may_finish_while_nobody_else_has_it(followup, agent):
    followup.claim(by=agent, now=NOW)
    services.free_abandoned(NOW + HOUR)
    followup.log("ok", by=agent, now=NOW + HOUR)
    assert followup.status == "done"


def test_a_lost_lease_keeps_the_words_as_a_remark(followup, agent, second_agent):
    """T37: the state of the second caller stands, the words of the first are not lost."""
    followup.claim(by=agent, now=NOW - HOUR)
    mine = FollowUp.objects.get(pk=followup.pk)
    followup.claim(by=second_agent)
    with pytest.raises(Conflict):
        services.log_call(mine, "refused", by=agent, note="Wants the invoice again")
    remark = Event.objects.about(followup).get(code="followup.remarked")
    assert (remark.actor, remark.particulars) == (agent, {"note": "Wants the invoice again"})
    followup.refresh_from_db()
    assert (followup.status, followup.claimed_by, followup.attempts.count()) == ("open", second_agent, 0)


@pytest.mark.parametrize("outcome", ["refused", "no_answer"])
def test_a_double_click_has_one_result(followup, agent, outcome):
    """T38: the second of two equal requests answers like the first and changes nothing."""
    first, second = (FollowUp.objects.get(pk=followup.pk) for _request in range(2))
    services.log_call(first, outcome, by=agent, note="x")
    services.log_call(second, outcome, by=agent, note="x")
    services.log_call(FollowUp.objects.get(pk=followup.pk), outcome, by=agent, note="x")
    assert followup.attempts.count() == 1
    assert facts(followup).count("followup.logged") == 1
    assert second.attempt_count == 1


def test_another_result_after_the_first_is_refused(followup, agent):
    services.log_call(followup, "refused", by=agent)
    with pytest.raises(Conflict) as refusal:
        services.log_call(followup, "wrong", by=agent, note="late")
    assert refusal.value.code == "already_finished"


def test_reassigned_while_the_agent_finishes(followup, agent, second_agent, care_manager):
    """T39: one order wins, the other sees why."""
    stale = FollowUp.objects.get(pk=followup.pk)
    stale.claim(by=agent)
    followup.assign(second_agent, by=care_manager)
    with pytest.raises(Conflict) as refusal:
        stale.log("ok", by=agent)
    assert str(refusal.value.message) == "This follow-up has been assigned to Amy in the meantime."
    followup.log("ok", by=second_agent, now=NOW)
    with pytest.raises(Conflict):
        followup.assign(agent, by=care_manager)


def test_the_apps_above_hear_of_the_end_once(followup, agent):
    heard = []

    def listen(sender, followup, **kwargs):
        heard.append((followup.pk, followup.status))

    followup_finished.connect(listen)
    try:
        followup.log("no_answer", by=agent, now=NOW)
        followup.log("refused", by=agent, now=followup.available_at)
    finally:
        followup_finished.disconnect(listen)
    assert heard == [(followup.pk, "refused")]


def test_raising_a_complaint_closes_the_call(followup, agent, second_agent):
    followup.claim(by=agent, now=NOW)
    with pytest.raises(Conflict):
        followup.escalate(by=second_agent, now=NOW)
    followup.escalate(by=agent, now=NOW)
    assert (followup.status, followup.attempt_count, followup.first_attempt_at, followup.finished_by) == ("escalated", 1, NOW, agent)
    assert facts(followup) == ["followup.claimed", "followup.escalated", "followup.finished"]


def test_answers_and_outcome_are_stored_together(store, agent, defaults):
    visit = make_handed_over(store, at=NOW - 24 * HOUR)
    followup = FollowUp.objects.get(pk=make_followup(store, customer=visit.customer, vehicle=visit.vehicle, visit=visit).pk)
    questions = followup.plan.questionnaire().question_list
    answers = {question.pk: 9 if question.kind == "rating" else None for question in questions}
    services.log_call(followup, "ok", by=agent, note="All fine", answers=answers)
    response = followup.response
    assert (followup.status, response.points, response.served_on.isoformat(), response.remark) == ("done", 900, "2026-11-17", "All fine")


def test_completed_needs_the_answers(store, agent, defaults):
    followup = make_followup(store)
    for outcome, answers, code in [("ok", None, "answers_missing"), ("no_answer", {1: 5}, "answers_without_interview")]:
        with pytest.raises(DomainError) as refusal:
            services.log_call(followup, outcome, by=agent, answers=answers)
        assert refusal.value.code == code


def test_a_response_of_a_delivery_counts_for_the_seller_on_its_day(store, agent, salesperson):
    delivery = make_delivery(store, salesperson=salesperson)
    response = services.response_of(make_followup(store, customer=delivery.customer, delivery=delivery), None, "")
    assert (response.employee, response.served_on.isoformat()) == (salesperson, "2026-11-18")
    assert services.response_of(make_followup(store, visit=make_visit(store)), None, "").employee is None


windows = st.tuples(st.integers(0, 22), st.integers(1, 23)).filter(lambda hours: hours[0] < hours[1])
failures = st.sampled_from([outcome for outcome, rule in OUTCOMES.items() if not rule.closes_as and rule.retry != Retry.AGREED])


@settings(max_examples=300, deadline=None)
@given(
    hours=windows,
    start=st.integers(0, 60 * 24 * 7),
    outcomes=st.lists(failures, min_size=12, max_size=12),
    max_attempts=st.integers(1, 5),
    delays=st.lists(st.integers(0, 600), min_size=12, max_size=12),
)
def test_failures_are_bounded_and_never_call_outside_the_window(hours, start, outcomes, max_attempts, delays):
    """FU4: at most ``max_attempts`` tries, none later than the grace days, none outside the store's hours."""
    store = Store(calls_from=time(hours[0]), calls_until=time(hours[1]), timezone="Asia/Shanghai")
    window = CallWindow(store)
    now = NOW + timedelta(minutes=start)
    due_at = now + timedelta(days=1)
    tries = []
    for outcome, delay in zip(outcomes, delays, strict=True):
        step = next_step(outcome, History(tries, max_attempts, due_at), window, now)
        tries = [*tries, (now, outcome)]
        if step.closes_as:
            break
        assert now < step.at <= due_at + GRACE
        local = step.at.astimezone(store.zone)
        assert store.calls_from <= local.time() < store.calls_until
        now = window.next_slot(step.at + timedelta(minutes=delay))
    assert step.closes_as in ("unreachable", "refused")
    assert len(tries) <= max_attempts


@settings(max_examples=300, deadline=None)
@given(start=st.integers(0, 60 * 24 * 7))
def test_three_no_answers_lie_in_three_parts_of_the_day(start):
    window = CallWindow(Store(calls_from=time(9), calls_until=time(20), timezone="Asia/Shanghai"))
    now, tries = window.next_slot(NOW + timedelta(minutes=start)), []
    for _try in range(2):
        step = next_step(Outcome.NO_ANSWER, History(tries, 3, now + timedelta(days=9)), window, now)
        tries.append((now, Outcome.NO_ANSWER))
        now = step.at
    assert len({window.part_of(at) for at, _outcome in tries} | {window.part_of(now)}) == 3


def test_a_call_finished_by_somebody_else_does_not_stop_the_wish_for_no_more_calls(followup, store, agent, monkeypatch):
    """The other call is closed between being found and being taken out."""
    other = make_followup(store, customer=followup.customer)
    whole = FollowUp.exempt

    def too_late(self, *args, **kwargs):
        FollowUp.objects.filter(pk=other.pk).update(status="done")
        whole(self, *args, **kwargs)

    monkeypatch.setattr(FollowUp, "exempt", too_late)
    followup.log("do_not_call", by=agent, now=NOW)
    assert (FollowUp.objects.get(pk=other.pk).status, followup.status) == ("done", "refused")
    followup.customer.refresh_from_db()
    assert followup.customer.do_not_call_at is not None


def test_not_the_owner_any_more_stops_what_is_about_the_car_and_nothing_else(store, agent, defaults):
    """B23: no reminder of that car goes to the old owner, the archive asks for the new one, the history stays."""
    customer = agree(make_customer(store))
    sold, other = make_vehicle(store, customer, next_maintenance_on=on("2026-12-02")), make_vehicle(store, customer, next_maintenance_on=on("2026-12-02"))
    visit = make_handed_over(store, vehicle=sold)
    plan = make_plan("second")
    call, about_it, about_the_other = (make_followup(store, chosen, customer, vehicle=car) for chosen, car in [(None, sold), (plan, sold), (plan, other)])
    plan_reminders(NOW)
    planned = Message.objects.get(vehicle=sold)
    call.log("sold", by=agent, now=NOW)
    for each in (about_it, about_the_other, sold):
        each.refresh_from_db()
    assert (call.status, about_it.status, about_it.exemption, about_the_other.status) == ("ineligible", "ineligible", "sold", "open")
    assert sold.owner_left_on == store.today()
    outbox.send_due(planned.due_at)
    planned.refresh_from_db()
    assert (planned.status, planned.reason) == ("cancelled", "owner_changed")
    assert {message.vehicle for message in Message.objects.filter(status="sent")} == {other}
    Message.objects.all().delete()
    plan_reminders(NOW)
    assert {message.vehicle for message in Message.objects.all()} == {other}
    assert {rule.code: number for rule, number in counts(agent, NOW)}["owner_unknown"] == 1
    assert visit.customer == customer
    sold.transfer(make_customer(store), by=agent)
    assert sold.owner_left_on is None
