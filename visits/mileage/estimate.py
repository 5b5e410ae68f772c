"""When a car is due for maintenance, estimated from what its meter said (FU12)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from stores.calendar import add_months

# Nobody drives further in a day on average; a step beyond it is a typing error.
FARTHEST_A_DAY = 1000
# So many of the newest readings count, and they must lie so many days apart to say anything.
LAST_READINGS = 6
SHORTEST_SPAN = timedelta(days=30)
# Readings closer together than this say more about the day of the visit than about the driver.
SHORTEST_PAIR = timedelta(days=14)
# An estimate never lies further ahead than this, however little a car is driven.
FARTHEST_AHEAD = timedelta(days=3 * 365)


@dataclass(frozen=True, order=True)
class Reading:
    day: date
    mileage: int
    is_correction: bool = False
    source: object = field(default=None, compare=False)


@dataclass(frozen=True)
class Drive:
    """How far a car is driven a day, and which readings say so."""

    used: list
    left_out: list
    per_day: float | None

    @property
    def last(self):
        return self.used[-1] if self.used else None

    @property
    def monthly(self):
        return self.per_day and round(self.per_day * 365 / 12)

    def reaches(self, mileage):
        """Return the day the meter will show ``mileage``, None when nothing tells."""
        if not self.per_day:
            return None
        ahead = timedelta(days=(mileage - self.last.mileage) / self.per_day)
        return self.last.day + min(ahead, FARTHEST_AHEAD)


def drive_of(readings):
    """Return the ``Drive`` of a car.

    1. A correction ends what was read before it.
    2. The longest chain that never falls and never rises faster than 1,000 km a day is believed, the rest left out.
    3. Of the six newest links, the median of all slopes between readings two weeks or more apart counts: one odd reading moves it little.
    """
    readings = sorted(set(readings))
    corrected = max((place for place, reading in enumerate(readings) if reading.is_correction), default=0)
    counted = readings[corrected:]
    chain = longest_chain(counted)
    used = chain[-LAST_READINGS:]
    return Drive(used, [reading for reading in counted if reading not in chain], slope(used))


def longest_chain(readings):
    """Return the longest believable chain; of two as long, the one that ends in the newest reading."""
    chains = []
    for reading in readings:
        before = max((chain for chain in chains if follows(chain[-1], reading)), key=len, default=[])
        chains.append([*before, reading])
    return max(reversed(chains), key=len, default=[])


def follows(earlier, later):
    risen, days = later.mileage - earlier.mileage, (later.day - earlier.day).days
    return 0 <= risen <= FARTHEST_A_DAY * max(days, 1)


def slope(readings):
    if len(readings) < 2 or readings[-1].day - readings[0].day < SHORTEST_SPAN:
        return None
    pairs = [(one, two) for place, one in enumerate(readings) for two in readings[place + 1 :] if two.day - one.day >= SHORTEST_PAIR]
    return median((two.mileage - one.mileage) / (two.day - one.day).days for one, two in pairs)


@dataclass(frozen=True)
class Estimate:
    """The day a car is due for maintenance, and all it rests on; ``interval`` is that of its maker."""

    interval: object
    drive: Drive
    since: date
    since_mileage: int | None
    is_first: bool

    @property
    def km(self):
        return self.interval.first_km if self.is_first else self.interval.every_km

    @property
    def months(self):
        return self.interval.first_months if self.is_first else self.interval.every_months

    @property
    def due_mileage(self):
        return None if self.since_mileage is None else self.since_mileage + self.km

    @property
    def by_mileage(self):
        return None if self.due_mileage is None else self.drive.reaches(self.due_mileage)

    @property
    def by_time(self):
        return add_months(self.since, self.months)

    @property
    def due_on(self):
        """Return whichever comes first."""
        return min(filter(None, [self.by_mileage, self.by_time]))
