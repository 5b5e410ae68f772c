"""Times of two runs side by side."""

from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured against what, both in seconds, and what the ratio may be."""

    name: str
    rows: int
    measured: float
    reference: float
    most: float
    repetitions: int
    notes: str = ""

    @property
    def ratio(self):
        return self.measured / self.reference

    def as_dict(self):
        times = {"measured_seconds": round(self.measured, 4), "reference_seconds": round(self.reference, 4), "ratio": round(self.ratio, 2), "most": self.most}
        return {"name": self.name, "rows": self.rows, **times, "repetitions": self.repetitions, "notes": self.notes}


def alternate(measured, reference, repetitions):
    """Call both in turn, so that whatever else the machine does falls on both; return the median of what each returns."""
    times = [(measured(), reference()) for _number in range(repetitions)]
    return tuple(median(each) for each in zip(*times, strict=True))


def seconds(action, *args, **kwargs):
    start = perf_counter()
    action(*args, **kwargs)
    return perf_counter() - start
