"""The three-guarantees clock of one car (B4, domain 3.5): pure counting over repairs, every day explained."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from stores.calendar import add_months, add_working_days
from visits.guarantees.words import LIMITS, Assembly

DAY = timedelta(days=1)
THOUSAND = 1000
ASSEMBLIES = frozenset(Assembly.values)


@dataclass(frozen=True)
class Repair:
    """One repair as it counts; ``finished_at`` is None while it goes on."""

    number: str
    url: str
    agreed_at: datetime
    finished_at: datetime | None
    mileage: int | None = None
    fault: str = ""
    is_safety: bool = False
    grave_fault: str = ""
    assembly: str = ""
    part_of: str = ""
    part: str = ""
    excluded_hours: Decimal = Decimal(0)
    excluded_for: str = ""
    substitute: str = ""
    is_classified: bool = True

    def hours(self, now):
        """Return the hours from agreeing to finishing that count."""
        span = (self.finished_at or now) - self.agreed_at - timedelta(hours=float(self.excluded_hours))
        return max(span, timedelta()) / timedelta(hours=1)

    def days(self, now):
        """Each full 24 hours are one day, what remains is one day more (Art. 40)."""
        minutes = round(self.hours(now) * 60)
        return -(-minutes // (24 * 60))


@dataclass(frozen=True)
class Line:
    """One repair in the explanation: its hours and days, the sum so far, or why it does not count."""

    repair: Repair
    hours: float
    days: int
    total: int
    is_counted: bool


@dataclass(frozen=True)
class Limit:
    """How far one limit is used up. ``over`` limits are reached by the next one after the limit, the others by the limit itself."""

    code: str
    value: int
    most: int
    over: bool = False
    about: str = ""

    @property
    def percent(self):
        return 100 * self.value // self.most

    @property
    def is_reached(self):
        return self.value > self.most if self.over else self.value >= self.most

    @property
    def words(self):
        return LIMITS[self.code][0]

    @property
    def article(self):
        return LIMITS[self.code][1]

    @property
    def remedy(self):
        return LIMITS[self.code][2]


class Clock:
    def __init__(self, rule, start: date, mileage, repairs, now, zone):
        self.rule, self.start, self.mileage, self.repairs, self.now, self.zone = rule, start, mileage, repairs, now, zone
        self.today = now.astimezone(zone).date()
        self.ends_on = add_months(start, rule.period_months)
        self.repair_ends_on = add_months(start, rule.repair_period_months)

    def request_deadlines(self, requested_on):
        """Return the last working days for the reply and for the exchange or return itself (Art. 28)."""
        rule = self.rule
        return add_working_days(requested_on, rule.reply_working_days), add_working_days(requested_on, rule.done_working_days)

    def day_of(self, repair):
        return repair.agreed_at.astimezone(self.zone).date()

    @property
    def days_passed(self):
        return (self.today - self.start).days

    @property
    def is_running(self):
        """Tell whether the car is within the three-guarantees period: time or kilometres, whichever ends first (Art. 18)."""
        return self.today <= self.ends_on and (self.mileage or 0) <= self.rule.period_km

    @property
    def is_repair_free(self):
        return self.today <= self.repair_ends_on and (self.mileage or 0) <= self.rule.repair_period_km

    def counts(self, repair):
        return self.start <= self.day_of(repair) <= self.ends_on and (repair.mileage or 0) <= self.rule.period_km

    @cached_property
    def counted(self):
        return [repair for repair in self.repairs if self.counts(repair)]

    @cached_property
    def lines(self):
        total, lines = 0, []
        for repair in self.repairs:
            is_counted, days = self.counts(repair), repair.days(self.now)
            total += days if is_counted else 0
            lines.append(Line(repair, repair.hours(self.now), days, total, is_counted))
        return lines

    @property
    def repair_days(self):
        """Return the sum of the days of the single repairs (Art. 24, 40)."""
        return self.lines[-1].total if self.lines else 0

    @cached_property
    def limits(self):
        """Return every limit that is used up at all, the nearest first."""
        limits = [*self.windows(), *self.repeats(), *self.duties()]
        return sorted((limit for limit in limits if limit.value), key=lambda limit: (-limit.is_reached, -limit.percent))

    @property
    def nearest(self):
        return max(self.limits, key=lambda limit: limit.percent, default=None)

    def windows(self):
        """Yield what the first days and kilometres allow (Art. 20, 22, 23); each such fault reaches its limit at once."""
        first = [repair for repair in self.counted if self.day_of(repair) <= self.start + DAY * self.rule.exchange_days] if self.rule.exchange_days else []
        yield Limit("exchange_window", sum(is_of_assembly(repair) for repair in first), 1)
        early = [repair for repair in self.counted if self.is_early(repair)]
        yield Limit("early_assembly", sum(repair.part_of in ASSEMBLIES for repair in early), 1)
        yield Limit("early_grave", sum(bool(repair.grave_fault) for repair in early), 1)

    def is_early(self, repair):
        """Tell whether a fault lies within 60 days and 3,000 km: the window ends with the first of them."""
        return self.day_of(repair) <= self.start + DAY * self.rule.early_days and (repair.mileage or 0) <= self.rule.early_km

    def repeats(self):
        """Yield what adds up over the repairs of the three-guarantees period (Art. 24)."""
        rule = self.rule
        yield Limit("safety", sum(repair.is_safety for repair in self.counted), rule.safety_repairs)
        yield most_frequent("assembly", [repair.assembly for repair in self.counted if repair.assembly], rule.assembly_replacements)
        yield most_frequent("part", [f"{repair.part_of} {plain(repair.part)}" for repair in self.counted if repair.part_of], rule.part_replacements)
        yield most_frequent("same_fault", [plain(repair.fault) for repair in self.counted if repair.fault], rule.max_same_fault, over=True)
        yield Limit("repair_days", self.repair_days, rule.max_repair_days, over=True)

    def duties(self):
        """Yield the duty to give a substitute car from the day after the fifth, while a repair of the free-repair period goes on (Art. 21)."""
        for repair in self.repairs:
            if repair.finished_at is None and not repair.substitute and self.is_repair_free:
                yield Limit("substitute", repair.days(self.now), self.rule.substitute_after_days, over=True, about=repair.number)


def is_of_assembly(repair):
    return bool(repair.assembly) or repair.part_of in ASSEMBLIES


def most_frequent(code, names, most, over=False):
    about, value = max(Counter(names).items(), key=lambda pair: pair[1], default=("", 0))
    return Limit(code, value, most, over, about)


def plain(text):
    """Return the words of a fault or part without what differs by hand: blanks and capitals."""
    return "".join(text.split()).casefold()


def use_compensation(price, mileage, percent):
    """Return price × km / 1000 × n: what is kept when a car is exchanged or taken back under Art. 24 (Art. 27)."""
    return (Decimal(price) * mileage / THOUSAND * Decimal(percent) / 100).quantize(Decimal("0.01"))
