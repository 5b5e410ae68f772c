"""Intervals and sample marks against the worked examples of the domain rules 2.4."""

from decimal import Decimal
from itertools import pairwise

import pytest

from common.statistics import Sample, mean_interval, rounded, sample_of, t_quantile, wilson_interval


@pytest.mark.parametrize(("n", "half"), [(10, 86), (20, 56), (30, 45), (50, 34), (100, 24)])
def test_the_interval_of_a_mean_with_standard_deviation_120(n, half):
    total = Decimal(900) * n
    squares = Decimal(120 * 120) * (n - 1) + total * total / n
    low, high = mean_interval(n, total, squares)
    assert round((high - low) / 2) == half
    assert round((high + low) / 2, 6) == 900


# By hand for 49 of 50: middle 1.018416 / 1.076832 = 0.945752, half width 0.050709, so 89.504% to 99.646%: the upper end is 99.6, not 99.7.
@pytest.mark.parametrize(("successes", "n", "low", "high"), [(29, 30, "83.3", "99.4"), (96, 100, "90.2", "98.4"), (49, 50, "89.5", "99.6")])
def test_the_wilson_interval_of_a_share(successes, n, low, high):
    interval = wilson_interval(successes, n)
    assert [str(rounded(100 * edge)) for edge in interval] == [low, high]


def test_the_wilson_interval_stays_inside_at_the_ends():
    assert wilson_interval(0, 20)[0] == 0
    assert wilson_interval(20, 20)[1] == 1


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (5, 4), (-1, 4)])
def test_what_is_no_share_has_no_interval(successes, n):
    assert wilson_interval(successes, n) is None


# From the printed tables of Student's distribution, two-sided 95%.
@pytest.mark.parametrize(
    ("freedom", "t"),
    [
        (1, 12.706),
        (2, 4.303),
        (3, 3.182),
        (4, 2.776),
        (5, 2.571),
        (9, 2.262),
        (10, 2.228),
        (29, 2.045),
        (30, 2.042),
        (60, 2.000),
        (120, 1.980),
        (200, 1.972),
        (1000, 1.962),
    ],
)
def test_the_quantiles_agree_with_the_printed_table(freedom, t):
    assert round(t_quantile(freedom), 3) == t


def test_other_confidences_agree_with_the_printed_table():
    assert round(t_quantile(9, 0.99), 3) == 3.250
    assert round(t_quantile(30, 0.9), 3) == 1.697


def test_the_quantiles_fall_steadily_where_the_method_changes():
    values = [t_quantile(freedom) for freedom in range(190, 215)]
    assert values == sorted(values, reverse=True)
    assert max(early - late for early, late in pairwise(values)) < 0.0001


@pytest.mark.parametrize("n", [0, 1])
def test_one_value_has_no_interval(n):
    assert mean_interval(n, 900, 810000) is None


def test_equal_values_have_an_interval_of_no_width():
    assert mean_interval(3, Decimal("2700.0003"), Decimal("2430000.5")) == (900.0001, 900.0001)


@pytest.mark.parametrize(
    ("n", "sample"),
    [
        (0, Sample.HIDDEN),
        (9, Sample.HIDDEN),
        (10, Sample.INSUFFICIENT),
        (29, Sample.INSUFFICIENT),
        (30, Sample.SMALL),
        (99, Sample.SMALL),
        (100, Sample.NORMAL),
    ],
)
def test_the_size_of_the_sample_decides_what_is_shown(n, sample):
    assert sample_of(n) == sample


@pytest.mark.parametrize(("value", "text"), [("895.94", "895.9"), ("895.95", "896.0"), ("0.05", "0.1"), ("-0.05", "-0.1")])
def test_halves_are_rounded_up(value, text):
    assert str(rounded(value)) == text
