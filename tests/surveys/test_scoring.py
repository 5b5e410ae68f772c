"""Scoring is exact: domain rules 2.3 and 2.4, S3-10, SU2."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.scoring import MINMAX, Rating, Scale, checklist_score, mood, rounded, score

CSI_2014 = {"initiation": 17, "adviser": 18, "facility": 21, "pick-up": 21, "quality": 24}
MEANS = {"initiation": Decimal("8.6"), "adviser": Decimal("9.1"), "facility": Decimal("8.8"), "pick-up": Decimal("8.9"), "quality": Decimal("9.3")}


def ratings_of(means):
    return [Rating(factor, value) for factor, value in means.items()]


def test_the_worked_check_of_the_2014_weights_gives_895_94():
    result = score(ratings_of(MEANS), CSI_2014)
    assert rounded(result.points, 2) == Decimal("895.94")
    assert rounded(result.points) == 896
    assert result.points == Fraction(90490, 101)
    assert result.answered_weight == 1
    assert result.is_counted


def test_an_unanswered_facility_gives_its_weight_to_the_others():
    result = score(ratings_of(MEANS | {"facility": None}), CSI_2014)
    assert rounded(result.points, 2) == Decimal("900.13")
    assert rounded(result.points) == 900
    assert result.answered_weight == Fraction(80, 101)
    assert "facility" not in result.factors
    assert result.is_counted


@pytest.mark.parametrize(("scale", "points"), [(Scale(), 800), (Scale(MINMAX), 778)])
def test_the_same_8_is_worth_800_or_778(scale, points):
    assert rounded(scale.points(8)) == points


@pytest.mark.parametrize(("scale", "rating", "points"), [(Scale(MINMAX, 1, 5), 4, 750), (Scale(MINMAX, 0, 10), 8, 800), (Scale(), 10, 1000), (Scale(), 1, 100)])
def test_every_scale_ends_at_1000(scale, rating, points):
    assert scale.points(rating) == points
    assert scale.points(scale.highest) == 1000


def test_attributes_weigh_inside_their_factor():
    result = score([Rating("a", 10, 3), Rating("a", 6, 1), Rating("a", None, 9)], {"a": 5})
    assert result.factors == {"a": 900}


@pytest.mark.parametrize(("answered", "is_counted"), [(60, True), (59, False)])
def test_sixty_per_cent_of_the_weight_must_be_answered(answered, is_counted):
    result = score([Rating("given", 9), Rating("left out", None)], {"given": answered, "left out": 100 - answered})
    assert result.points == 900
    assert result.is_counted is is_counted


def test_exactly_sixty_per_cent_counts_in_spite_of_binary_fractions():
    result = score([Rating(number, 9) for number in range(3)], dict.fromkeys(range(5), Decimal("0.1")))
    assert result.answered_weight == Fraction(3, 5)
    assert result.is_counted


def test_nothing_applicable_gives_no_score():
    result = score(ratings_of(dict.fromkeys(CSI_2014)), CSI_2014)
    assert (result.points, result.factors, result.answered_weight, result.is_counted) == (None, {}, 0, False)


def test_a_questionnaire_without_factors_gives_no_score():
    assert score([], {}).points is None
    assert score([], {}, completeness=0).is_counted is False


@pytest.mark.parametrize(("value", "places", "shown"), [("895.5", 0, "896"), ("896.5", 0, "897"), ("0.00005", 4, "0.0001"), ("2.345", 2, "2.35")])
def test_halves_are_rounded_up(value, places, shown):
    assert rounded(Fraction(value), places) == Decimal(shown)


weights = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 100), min_size=1)


@st.composite
def interviews(draw):
    factor_weights = draw(weights)
    one = st.builds(Rating, st.sampled_from(sorted(factor_weights)), st.none() | st.integers(1, 10), st.integers(1, 9))
    return draw(st.lists(one, max_size=20)), factor_weights


@given(interviews(), st.sampled_from([Scale(), Scale(MINMAX)]))
def test_the_index_lies_between_the_lowest_and_the_highest_answer(interview, scale):
    ratings, factor_weights = interview
    given_points = [scale.points(rating.value) for rating in ratings if rating.value is not None]
    result = score(ratings, factor_weights, scale=scale)
    assert (result.points is None) == (not given_points)
    if given_points:
        assert 0 <= min(given_points) <= result.points <= max(given_points) <= 1000


@given(interviews(), st.fractions(min_value=Fraction(1, 1000), max_value=1000))
def test_multiplying_all_weights_changes_nothing(interview, times):
    ratings, factor_weights = interview
    multiplied = [Rating(rating.factor, rating.value, rating.weight * times) for rating in ratings]
    assert score(ratings, factor_weights) == score(multiplied, {factor: weight * times for factor, weight in factor_weights.items()})


@given(interviews())
def test_questions_that_do_not_apply_change_nothing(interview):
    ratings, factor_weights = interview
    with_more = [*ratings, *(Rating(factor, None, 7) for factor in factor_weights)]
    assert score(with_more, factor_weights) == score(ratings, factor_weights)


@given(interviews())
def test_the_index_agrees_with_the_formula_written_out(interview):
    """A second way: F_f = Σ w·p / Σ w, I = Σ W·F / Σ W, without any of the code under test."""
    ratings, factor_weights = interview
    numerator = denominator = Fraction(0)
    for factor, factor_weight in factor_weights.items():
        mine = [rating for rating in ratings if rating.factor == factor and rating.value is not None]
        if mine:
            numerator += Fraction(factor_weight * sum(r.weight * 100 * r.value for r in mine), sum(r.weight for r in mine))
            denominator += factor_weight
    assert score(ratings, factor_weights).points == (numerator / denominator if denominator else None)


@pytest.mark.parametrize(
    ("ratings", "overall", "expected"),
    [
        ([9, 9, 9], 8, "satisfied"),
        ([9, 9, 9], 7, "neutral"),
        ([6, 6, 6], 9, "satisfied"),
        ([10, 10, 5], 10, "complaining"),
        ([10, 10], 5, "complaining"),
        ([8, 8], None, "satisfied"),
        ([8, 7], None, "neutral"),
        ([None, None], None, "neutral"),
        ([], None, "neutral"),
    ],
)
def test_mood_follows_the_overall_rating_unless_any_rating_is_low(ratings, overall, expected):
    assert mood(ratings, overall=overall) == expected


def test_a_grievance_makes_complaining_whatever_the_ratings():
    assert mood([10, 10], overall=10, has_grievance=True) == "complaining"


def test_a_checklist_leaves_out_what_does_not_apply():
    """S3-10: 100 × earned / available; 12 of 13 points apply to 92.31."""
    assert rounded(checklist_score([(5, 5), (3, 3), (None, 5), (4, 5)]), 2) == Decimal("92.31")


def test_a_checklist_on_which_nothing_applies_has_no_score():
    assert checklist_score([(None, 5), (None, 3)]) is None


@given(st.lists(st.integers(1, 10).flatmap(lambda points: st.tuples(st.none() | st.integers(0, points), st.just(points)))))
def test_a_checklist_score_lies_between_0_and_100(items):
    result = checklist_score(items)
    assert result is None or 0 <= result <= 100
