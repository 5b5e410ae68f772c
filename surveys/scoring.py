"""How one response and one checklist are scored: pure functions on exact fractions, rounded once, when stored.

1. A rating becomes points: 100 × rating, or 1000 × (rating − lowest) / (highest − lowest).
2. Factor: weighted mean of the points of its answered questions.
3. Index: weighted mean of the factors that have an answer; the weights of the others are redistributed.
4. A response is counted when the answered factors carry at least the required share of the total weight.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

X100, MINMAX = "x100", "minmax"
SATISFIED, NEUTRAL, COMPLAINING = "satisfied", "neutral", "complaining"


@dataclass(frozen=True)
class Scale:
    mode: str = X100
    lowest: int = 1
    highest: int = 10

    def points(self, rating):
        """Return the points of 1000 a rating is worth."""
        if self.mode == X100:
            return 100 * Fraction(rating)
        return 1000 * (Fraction(rating) - self.lowest) / (self.highest - self.lowest)


@dataclass(frozen=True)
class Rating:
    """One rated question: its factor, its weight inside the factor, and the rating; None is not applicable."""

    factor: object
    value: int | Decimal | None
    weight: int | Decimal = 1


@dataclass(frozen=True)
class Score:
    """What a response is worth; ``factors`` holds only factors with an answer, ``points`` is None without any."""

    points: Fraction | None
    factors: dict
    answered_weight: Fraction
    is_counted: bool


def score(ratings, factor_weights, *, scale=Scale(), completeness=Decimal("0.6")):
    """Score the ``ratings`` of one respondent against ``{factor: weight}``."""
    factors = {factor: factor_points([r for r in ratings if r.factor == factor], scale) for factor in factor_weights}
    factors = {factor: points for factor, points in factors.items() if points is not None}
    answered_weight = share_answered(factors, factor_weights)
    return Score(
        points=weighted_mean((points, factor_weights[factor]) for factor, points in factors.items()),
        factors=factors,
        answered_weight=answered_weight,
        is_counted=bool(factors) and answered_weight >= Fraction(completeness),
    )


def factor_points(ratings, scale):
    return weighted_mean((scale.points(rating.value), rating.weight) for rating in ratings if rating.value is not None)


def share_answered(answered, factor_weights):
    """Return the share of the total weight that the answered factors carry. Published weights may add up to 101."""
    total = sum(Fraction(weight) for weight in factor_weights.values())
    return sum(Fraction(factor_weights[factor]) for factor in answered) / total if total else Fraction(0)


def weighted_mean(pairs):
    """Return the mean of ``(value, weight)`` pairs, None when they carry no weight."""
    pairs = [(Fraction(value), Fraction(weight)) for value, weight in pairs]
    total = sum(weight for _value, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else None


def mood(ratings, *, overall=None, has_grievance=False, satisfied_from=8, complaining_to=5):
    """Tell whether the respondent is satisfied, neutral or complaining (rule: docs/decisions.md, "Mood of a response").

    A grievance or any low rating, the overall one included, makes the respondent complaining.
    Otherwise the overall rating decides alone; where it was not given, the mean of the ratings does.
    """
    given = [Fraction(rating) for rating in ratings if rating is not None]
    overall = None if overall is None else Fraction(overall)
    if has_grievance or any(rating <= complaining_to for rating in [*given, *([] if overall is None else [overall])]):
        return COMPLAINING
    decisive = overall if overall is not None else weighted_mean((rating, 1) for rating in given)
    return SATISFIED if decisive is not None and decisive >= satisfied_from else NEUTRAL


def checklist_score(items):
    """Return 100 × Σ earned / Σ available over ``(earned, available)`` pairs; an item whose earned is None is not applicable."""
    applicable = [(Fraction(earned), Fraction(available)) for earned, available in items if earned is not None]
    available = sum(points for _earned, points in applicable)
    return 100 * sum(earned for earned, _points in applicable) / available if available else None


def rounded(value, places=0):
    """Round half up to ``places`` decimals; None stays None."""
    return None if value is None else Decimal(floor(Fraction(value) * 10**places + Fraction(1, 2))).scaleb(-places)
