"""How sure a figure is: intervals of shares and means, and what may be shown of a small sample (domain rules 2.4)."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import atan, cos, exp, lgamma, pi, sin, sqrt
from statistics import NormalDist

from django.db import models
from django.utils.translation import gettext_lazy as _

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
TENTH = Decimal("0.1")


class Sample(models.TextChoices):
    """What the size of a sample allows to say."""

    HIDDEN = "hidden", _("Fewer than 10 answers")
    INSUFFICIENT = "insufficient", _("Insufficient sample")
    SMALL = "small", _("Small sample")
    NORMAL = "normal", _("Sufficient sample")


def sample_of(n: int) -> Sample:
    if n < 10:
        return Sample.HIDDEN
    if n < 30:
        return Sample.INSUFFICIENT
    return Sample.SMALL if n < 100 else Sample.NORMAL


def rounded(value, step=TENTH) -> Decimal:
    """Round half up, the way people do."""
    return Decimal(value).quantize(step, ROUND_HALF_UP)


def wilson_interval(successes: int, n: int) -> tuple[float, float] | None:
    """Return the 95% Wilson score interval of a share; None where it is not a share."""
    if n <= 0 or not 0 <= successes <= n:
        return None
    share, spread = successes / n, Z * Z / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def mean_interval(n: int, total, squares) -> tuple[float, float] | None:
    """Return the 95% Student interval of a mean from n, the sum and the sum of squares; one value has none."""
    if n < 2:
        return None
    total, squares = Decimal(total), Decimal(squares)
    # Sums of squares carry the rounding of the database: identical values must not give a negative variance.
    variance = max((squares - total * total / n) / (n - 1), Decimal(0))
    half = t_quantile(n - 1) * sqrt(float(variance) / n)
    mean = float(total / n)
    return mean - half, mean + half


@lru_cache(maxsize=4096)
def t_quantile(freedom: int, confidence: float = CONFIDENCE) -> float:
    """Return t with ``confidence`` of Student's distribution between −t and t."""
    if freedom > 200:
        return t_by_expansion(freedom, confidence)
    t = t_by_expansion(max(freedom, 3), confidence)
    for _step in range(100):
        change = (t_between(t, freedom) - confidence) / (2 * t_density(t, freedom))
        t -= change
        if abs(change) < 1e-12:
            break
    return t


def t_by_expansion(freedom, confidence):
    """Return the Cornish-Fisher expansion around the normal quantile (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def t_between(t, freedom):
    """Return the share of Student's distribution between −t and t (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2
    term = series = (cos(angle) if odd else 1.0) if freedom > 1 else 0.0
    for step in range(3 if odd else 2, freedom, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        series += term
    return 2 / pi * (angle + sin(angle) * series) if odd else sin(angle) * series


def t_density(t, freedom):
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    return scale * (1 + t * t / freedom) ** (-(freedom + 1) / 2)
