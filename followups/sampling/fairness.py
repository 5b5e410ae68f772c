"""Is the sample a fair picture of those it was drawn from (B11)? Shares side by side, and the score as it would be with the right shares. Pure."""

from collections import defaultdict
from dataclasses import dataclass, field

from common.statistics import rounded, wilson_interval

# A gap of fewer points is nothing to warn of, however large the sample.
TOLERATED = 5


@dataclass
class Group:
    """One value of a stratum: how many there are, were excluded, drawn, interviewed and satisfied."""

    value: object
    found: int = 0
    excluded: int = 0
    drawn: int = 0
    met: int = 0
    satisfied: int = 0
    share: float = 0
    drawn_share: float | None = None
    is_off: bool = False

    @property
    def gap(self):
        """Return by how many points the group is over- or under-represented."""
        return None if self.drawn_share is None else rounded(self.drawn_share) - rounded(self.share)


@dataclass
class Comparison:
    """All groups of one stratum, the largest first, and the score as answered and as weighted by the population."""

    groups: list[Group] = field(default_factory=list)

    @property
    def warnings(self):
        return [group for group in self.groups if group.is_off]

    @property
    def score(self):
        """Return the satisfied share of the interviewed in percent."""
        met = sum(group.met for group in self.groups)
        return rounded(100 * sum(group.satisfied for group in self.groups) / met) if met else None

    @property
    def weighted_score(self):
        """Return the post-stratified share: each group's own, weighted by its share of the population; groups without an answer are left out."""
        heard = [group for group in self.groups if group.met]
        weight = sum(group.found for group in heard)
        return rounded(100 * sum(group.found * group.satisfied / group.met for group in heard) / weight) if weight else None

    @property
    def unheard(self):
        """Return which percentage of the population lies in groups nobody of whom was interviewed."""
        found = sum(group.found for group in self.groups)
        return rounded(100 * sum(group.found for group in self.groups if not group.met) / found) if found else None


def compared(counts):
    """Return the ``Comparison`` of ``[(value, {found, excluded, drawn, met, satisfied})]``; rows of one value are added up."""
    groups = {}
    for value, numbers in counts:
        group = groups.setdefault(value, Group(value))
        for name, number in numbers.items():
            setattr(group, name, getattr(group, name) + number)
    found, drawn = sum(group.found for group in groups.values()), sum(group.drawn for group in groups.values())
    for group in groups.values():
        group.share = 100 * group.found / found
        group.drawn_share = 100 * group.drawn / drawn if drawn else None
        group.is_off = is_off(group, drawn)
    return Comparison(sorted(groups.values(), key=lambda group: (-group.found, str(group.value))))


def is_off(group, drawn):
    """Tell whether the gap is large, and larger than chance explains."""
    if not drawn or abs(group.drawn_share - group.share) < TOLERATED:
        return False
    low, high = wilson_interval(group.drawn, drawn)
    return not 100 * low <= group.share <= 100 * high


def summed(rows, path):
    """Turn rows counted over all strata at once into the counts of one of them."""
    totals = defaultdict(lambda: defaultdict(int))
    for row in rows:
        for name in ("found", "excluded", "drawn", "met", "satisfied"):
            totals[row[path]][name] += row[name]
    return totals.items()
