"""FU10, S2-11: drawing from strata by seed. B11: is the sample a fair picture? Both without a database."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from followups.sampling.draw import Candidate, drawn, rank, ratio_of
from followups.sampling.fairness import compared


def crowd(number=500, world=1):
    """Candidates by advisor, payer and model, unevenly spread."""
    random = Random(world)
    strata = [(random.choice("AAABBC"), random.choice("cccw"), random.choice("XYZ")) for _number in range(number)]
    return [Candidate(key, stratum, Decimal(random.randrange(100_000)) / 100) for key, stratum in enumerate(strata, start=1)]


def keys(candidates):
    return [each.key for each in candidates]


def off_by(chosen, candidates, ratio, part):
    """Return the largest distance of a stratum from its ratio, in customers."""
    there, taken = (Counter(part(each.stratum) for each in group) for group in (candidates, chosen))
    return max(abs(taken[value] - ratio * number) for value, number in there.items())


def test_the_same_seed_draws_the_same_customers_in_any_order():
    """FU10."""
    people = crowd()
    first = keys(drawn(people, Fraction(1, 10), seed=7))
    assert keys(drawn(reversed(people), Fraction(1, 10), seed=7)) == first
    assert keys(drawn(people, Fraction(1, 10), seed=8)) != first
    assert rank(7, 1)[:12] == "26a2d7f8c794"


@pytest.mark.parametrize("world", range(5))
@pytest.mark.parametrize("ratio", [Fraction(1, 100), Fraction(1, 10), Fraction(3, 7), Fraction(99, 100), Fraction(1)])
def test_every_stratum_reaches_its_ratio_within_one(ratio, world):
    """FU10: by advisor, payer and model; also all customers of one advisor together."""
    people = crowd(world=world)
    chosen = drawn(people, ratio, seed=world)
    assert off_by(chosen, people, ratio, lambda stratum: stratum) < 1
    assert off_by(chosen, people, ratio, lambda stratum: stratum[0]) < 1
    assert len(chosen) == int(500 * ratio + Fraction(1, 2))


@pytest.mark.parametrize("place", range(3))
def test_a_single_stratum_reaches_its_ratio_within_one(place):
    """FU10: by advisor, by payer, by model."""
    people = [Candidate(each.key, each.stratum[place : place + 1], each.bill) for each in crowd()]
    assert off_by(drawn(people, Fraction(1, 7), seed=3), people, Fraction(1, 7), lambda stratum: stratum) < 1


def test_high_bills_come_first_within_each_stratum():
    """FU10."""
    people = crowd()
    chosen = set(drawn(people, Fraction(1, 5), seed=1, high_bills_first=True))
    for stratum in {each.stratum for each in people}:
        bills = [[each.bill for each in people if each.stratum == stratum and (each in chosen) is is_in] for is_in in (True, False)]
        assert not bills[0] or not bills[1] or min(bills[0]) >= max(bills[1])


def test_everybody_has_the_same_chance():
    """Also in strata of a single customer, one in ten of whom is drawn."""
    people = [Candidate(key, (str(key),)) for key in range(20)]
    often = Counter(key for seed in range(1000) for key in keys(drawn(people, Fraction(1, 10), seed)))
    assert len(often) == 20
    assert 60 < min(often.values()) < max(often.values()) < 150


def test_a_count_is_met_exactly_and_at_most_everybody():
    """FU10: by count."""
    people = crowd()
    assert len(drawn(people, ratio_of(None, 37, len(people)), seed=1)) == 37
    assert len(drawn(people, ratio_of(None, 900, len(people)), seed=1)) == 500
    assert ratio_of(Decimal("12.5"), None, 500) == Fraction(1, 8)
    assert ratio_of(None, 5, 0) == 0


# The fair-sample guard (B11)

WARRANTY_LIST = [
    ("warranty", {"found": 480, "excluded": 0, "drawn": 70, "met": 70, "satisfied": 63}),
    ("customer", {"found": 520, "excluded": 40, "drawn": 30, "met": 30, "satisfied": 18}),
]


def test_the_score_is_weighted_by_who_was_there():
    """B11: a 70/30 list against a 48/52 mix: 0.7 × 90 + 0.3 × 60 = 81 as answered, 0.48 × 90 + 0.52 × 60 = 74.4 by the mix."""
    comparison = compared(WARRANTY_LIST)
    assert (comparison.score, comparison.weighted_score, comparison.unheard) == (Decimal("81.0"), Decimal("74.4"), 0)
    assert [(group.value, group.share, group.drawn_share, group.gap) for group in comparison.groups] == [
        ("customer", 52, 30, Decimal("-22.0")),
        ("warranty", 48, 70, Decimal("22.0")),
    ]


def test_a_list_of_easy_customers_is_warned_of():
    """B11."""
    assert [group.value for group in compared(WARRANTY_LIST).warnings] == ["customer", "warranty"]


@pytest.mark.parametrize(
    ("drawn_of_half", "of", "is_off"),
    [(52, 100, False), (60, 100, True), (7, 10, False), (9, 10, True), (540, 1000, False), (560, 1000, True), (0, 0, False)],
)
def test_what_chance_explains_and_what_is_small_is_no_warning(drawn_of_half, of, is_off):
    """B11: half of the customers are in the group; five points and more, and outside the interval."""
    rows = [("in", {"found": 50, "drawn": drawn_of_half}), ("out", {"found": 50, "drawn": of - drawn_of_half})]
    assert bool(compared(rows).warnings) is is_off


def test_groups_without_an_answer_are_named():
    rows = [("a", {"found": 30, "drawn": 3, "met": 2, "satisfied": 1}), ("b", {"found": 10, "drawn": 1})]
    comparison = compared(rows)
    assert (comparison.score, comparison.weighted_score, comparison.unheard) == (Decimal("50.0"), Decimal("50.0"), Decimal("25.0"))
    assert compared([]).score is None
