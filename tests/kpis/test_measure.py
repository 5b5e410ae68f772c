"""Values against targets: what is shown, hidden, judged and how sure it is (S3-01 to S3-07, S3-21 to S3-23, domain rules 2.4)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from activity.services import announce_days
from common.errors import DomainError
from common.periods import Period
from common.statistics import Sample
from kpis.indicators import INDICATORS, Direction
from kpis.models import Band, Target
from kpis.services import Status, measure, measure_by_employee, weak_factors
from surveys.models import FactorScore, Response, Side
from tests.factories import NOW, make_delivery, make_handed_over, make_plan, make_user, on
from tests.kpis.builders import make_call, make_questionnaire, make_responses
from visits.models import Visit

NOVEMBER = Period.parse("2026-11")
DAY = on("2026-11-18")


def value_of(store, code, period=NOVEMBER, **more):
    announce_days(store.pk, DAY)
    return measure(stores=[store], periods=[period], codes=[code], now=NOW + timedelta(days=1), **more)[0]


def target(code, value, store=None, valid_from="2026-01-01", valid_to=None):
    return Target.objects.create(indicator=code, store=store, value=value, valid_from=on(valid_from), valid_to=valid_to and on(valid_to))


def answers(store, *points, index="csi", **fields):
    return make_responses(store, make_questionnaire(index, Side.SALES if index == "css" else Side.AFTER_SALES), points, DAY, **fields)


# Values


def test_the_index_is_the_mean_of_the_points(store):
    answers(store, *["900"] * 5, *["800.5"] * 5)
    value = value_of(store, "csi")
    assert (value.value, value.n, value.numerator, value.denominator) == (Decimal("850.3"), 10, Decimal("8502.5"), 10)
    assert value.questionnaires == ("csi-test.1",)


def test_partial_and_voided_responses_do_not_count(store):
    paper = make_questionnaire()
    make_responses(store, paper, ["900"] * 10, DAY)
    make_responses(store, paper, ["100"], DAY, is_counted=False)
    make_responses(store, paper, ["100"], DAY, voided_at=NOW)
    assert (value_of(store, "csi").value, value_of(store, "csi").n) == (Decimal("900.0"), 10)


def test_a_response_counts_in_the_month_of_the_service(store):
    make_responses(store, make_questionnaire(), ["900"] * 10, on("2026-10-31"), submitted_at=NOW)
    announce_days(store.pk, on("2026-10-31"))
    assert value_of(store, "csi").n == 0
    assert value_of(store, "csi", Period.parse("2026-10")).n == 10


def test_satisfied_neutral_and_complaining_need_not_add_up_to_all(store):
    # S3-05: 96% satisfied and 2% complaining leave 2% neutral.
    paper = make_questionnaire("", Side.SALES)
    for mood, count in ((Response.Mood.SATISFIED, 96), (Response.Mood.COMPLAINING, 2), (Response.Mood.NEUTRAL, 2)):
        make_responses(store, paper, [None] * count, DAY, mood=mood, is_counted=False)
    satisfied, complaining = value_of(store, "satisfaction_sales"), value_of(store, "complaining_sales")
    assert (satisfied.value, complaining.value) == (Decimal("96.0"), Decimal("2.0"))
    assert satisfied.interval == (Decimal("90.2"), Decimal("98.4"))


def test_a_rate_without_denominator_has_no_value(store):
    value = value_of(store, "comeback_rate")
    assert (value.value, value.n, value.status, value.interval) == (None, 0, Status.NO_DATA, None)


# What few answers allow to say


@pytest.mark.parametrize(
    ("n", "shown", "sample"),
    [(9, None, Sample.HIDDEN), (10, Decimal("900.0"), Sample.INSUFFICIENT), (30, Decimal("900.0"), Sample.SMALL), (100, Decimal("900.0"), Sample.NORMAL)],
)
def test_a_small_sample_is_marked_and_a_tiny_one_hidden(store, n, shown, sample):
    answers(store, *["900"] * n)
    target("csi", 850)
    value = value_of(store, "csi")
    assert (value.value, value.n, value.sample) == (shown, n, sample)
    assert (value.interval is None, value.gap is None, value.reached is None) == (n < 10,) * 3
    assert value.status == (Status.TOO_FEW if n < 10 else Status.ABOVE)


def test_a_count_of_all_the_work_hides_nothing(store):
    make_handed_over(store)
    assert (value_of(store, "on_time_handover").value, value_of(store, "on_time_handover").sample) == (Decimal("100.0"), Sample.NORMAL)


# Targets


def test_without_a_target_nothing_is_judged(store):
    # Section 7 number 11: no target is not missed, and never green.
    answers(store, *["900"] * 10, index="mot")
    value = value_of(store, "mot")
    assert (value.target, value.gap, value.reached, value.status) == (None, None, None, Status.NO_TARGET)


@pytest.mark.parametrize(
    ("goal", "status", "reached", "gap"),
    [
        (850, Status.ABOVE, True, "50.0"),
        (895, Status.NOT_DISTINGUISHABLE, True, "5.0"),
        (905, Status.NOT_DISTINGUISHABLE, False, "-5.0"),
        (950, Status.BELOW, False, "-50.0"),
    ],
)
def test_above_and_below_need_an_interval_that_leaves_the_target_out(store, goal, status, reached, gap):
    answers(store, *["950", "850"] * 20)
    target("csi", goal)
    value = value_of(store, "csi")
    assert value.interval == (Decimal("883.8"), Decimal("916.2"))
    assert (value.status, value.reached, value.gap) == (status, reached, Decimal(gap))


def test_the_gap_is_the_difference_in_points(store):
    # S3-07: target 98, reached 96, gap 2 points.
    paper = make_questionnaire("", Side.AFTER_SALES)
    make_responses(store, paper, [None] * 96, DAY)
    make_responses(store, paper, [None] * 4, DAY, mood=Response.Mood.NEUTRAL)
    target("satisfaction_after_sales", 98)
    assert value_of(store, "satisfaction_after_sales").gap == Decimal("-2.0")


@pytest.mark.parametrize(("comebacks", "reached", "status"), [(1, True, Status.NOT_DISTINGUISHABLE), (20, False, Status.ABOVE)])
def test_a_ceiling_is_reached_from_below(store, comebacks, reached, status):
    # S2-37: not above 3%.
    for number in range(40):
        make_handed_over(store, kind=Visit.Kind.COMEBACK if number < comebacks else Visit.Kind.REPAIR)
    target("comeback_rate", 3)
    value = value_of(store, "comeback_rate")
    assert (value.reached, value.status, INDICATORS["comeback_rate"].direction) == (reached, status, Direction.LOW)


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2026-03", "900.0"), ("2026-06", "910.0"), ("2026-Q2", "910.0"), ("2026-12", "920.0"), ("2025-12", None)],
)
def test_the_target_is_the_one_valid_on_the_last_day_of_the_period(store, period, expected):
    target("csi", 900, valid_from="2026-01-01")
    target("csi", 910, valid_from="2026-06-30")
    target("csi", 920, store=store, valid_from="2026-12-31")
    value = measure(stores=[store], periods=[Period.parse(period)], codes=["csi"])[0]
    assert value.target == (expected and Decimal(expected))


def test_a_target_that_has_run_out_is_no_target(store):
    target("csi", 900, valid_to="2026-11-29")
    assert value_of(store, "csi").target is None


def test_a_target_of_a_store_does_not_rule_another_or_the_group(store, other_store):
    target("csi", 900, store=store)
    for stores in ([other_store], [store, other_store]):
        assert measure(stores=stores, periods=[NOVEMBER], codes=["csi"])[0].target is None


@pytest.mark.parametrize(("points", "band"), [("930", "A"), ("900", "B"), ("899", "C"), ("100", "")])
def test_the_band_is_the_best_one_reached(store, points, band):
    # S3-01: hold B, strive for A.
    for name, value in (("A", 930), ("B", 900), ("C", 500)):
        Band.objects.create(indicator="csi", name=name, from_value=value, valid_from=on("2026-01-01"))
    answers(store, *[points] * 10)
    assert value_of(store, "csi").band == band


def test_the_bands_of_a_ceiling_go_the_other_way(store):
    for name, value in (("A", 1), ("B", 3)):
        Band.objects.create(indicator="comeback_rate", name=name, from_value=value, valid_from=on("2026-01-01"))
    for number in range(50):
        make_handed_over(store, kind=Visit.Kind.COMEBACK if number < 1 else Visit.Kind.REPAIR)
    assert (value_of(store, "comeback_rate").value, value_of(store, "comeback_rate").band) == (Decimal("2.0"), "B")


# Parts


def test_coverage_and_success_are_two_figures(store):
    # Section 7 number 9: everybody tried, four of five reached; S0-13, S3-06.
    for status in ("done", "done", "done", "escalated", "unreachable"):
        make_call(make_handed_over(store), status=status, attempt_count=1, finished_at=NOW)
    make_call(make_handed_over(store), status="ineligible", attempt_count=1)
    make_call(make_handed_over(store), status="ineligible", attempt_count=0)
    make_call(make_handed_over(store), status="cancelled")
    coverage, success = value_of(store, "coverage"), value_of(store, "success_after_sales")
    assert (coverage.numerator, coverage.denominator) == (6, 6)
    assert (success.numerator, success.denominator, success.value) == (4, 5, Decimal("80.0"))


def test_calls_after_a_purchase_have_a_success_of_their_own(store):
    """S3-04: callbacks of buyers, target 80%."""
    plan = make_plan("delivery-24h", trigger="delivery", side=Side.SALES)
    for status in ("done", "done", "unreachable"):
        delivery = make_delivery(store)
        make_call(delivery, plan=plan, source_kind="delivery", visit=None, delivery=delivery, status=status, attempt_count=1, finished_at=NOW)
    success = value_of(store, "success_sales")
    assert (success.numerator, success.denominator, success.value) == (2, 3, Decimal("66.7"))


def test_a_figure_of_one_employee_counts_that_persons_rows_only(store, advisor):
    other = make_user("other", "service_advisor", store)
    for person in (advisor, other, other, None):
        make_handed_over(store, advisor=person)
    assert value_of(store, "on_time_handover", employee=other.pk).n == 2
    by_employee = measure_by_employee(stores=[store], periods=[NOVEMBER], codes=["on_time_handover"])
    assert {pk: values[0].n for pk, values in by_employee.items()} == {advisor.pk: 1, other.pk: 2, 0: 1}


def test_the_weakest_factor_is_the_one_that_costs_the_index_most(store):
    paper = make_questionnaire(factors=[("Facility", 30), ("Quality", 60), ("Adviser", 10)])
    for response in make_responses(store, paper, ["800"] * 10, DAY):
        for factor, points in zip(paper.factors.all(), ("800", "860", "500"), strict=True):
            FactorScore.objects.create(response=response, factor=factor, points=points)
    target("csi", 900)
    announce_days(store.pk, DAY)
    found = weak_factors(stores=[store], period=NOVEMBER, code="csi")
    assert [(str(each.factor), each.value, each.loss) for each in found] == [
        ("Adviser", Decimal("500.0"), Decimal("40.0")),
        ("Facility", Decimal("800.0"), Decimal("30.0")),
        ("Quality", Decimal("860.0"), Decimal("24.0")),
    ]


def test_a_factor_with_few_answers_is_hidden(store):
    paper = make_questionnaire(factors=[("Facility", 30)])
    for response in make_responses(store, paper, ["800"] * 9, DAY):
        FactorScore.objects.create(response=response, factor=paper.factors.get(), points=800)
    announce_days(store.pk, DAY)
    found = weak_factors(stores=[store], period=NOVEMBER, code="csi")
    assert [(each.n, each.value, each.loss) for each in found] == [(9, None, None)]


# The registry (KP6)


@pytest.mark.parametrize("code", INDICATORS)
def test_every_indicator_says_what_it_is(code):
    entry = INDICATORS[code]
    assert entry.code == code
    assert all(str(text) for text in (entry.name, entry.formula, entry.excluded, entry.group.label, entry.unit.label, entry.direction.label))
    assert entry.minimum_n in (1, 10)
    assert entry.version >= 1


def test_an_unknown_indicator_is_refused(store):
    with pytest.raises(DomainError) as refused:
        value_of(store, "cci")
    assert (refused.value.code, refused.value.field) == ("unknown_indicator", "codes")
