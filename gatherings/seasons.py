"""What a year of activities looks like: the templates of the seasons, and what is planned against what was held (S4-25, S3-25)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gatherings.models import Gathering

Kind, Status = Gathering.Kind, Gathering.Status
SATURDAY = 5
BEGINS = time(9, 30)


@dataclass(frozen=True)
class Season:
    """An activity that comes round every year: its kind, its month and the title customers read."""

    kind: str
    month: int
    title: str

    def starts_at(self, store, year):
        """Return half past nine on the first Saturday of the month."""
        first = date(year, self.month, 1)
        return datetime.combine(first + timedelta(days=(SATURDAY - first.weekday()) % 7), BEGINS, store.zone)

    @property
    def label(self):
        return Kind(self.kind).label

    @property
    def number(self):
        """Return its place in the table, by which an address names it."""
        return SEASONS.index(self)


SEASONS = [
    Season(Kind.SMILE, 3, "微笑服务月"),
    Season(Kind.OWNER_CLASS, 4, "爱车讲堂"),
    Season(Kind.MAY_DAY, 5, "五一出行有礼"),
    Season(Kind.SUMMER, 7, "夏日送清凉"),
    Season(Kind.CAMPUS, 9, "金秋校园行免费检测"),
    Season(Kind.OWNER_CLASS, 10, "爱车养护课堂"),
    Season(Kind.CLINIC, 11, "社区义诊"),
    Season(Kind.WINTER, 12, "冬日送温暖"),
]
HALVES = (1, 2)


@dataclass(frozen=True)
class YearPlan:
    """How the plan of a year stands: what is counted in every store, and in one store what its plan lacks."""

    year: int
    planned: int
    held: int
    overdue: int
    cancelled: int
    classes: list
    lacking: list

    @property
    def ahead(self):
        return self.planned - self.held - self.overdue - self.cancelled


def year_plan(gatherings, year, today):
    """Return how the plan of ``year`` stands among ``gatherings``; owner classes are due in both half-years (S3-15)."""
    rows = list(gatherings.in_year(year).order_by().values_list("kind", "planned_on", "starts_at__date", "held_on", "status"))
    status = Counter(row[4] for row in rows)
    overdue = sum(state == Status.PLANNED and starts_on < today for _kind, _planned, starts_on, _held, state in rows)
    planned = {(kind, half_of(planned_on.month)) for kind, planned_on, _starts, _held, state in rows if state != Status.CANCELLED}
    held = {(kind, half_of(held_on.month)) for kind, _planned, _starts, held_on, _state in rows if held_on and held_on.year == year}
    classes = [(half, (Kind.OWNER_CLASS, half) in held, (Kind.OWNER_CLASS, half) in planned) for half in HALVES]
    lacking = [season for season in SEASONS if not is_planned(season, planned)]
    return YearPlan(year, len(rows), status[Status.HELD], overdue, status[Status.CANCELLED], classes, lacking)


def is_planned(season, planned):
    """Tell whether the season has its activity: an owner class in its half-year, everything else in the year."""
    halves = [half_of(season.month)] if season.kind == Kind.OWNER_CLASS else HALVES
    return any((season.kind, half) in planned for half in halves)


def half_of(month):
    return 1 if month <= 6 else 2
