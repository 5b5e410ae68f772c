"""Facts: equal to a second way of counting, exact after every change, counted on the store's own day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from activity.services import announce_days
from common.periods import Period
from common.statistics import rounded, t_quantile
from followups.models import FollowUp
from kpis import facts, tasks
from kpis.indicators import INDICATORS
from kpis.models import DailyFact, DirtyDay, MonthlyFact
from kpis.services import measure, measure_by_employee, measure_by_store
from tests.factories import NOW, make_handed_over, make_store, make_visit, on
from tests.kpis import brute_force
from tests.kpis.builders import make_call, make_slip
from tests.kpis.world import CLOCK, World
from visits.models import Visit

PERIODS = [Period.parse(text) for text in ("2026-09", "2026-10", "2026-11", "2026-Q4", "r3:2026-11")]


@pytest.fixture
def world(db, request):
    world = World(getattr(request, "param", 1))
    for store in world.stores:
        announce_days(store.pk, *world.all_days())
    return world


def expected(code, stores, period, employee=None):
    """Return (numerator, denominator, value, interval half width of a mean) the long way round."""
    if INDICATORS[code].is_quota:
        over, under = brute_force.quota(stores, period, employee)
    elif INDICATORS[code].is_mean:
        total, n, deviation = brute_force.mean(code, stores, period, CLOCK, employee)
        half = None if deviation is None else t_quantile(n - 1) * float(deviation) / n**0.5
        return total, n, rounded(total / n) if n else None, half
    else:
        over, under = brute_force.share(code, stores, period, CLOCK, employee)
    return over, under, rounded(Decimal(100 * over) / under) if under else None, None


def check(value, code, stores, employee=None):
    over, under, figure, half = expected(code, stores, value.period, employee)
    assert (value.numerator, value.denominator) == (over, under), (code, value.period, employee)
    assert value.n == under
    assert value.value == (figure if under >= INDICATORS[code].minimum_n else None)
    if half is not None and value.interval:
        highest = float(INDICATORS[code].highest)
        edges = max(0, float(over / under) - half), min(highest, float(over / under) + half)
        assert [float(edge) for edge in value.interval] == pytest.approx(edges, abs=0.051)


@pytest.mark.parametrize("world", [1, 2, 3], indirect=True)
def test_every_indicator_equals_a_second_way_of_counting(world):
    for stores in (world.stores, world.stores[:1], world.stores[1:]):
        for value in measure(stores=stores, periods=PERIODS, codes=INDICATORS, now=CLOCK):
            check(value, value.indicator.code, stores)


def test_every_indicator_by_employee_equals_a_second_way_of_counting(world):
    by_employee = measure_by_employee(stores=world.stores[:1], periods=PERIODS, codes=INDICATORS, now=CLOCK)
    assert set(by_employee) == {0, *(person.pk for person in world.people[world.stores[0].pk])}
    for employee, values in by_employee.items():
        if employee:
            alone = measure(stores=world.stores[:1], periods=PERIODS, codes=INDICATORS, employee=employee, now=CLOCK)
            assert [value.as_dict() for value in alone] == [value.as_dict() for value in values]
            for value in values:
                check(value, value.indicator.code, world.stores[:1], employee)


def test_the_stores_add_up_to_the_group(world):
    whole = measure(stores=world.stores, periods=PERIODS[:1], codes=INDICATORS, now=CLOCK)
    each = measure_by_store(stores=world.stores, periods=PERIODS[:1], codes=INDICATORS, now=CLOCK)
    for index, value in enumerate(whole):
        assert value.numerator == sum(values[index].numerator for values in each.values())
        assert value.denominator == sum(values[index].denominator for values in each.values())


def test_the_random_world_puts_every_indicator_to_the_test(world):
    values = measure(stores=world.stores, periods=[Period.parse("r3:2026-11")], codes=INDICATORS, now=CLOCK)
    assert [value.indicator.code for value in values if value.denominator < 5 or value.numerator <= 0] == []


def test_computing_twice_changes_nothing(world):
    facts.refresh(now=CLOCK)
    before = all_facts()
    for store in world.stores:
        announce_days(store.pk, *world.all_days())
    facts.refresh(now=CLOCK)
    assert all_facts() == before
    assert len(before) > 500


def all_facts():
    return sorted(DailyFact.objects.values_list("store", "date", "part", "detail_ref", "employee_ref", "n", "numerator", "total"))


# The store's own day (T80)


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2026-10-31 23:59:59", "2026-10-31"),
        ("2026-11-01 00:00:00", "2026-11-01"),
        ("2026-11-01 07:59:59", "2026-11-01"),
        ("2026-11-01 08:00:00", "2026-11-01"),
    ],
)
def test_a_visit_counts_on_the_local_day_of_its_store(store, local, day):
    make_visit(store, arrived_at=datetime.fromisoformat(local).replace(tzinfo=store.zone), promised_at=None)
    announce_days(store.pk, on("2026-10-31"), on("2026-11-01"))
    facts.refresh()
    assert list(DailyFact.objects.filter(part="visits").values_list("date", "n")) == [(on(day), 1)]
    month = Period.containing(on(day))
    assert measure(stores=[store], periods=[month], codes=["comeback_rate"])[0].denominator == 1
    other = Period.parse("2026-10" if str(month) == "2026-11" else "2026-11")
    assert measure(stores=[store], periods=[other], codes=["comeback_rate"])[0].denominator == 0


@pytest.mark.parametrize(("utc", "day"), [("2026-11-01 03:59:59", "2026-10-31"), ("2026-11-01 04:00:00", "2026-11-01"), ("2026-11-02 04:59:59", "2026-11-01")])
def test_a_zone_that_changes_its_clock_keeps_its_own_days(db, utc, day):
    # New York sets its clocks back on 1 November 2026: that day has 25 hours.
    store = make_store("NY", timezone="America/New_York")
    make_visit(store, arrived_at=datetime.fromisoformat(utc).replace(tzinfo=UTC), promised_at=None)
    announce_days(store.pk, on("2026-10-31"), on("2026-11-01"), on("2026-11-02"))
    facts.refresh()
    assert list(DailyFact.objects.filter(part="visits").values_list("date", "n")) == [(on(day), 1)]


# Marks


def test_a_change_is_counted_at_once(store, advisor):
    november = {"stores": [store], "periods": [Period.parse("2026-11")], "codes": ["on_time_handover"]}
    visit = make_handed_over(store, advisor=advisor)
    announce_days(store.pk, on("2026-11-18"))
    assert measure(**november)[0].numerator == 1
    Visit.objects.filter(pk=visit.pk).update(handed_over_at=NOW + timedelta(hours=1))
    assert measure(**november)[0].numerator == 1
    announce_days(store.pk, on("2026-11-18"))
    assert measure(**november)[0].numerator == 0


def test_a_fact_goes_when_its_rows_are_gone(store):
    visit = make_handed_over(store)
    announce_days(store.pk, on("2026-11-18"))
    facts.refresh()
    visit.delete()
    announce_days(store.pk, on("2026-11-18"))
    facts.refresh()
    assert not DailyFact.objects.exists()
    assert not MonthlyFact.objects.exists()


def test_a_refresh_deletes_only_the_marks_it_has_read(store, monkeypatch):
    def mark_meanwhile(*args):
        announce_days(store.pk, on("2026-11-18"))
        return original(*args)

    original = facts.replace
    monkeypatch.setattr(facts, "replace", mark_meanwhile)
    announce_days(store.pk, on("2026-11-18"), on("2026-11-19"))
    assert facts.refresh(now=datetime.now(UTC)) == 2
    assert [mark.date for mark in DirtyDay.objects.all()] == [on("2026-11-18")]


def test_a_refresh_keeps_to_the_days_and_stores_asked_for(store, other_store):
    announce_days(store.pk, on("2026-10-31"), on("2026-11-01"))
    announce_days(other_store.pk, on("2026-11-01"))
    assert facts.refresh(stores=[store], first=on("2026-11-01"), last=on("2026-11-30")) == 1
    assert list(DirtyDay.objects.order_by("date").values_list("store__code", "date")) == [("S01", on("2026-10-31")), ("S02", on("2026-11-01"))]


def test_the_task_refreshes_everything(store, other_store):
    announce_days(store.pk, on("2026-10-31"))
    announce_days(other_store.pk, on("2026-11-01"))
    assert tasks.refresh() == 2
    assert not DirtyDay.objects.exists()


def test_nothing_dirty_costs_one_query(store, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert facts.refresh() == 0


def test_many_days_are_computed_in_few_statements(store, django_assert_max_num_queries):
    announce_days(store.pk, *(date(2024, 11, 1) + timedelta(days=step) for step in range(730)))
    with django_assert_max_num_queries(120):
        assert facts.refresh() == 730


@pytest.mark.parametrize(
    ("days", "spans"),
    [
        ([], []),
        (["2026-11-01"], [("2026-11-01", "2026-11-01")]),
        (["2026-11-01", "2026-11-08"], [("2026-11-01", "2026-11-08")]),
        (["2026-11-01", "2026-11-09"], [("2026-11-01", "2026-11-01"), ("2026-11-09", "2026-11-09")]),
    ],
)
def test_days_close_together_are_computed_in_one_go(days, spans):
    assert [tuple(map(str, span)) for span in facts.runs([on(day) for day in days])] == spans


def test_months_in_a_row_are_summed_in_one_go():
    months = {on("2025-12-01"), on("2026-01-01"), on("2026-03-01")}
    assert [tuple(map(str, span)) for span in facts.month_spans(months)] == [("2025-12-01", "2026-01-31"), ("2026-03-01", "2026-03-31")]


# What comes to count by the passing of time


@pytest.fixture
def call(store):
    """A call due on 18 November at 12:00 local time, not yet made."""
    announce_days(store.pk, on("2026-11-18"))
    return make_call(make_handed_over(store), due_at=NOW + timedelta(hours=2))


def coverage(store, now):
    value = measure(stores=[store], periods=[Period.parse("2026-11")], codes=["coverage"], now=now)[0]
    return value.numerator, value.denominator


def test_a_call_counts_from_its_due_time_on_without_any_further_change(store, call):
    assert coverage(store, NOW) == (0, 0)
    assert coverage(store, call.due_at - timedelta(seconds=1)) == (0, 0)
    assert coverage(store, call.due_at) == (0, 1)
    assert not DirtyDay.objects.exists()


def test_the_mark_of_a_waiting_day_ripens_when_its_first_call_falls_due(store, call):
    make_call(make_handed_over(store), due_at=NOW + timedelta(hours=1))
    facts.refresh(now=NOW)
    facts.refresh(now=NOW)
    assert list(DirtyDay.objects.values_list("date", "ripe_at")) == [(on("2026-11-18"), NOW + timedelta(hours=1))]
    facts.refresh(now=NOW + timedelta(hours=1))
    assert list(DirtyDay.objects.values_list("date", "ripe_at")) == [(on("2026-11-18"), call.due_at)]


def test_a_call_that_was_called_off_ripens_to_nothing(store, call):
    FollowUp.objects.update(status=FollowUp.Status.CANCELLED)
    assert coverage(store, NOW) == (0, 0)
    assert not DirtyDay.objects.exists()


def test_a_round_counts_once_answered_or_due(store, care_manager):
    slip = make_slip(store, care_manager, opened_at=NOW)
    announce_days(store.pk, on("2026-11-18"))

    def feedback(now):
        value = measure(stores=[store], periods=[Period.parse("2026-11")], codes=["complaint_feedback_in_time"], now=now)[0]
        return value.numerator, value.denominator

    assert feedback(NOW) == (0, 0)
    assert feedback(slip.due_at) == (0, 1)
    slip.rounds.update(answered_at=NOW + timedelta(hours=1))
    announce_days(store.pk, on("2026-11-18"))
    assert feedback(NOW + timedelta(hours=2)) == (1, 1)
