"""Periods and their edge dates (KP5)."""

from datetime import date
from itertools import pairwise

import pytest
from django.utils import translation

from common.errors import DomainError
from common.periods import Grain, Period

EDGES = [
    ("2026-01", "2026-01-01", "2026-01-31", "2025-12", "2025-01"),
    ("2026-02", "2026-02-01", "2026-02-28", "2026-01", "2025-02"),
    ("2024-02", "2024-02-01", "2024-02-29", "2024-01", "2023-02"),
    ("2025-02", "2025-02-01", "2025-02-28", "2025-01", "2024-02"),
    ("2000-02", "2000-02-01", "2000-02-29", "2000-01", "1999-02"),
    ("2026-04", "2026-04-01", "2026-04-30", "2026-03", "2025-04"),
    ("2026-12", "2026-12-01", "2026-12-31", "2026-11", "2025-12"),
    ("2099-12", "2099-12-01", "2099-12-31", "2099-11", "2098-12"),
    ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4", "2025-Q1"),
    ("2026-Q2", "2026-04-01", "2026-06-30", "2026-Q1", "2025-Q2"),
    ("2026-Q3", "2026-07-01", "2026-09-30", "2026-Q2", "2025-Q3"),
    ("2026-Q4", "2026-10-01", "2026-12-31", "2026-Q3", "2025-Q4"),
    ("2026-H1", "2026-01-01", "2026-06-30", "2025-H2", "2025-H1"),
    ("2026-H2", "2026-07-01", "2026-12-31", "2026-H1", "2025-H2"),
    ("2024", "2024-01-01", "2024-12-31", "2023", "2023"),
    ("2026", "2026-01-01", "2026-12-31", "2025", "2025"),
    ("r3:2026-10", "2026-08-01", "2026-10-31", "r3:2026-07", "r3:2025-10"),
    ("r3:2026-01", "2025-11-01", "2026-01-31", "r3:2025-10", "r3:2025-01"),
    ("r3:2024-02", "2023-12-01", "2024-02-29", "r3:2023-11", "r3:2023-02"),
    ("r12:2026-10", "2025-11-01", "2026-10-31", "r12:2025-10", "r12:2025-10"),
    ("r12:2026-12", "2026-01-01", "2026-12-31", "r12:2025-12", "r12:2025-12"),
    ("r12:2025-02", "2024-03-01", "2025-02-28", "r12:2024-02", "r12:2024-02"),
]

DAYS = [
    ("2026-01-01", Grain.MONTH, "2026-01"),
    ("2025-12-31", Grain.MONTH, "2025-12"),
    ("2024-02-29", Grain.MONTH, "2024-02"),
    ("2026-03-31", Grain.QUARTER, "2026-Q1"),
    ("2026-04-01", Grain.QUARTER, "2026-Q2"),
    ("2026-12-31", Grain.QUARTER, "2026-Q4"),
    ("2026-06-30", Grain.HALF, "2026-H1"),
    ("2026-07-01", Grain.HALF, "2026-H2"),
    ("2026-12-31", Grain.YEAR, "2026"),
    ("2026-01-01", Grain.YEAR, "2026"),
    ("2026-02-28", Grain.ROLLING_3, "r3:2026-02"),
    ("2026-01-31", Grain.ROLLING_12, "r12:2026-01"),
]

WRONG = [
    "",
    "2026-00",
    "2026-13",
    "2026-1",
    "2026-Q0",
    "2026-Q5",
    "2026-H3",
    "26",
    "1999",
    "2100",
    "r2:2026-10",
    "r12:2000-05",
    "r3:2026-00",
    "2026-10 ",
    "２０２６",
    "0000-01",
]


@pytest.mark.parametrize(("text", "first", "last", "before", "year_before"), EDGES)
def test_a_period_knows_its_edges_and_neighbours(text, first, last, before, year_before):
    period = Period.parse(text)
    assert (period.first, period.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert (str(period), str(period.previous()), str(period.year_before())) == (text, before, year_before)
    assert period.previous().last < period.first
    assert str(period.previous().following()) == text


@pytest.mark.parametrize(("day", "grain", "text"), DAYS)
def test_a_day_lies_in_its_period(day, grain, text):
    period = Period.containing(date.fromisoformat(day), grain)
    assert str(period) == text
    assert date.fromisoformat(day) in period


@pytest.mark.parametrize("text", WRONG)
def test_it_refuses_what_is_no_period(text):
    with pytest.raises(DomainError) as refused:
        Period.parse(text)
    assert (refused.value.code, refused.value.field) == ("bad_period", "period")


def test_it_refuses_nothing_at_all():
    with pytest.raises(DomainError):
        Period.parse(None)


@pytest.mark.parametrize(("text", "count"), [("2026-10", 1), ("2026-Q4", 3), ("2026-H2", 6), ("2026", 12), ("r3:2026-01", 3), ("r12:2026-01", 12)])
def test_the_months_fill_the_period_without_gap(text, count):
    period = Period.parse(text)
    months = period.months()
    assert len(months) == count
    assert (months[0].first, months[-1].last) == (period.first, period.last)
    assert all(late.start == early.start + 1 for early, late in pairwise(months))


def test_a_day_outside_is_not_inside():
    period = Period.parse("2026-02")
    assert date(2026, 1, 31) not in period
    assert date(2026, 3, 1) not in period


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-10", "October 2026"),
        ("2026-Q4", "Quarter 4 of 2026"),
        ("2026-H1", "First half of 2026"),
        ("2026-H2", "Second half of 2026"),
        ("2026", "Year 2026"),
        ("r3:2026-01", "3 months to January 2026"),
    ],
)
def test_it_names_itself(text, label):
    assert Period.parse(text).label == label


def test_the_month_is_named_in_chinese():
    with translation.override("zh-hans"):
        assert Period.parse("2026-10").label == "2026年10月"


def test_it_turns_into_another_grain_around_its_end():
    assert str(Period.parse("2026-10").ending_here(Grain.ROLLING_3)) == "r3:2026-10"
    assert str(Period.parse("2026-Q4").ending_here(Grain.HALF)) == "2026-H2"
