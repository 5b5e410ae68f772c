"""What makes logged calls doubtful, sign by sign, and how well it tells faked days from honest ones (FU13, T27)."""

from datetime import timedelta
from itertools import count

import pytest

from benchmarks import evidence as seeded
from followups.evidence import Logged, Sign, suspicions
from followups.models import EvidenceRule
from tests.factories import NOW, on

DAY = on("2026-11-18")
LONG = "客户对这次的保养很满意，下次想换轮胎"
numbers = count(1)


def logged(second=0, outcome="no_answer", **fields):
    """One call logged so many seconds after NOW, about a customer of its own unless told otherwise."""
    number = next(numbers)
    return Logged(**{"pk": number, "customer": number, "at": NOW + timedelta(seconds=second), "day": DAY, "outcome": outcome, **fields})


def doubts(calls, **limits):
    """Return ``{sign: (number of calls, numbers)}``."""
    rule = EvidenceRule(**limits)
    return {found.sign: (len(found.calls), found.numbers) for found in suspicions(calls, lambda _day: rule)}


def test_sixty_misses_in_a_minute_are_no_calls():
    """T27: too quick, and nobody reached in a row."""
    found = doubts([logged(second) for second in range(60)])
    assert found == {
        Sign.PACE: (60, {"calls": 60, "seconds": 59, "most": 4, "within": 60}),
        Sign.SERIES: (60, {"calls": 60, "minutes": 1, "most": 12}),
    }


@pytest.mark.parametrize(("seconds", "is_doubtful"), [([0, 20, 40, 60], True), ([0, 20, 40, 61], False), ([0, 1, 2], False)])
def test_the_pace_counts_calls_within_so_many_seconds(seconds, is_doubtful):
    """FU13."""
    assert (Sign.PACE in doubts([logged(second, "ok") for second in seconds])) is is_doubtful


def test_one_talk_about_several_cars_is_one_call():
    """FU11 beside FU13."""
    assert doubts([logged(second, "ok", customer=7, seconds=second or 130) for second in range(5)]) == {}


@pytest.mark.parametrize(
    ("outcome", "seconds", "is_doubtful"),
    [("ok", 29, True), ("ok", 30, False), ("refused", 9, True), ("refused", 10, False), ("no_answer", 4, True), ("no_answer", 5, False), ("ok", None, False)],
)
def test_a_call_takes_as_long_as_its_outcome_needs(outcome, seconds, is_doubtful):
    """FU13: the ring, the refusal, the interview."""
    calls = [logged(200 * number, outcome, seconds=seconds, is_interview=True) for number in range(4)]
    assert (Sign.LENGTH in doubts(calls)) is is_doubtful
    assert Sign.LENGTH not in doubts(calls[:3])


def test_one_call_in_which_nobody_talked_is_enough_where_the_telephone_says_so():
    """FU13: zero length."""
    assert doubts([logged(0, "ok", seconds=0, is_told=True)]) == {Sign.LENGTH: (1, {"calls": 1, "seconds": 0, "least": 10, "most": 4})}
    assert doubts([logged(200 * number, "no_answer", seconds=0, is_told=True) for number in range(4)]) == {}


def test_the_same_words_about_different_customers_are_copied():
    """FU13: nearly the same is enough."""
    notes = [LONG, LONG + "。", LONG.replace("很", "挺"), LONG.replace("轮胎", "雨刮")]
    found = doubts([logged(300 * number, "ok", note=note) for number, note in enumerate(notes)])
    assert found == {Sign.NOTES: (4, {"calls": 4, "customers": 4, "percent": 85, "most": 4, "days": 7})}


@pytest.mark.parametrize(
    "fields", [{"note": "很满意，没有建议"}, {"note": LONG, "customer": 3}, {"note": LONG, "outcome": "busy"}, {"note": LONG, "outcome": "message"}]
)
def test_short_notes_one_customer_or_nobody_reached_say_nothing(fields):
    """FU13."""
    calls = [logged(700 * number, **{"outcome": "ok", **fields}) for number in range(5)]
    assert doubts(calls) == {}


def test_different_words_are_not_copied():
    notes = [LONG, "车主反映空调有异响，希望周末来检查", "太太接的电话，说等得有点久，要求短信发账单", "本人接听，觉得价格偏贵，问了保险续保"]
    assert doubts([logged(300 * number, "ok", note=note) for number, note in enumerate(notes)]) == {}


def test_a_customer_reached_ends_the_series():
    """FU13."""
    misses = [logged(60 * number) for number in range(12)]
    assert doubts(misses) == {Sign.SERIES: (12, {"calls": 12, "minutes": 11, "most": 12})}
    assert doubts([*misses[:11], logged(680, "ok"), misses[11]]) == {}
    assert doubts([*misses[:11], logged(680, "message"), misses[11]]) != {}


def test_calls_outside_the_hours_are_asked_about_from_the_second_on():
    """FU13."""
    late = [logged(300 * number, "ok", is_outside=True) for number in range(2)]
    assert doubts(late[:1]) == {}
    assert doubts(late)[Sign.HOURS] == (2, {"calls": 2, "first": late[0].at.isoformat(), "last": late[1].at.isoformat(), "grace": 30})


def test_a_day_without_a_rule_is_not_looked_at():
    assert suspicions([logged(second) for second in range(60)], lambda _day: None) == []


def test_faked_days_are_found_and_honest_ones_left_alone():
    """FU13: of 20 faked and 200 honest days at least 90% are found at under 5% false alarms, in each of ten sets; of single calls on the average."""
    results = [seeded.measure(seeded.seeded_days(seed), EvidenceRule()) for seed in seeded.SEEDS]
    assert min(result["days"]["recall"] for result in results) >= 0.9
    assert max(result["days"]["false_alarms"] for result in results) < 0.05
    mean = {name: sum(result["calls"][name] for result in results) / len(results) for name in ("recall", "false_alarms", "precision")}
    assert mean["recall"] >= 0.9
    assert mean["false_alarms"] < 0.01
    assert mean["precision"] >= 0.8


def test_a_measure_that_doubts_everybody_or_nobody_would_show():
    """A guard that cannot see is no guard (T141)."""
    days = seeded.seeded_days(1)
    blind = seeded.measure(days, EvidenceRule(pace_calls=999, short_calls=999, note_customers=999, series_calls=999, outside_calls=999))
    assert blind["days"]["recall"] < 0.2
    keen = seeded.measure(days, EvidenceRule(pace_calls=2, pace_seconds=600, series_calls=2))
    assert keen["days"]["false_alarms"] > 0.9
