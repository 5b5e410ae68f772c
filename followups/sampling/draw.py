"""Drawing from strata. Pure: no database, no clock, and no chance but the seed."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import floor

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be drawn; ``stratum`` are the values of the strata asked for, the first the widest."""

    key: int
    stratum: tuple[str, ...] = ()
    bill: Decimal = Decimal(0)


def drawn(candidates, ratio, seed, *, high_bills_first=False):
    """Return the candidates drawn, in the order in which they are to be met.

    1. Put the strata in an order of the seed, keeping those of the same first value together.
    2. Walk through them and take from each what is due by then, so that every stratum, and all of one first value, get their ratio within one.
    3. Within a stratum the highest bills come first where asked for, else the order of the seed.
    """
    strata, chosen, seen, taken = defaultdict(list), [], 0, 0
    for candidate in candidates:
        strata[candidate.stratum].append(candidate)

    def order(candidate):
        return -candidate.bill if high_bills_first else 0, rank(seed, candidate.key)

    for stratum in sorted(strata, key=lambda values: [rank(seed, *values[: length + 1]) for length in range(len(values))]):
        seen += len(strata[stratum])
        due = floor(seen * ratio + HALF)
        chosen += sorted(strata[stratum], key=order)[: due - taken]
        taken = due
    return sorted(chosen, key=order)


def rank(seed, *names):
    """Return a place that depends on seed and name alone: the same on every machine, and nobody's changes when others join."""
    return sha256("\x1f".join(map(str, (seed, *names))).encode()).hexdigest()


def ratio_of(share, count, number):
    """Return which part of ``number`` candidates a share in percent, or else a count, asks for."""
    if share is not None:
        return Fraction(share) / 100
    return min(Fraction(count, number), Fraction(1)) if number else Fraction(0)
