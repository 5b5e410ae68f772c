"""Times of two runs side by side."""

from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured against what, both in seconds (None where it could not be), and what the ratio may be."""

    name: str
    rows: int
    measured: float | None
    reference: float | None
    most: float
    repetitions: int
    notes: str = ""

    @property
    def ratio(self):
        return self.measured / self.reference if self.reference else None

    def as_dict(self):
        times = {"measured_seconds": rounded(self.measured, 4), "reference_seconds": rounded(self.reference, 4), "ratio": rounded(self.ratio, 3)}
        times["most"] = rounded(self.most, 3)
        return {"name": self.name, "rows": self.rows, **times, "repetitions": self.repetitions, "notes": self.notes}


def rounded(number, digits):
    return None if number is None else round(number, digits)


def alternate(measured, reference, repetitions):
    """Call both in turn, so that whatever else the machine does falls on both; return the median of what each returns."""
    times = [(measured(), reference()) for _number in range(repetitions)]
    return tuple(median(each) for each in zip(*times, strict=True))


def seconds(action, *args, **kwargs):
    start = perf_counter()
    action(*args, **kwargs)
    return perf_counter() - start
