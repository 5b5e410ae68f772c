"""What every part of the demo group needs to know: the stores with their people, the span of time, the books."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from random import Random

from accounts.models import User
from demo.books import Books
from followups.windows import CallWindow
from stores.calendar import Calendar
from stores.models import Department, Holiday, Store

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
# How much of a plain day's business there is from Monday to Sunday, and from January to December.
WEEKDAYS = [0.95, 0.85, 0.85, 0.9, 1.0, 1.3, 1.15]
MONTHS = [1.1, 0.9, 0.95, 0.95, 1.0, 1.05, 1.1, 1.05, 1.0, 0.95, 1.0, 1.1]
ON_DUTY = 0.4
BEFORE_FESTIVAL, AFTER_FESTIVAL = 1.35, 0.55
GROWTH = 0.08


@dataclass(frozen=True)
class Skill:
    """How a person works: points of 10 above or below the average, and the share of promises kept."""

    rating: float
    on_time: float


@dataclass
class Branch:
    """One store with its people, departments and what happened in it."""

    store: Store
    number: int
    departments: dict[str, Department]
    staff: dict[str, list[User]] = field(default_factory=dict)
    skills: dict[int, Skill] = field(default_factory=dict)
    visits: list = field(default_factory=list)
    deliveries: list = field(default_factory=list)
    grievances: list = field(default_factory=list)

    def __post_init__(self):
        self.zone = self.store.zone
        self.calendar = Calendar(self.store)
        self.window = CallWindow(self.store)
        self.midnights = {}

    def at(self, day, minute):
        """Return the instant ``minute`` minutes after the local midnight of ``day``."""
        if day not in self.midnights:
            self.midnights[day] = datetime.combine(day, time(), self.zone).astimezone(UTC)
        return self.midnights[day] + MINUTE * minute

    def clock(self, moment):
        """Return the local day and the minute of it."""
        local = moment.astimezone(self.zone)
        return local.date(), local.hour * 60 + local.minute

    def day(self, moment):
        return moment.astimezone(self.zone).date()

    def is_open(self, day):
        return bool(self.calendar.hours_of(day))

    def next_open(self, day):
        while not self.is_open(day):
            day += DAY
        return day

    def anybody(self, rng, *roles):
        return rng.choice([user for role in roles for user in self.staff[role]])


@dataclass
class World:
    seed: int
    today: date
    first_day: date
    books: Books
    branches: list[Branch] = field(default_factory=list)

    def __post_init__(self):
        self.numbers = count(1)

    def random(self, area):
        """Return the random numbers of one area, so that a change in one does not shift the others."""
        return Random(f"{self.seed}:{area}")

    @cached_property
    def now(self):
        """The midnight at which today begins: all that is told lies before it, whatever the hour."""
        return self.branches[0].at(self.today, 0)

    @cached_property
    def days(self):
        return [self.first_day + DAY * number for number in range((self.today - self.first_day).days)]

    def spread(self, rng, branch, number, weekend=1.0):
        """Spread ``number`` occurrences over the days before today, as the season goes; return ``[(day, how many)]``."""
        festivals = self.festivals(branch)
        weights = [self.business(branch, day, festivals) * (weekend if day.weekday() >= 5 else 1.0) for day in self.days]
        return sorted(Counter(rng.choices(self.days, weights, k=number)).items())

    def business(self, branch, day, festivals):
        """Return how busy the store is on ``day``; 1 is a plain day of the first year."""
        if not branch.is_open(day):
            return 0.0
        special = branch.calendar.state.special(day)
        duty = ON_DUTY if special and not special[0] else 1.0
        grown = 1 + GROWTH * (day - self.first_day).days / 365
        return WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * duty * grown * around_festival(day, festivals)

    def festivals(self, branch):
        """Return the days of all Spring Festivals around, in order."""
        span = [self.first_day - DAY * 30 + DAY * number for number in range((self.today - self.first_day).days + 60)]
        return [day for day in span if (branch.calendar.state.special(day) or (True, ""))[1] == Holiday.SPRING_FESTIVAL]


def around_festival(day, festivals):
    """Return how the Spring Festival changes business: many come before the journey home, few in the weeks after."""
    place = bisect_left(festivals, day)
    if place < len(festivals) and (festivals[place] - day).days <= 18:
        return BEFORE_FESTIVAL
    return AFTER_FESTIVAL if place and (day - festivals[place - 1]).days <= 14 else 1.0
