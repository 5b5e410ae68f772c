"""The one function behind every figure: page, API, command and file read ``measure``."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from common.periods import Period
from common.statistics import Sample, mean_interval, rounded, sample_of, wilson_interval
from kpis import facts, quotas
from kpis.indicators import INDICATORS, Direction, Indicator, indicator
from kpis.models import Band, MonthlyFact, Target
from stores.models import Store
from surveys.models import Factor, Questionnaire

POINTS_STEP = Decimal("0.0001")


class Status(models.TextChoices):
    """How a value stands against its target; above and below only when the Interval (95%) leaves the target out (domain rules 2.4)."""

    NO_DATA = "no_data", _("No data")
    TOO_FEW = "too_few", _("Too few answers")
    NO_TARGET = "no_target", _("No target")
    ABOVE = "above", _("Above target")
    BELOW = "below", _("Below target")
    NOT_DISTINGUISHABLE = "not_distinguishable", _("Not distinguishable")


@dataclass
class Sums:
    n: int = 0
    numerator: int = 0
    total: Decimal = Decimal(0)
    squares: Decimal = Decimal(0)

    def add(self, row):
        self.n += row["n"]
        self.numerator += row["numerator"]
        self.total += row["total"]
        self.squares += row["squares"]


@dataclass(frozen=True)
class Value:
    """One indicator of one period: of a store, or of several together when ``store`` is None."""

    indicator: Indicator
    period: Period
    store: Store | None
    n: int
    numerator: Decimal
    denominator: Decimal
    value: Decimal | None = None
    interval: tuple[Decimal, Decimal] | None = None
    target: Decimal | None = None
    band: str = ""
    employee: int | None = None
    questionnaires: tuple[str, ...] = field(default=())

    @property
    def gap(self) -> Decimal | None:
        """Return value minus target in points, of the rounded value: what one sees is what is judged."""
        return None if self.value is None or self.target is None else self.value - self.target

    @property
    def reached(self) -> bool | None:
        """Tell whether the target is met, the plain traffic light; None without value or target."""
        if self.gap is None:
            return None
        return self.gap >= 0 if self.indicator.direction == Direction.HIGH else self.gap <= 0

    @property
    def status(self) -> Status:
        if not self.denominator:
            return Status.NO_DATA
        if self.value is None:
            return Status.TOO_FEW
        if self.target is None:
            return Status.NO_TARGET
        low, high = self.interval or (self.value, self.value)
        if low <= self.target <= high and self.interval:
            return Status.NOT_DISTINGUISHABLE
        return Status.ABOVE if low >= self.target else Status.BELOW

    @property
    def sample(self) -> Sample:
        """Tell what the number of answers allows to say; a count of all the work is no sample."""
        return sample_of(self.n) if self.indicator.is_sample else Sample.NORMAL

    @property
    def is_small(self) -> bool:
        return self.sample in (Sample.INSUFFICIENT, Sample.SMALL)

    def as_dict(self) -> dict:
        """Return the object that API and command print; decimals are strings, so no digit is lost."""
        return {
            "code": self.indicator.code,
            "store": self.store and self.store.code,
            "employee": self.employee,
            "period": str(self.period),
            "unit": self.indicator.unit.value,
            "value": text(self.value),
            "n": self.n,
            "numerator": text(self.numerator),
            "denominator": text(self.denominator),
            "interval": self.interval and [text(edge) for edge in self.interval],
            "target": text(self.target),
            "gap": text(self.gap),
            "reached": self.reached,
            "status": self.status.value,
            "sample": self.sample.value,
            "band": self.band or None,
            "definition_version": self.indicator.version,
            "questionnaires": list(self.questionnaires),
        }


def text(number) -> str | None:
    return None if number is None else str(number)


def measure(*, stores, periods, codes, employee=None, now=None) -> list[Value]:
    """Return the value of each indicator in each period, of all ``stores`` together."""
    return measured_by(None, stores=stores, periods=periods, codes=codes, employee=employee, now=now).get(None, [])


def measure_by_store(*, stores, periods, codes, now=None) -> dict[int, list[Value]]:
    return measured_by("store_id", stores=stores, periods=periods, codes=codes, now=now)


def measure_by_employee(*, stores, periods, codes, now=None) -> dict[int, list[Value]]:
    """Return the values of each employee with any rows; 0 gathers the rows without one."""
    return measured_by("employee_ref", stores=stores, periods=periods, codes=codes, now=now)


def measured_by(axis, *, stores, periods, codes, employee=None, now=None):
    stores, entries = list(stores), [indicator(code) for code in codes]
    first, last = min(period.first for period in periods), max(period.last for period in periods)
    facts.refresh(stores=stores, first=first, last=last, now=now)
    sums = Facts(axis, stores, first, last, employee)
    sums.read({part for entry in entries for part in entry.part_codes})
    sums.read_quotas(entries)
    rules = Rules(stores, codes)
    keys = [store.pk for store in stores] if axis == "store_id" else [None] if axis is None else sums.keys()
    return {key: [value_of(sums, rules, entry, period, key) for entry in entries for period in periods] for key in keys}


class Facts:
    """The monthly facts of some stores, added up along one axis: nothing, ``store_id`` or ``employee_ref``."""

    def __init__(self, axis, stores, first, last, employee=None):
        self.axis, self.stores, self.first, self.last, self.employee = axis, stores, first, last, employee
        self.rows = defaultdict(list)
        self.quotas = None

    def read(self, parts):
        """Fetch the facts of ``parts`` in one query."""
        found = MonthlyFact.objects.filter(store__in=self.stores, month__gte=self.first, month__lte=self.last, part__in=parts)
        if self.employee is not None:
            found = found.filter(employee_ref=self.employee)
        axes = [self.axis] if self.axis else []
        keys, sums = ["month", "part", "detail_ref", *axes], {f"sum_{name}": Sum(name) for name in facts.SUMS}
        for month, part, detail, *rest in found.values(*keys).annotate(**sums).values_list(*keys, *sums):
            key = rest[0] if axes else None
            self.rows[key, part].append((month, detail, dict(zip(facts.SUMS, rest[len(axes) :], strict=True))))

    def read_quotas(self, entries):
        if any(entry.is_quota for entry in entries):
            self.quotas = quotas.Quotas(self.stores, self.first, self.last)

    def keys(self):
        """Return the employees with any rows, and those of whom a quota asks some."""
        people = self.quotas.everyone() if self.quotas else set()
        return sorted(people | {key for key, _part in self.rows})

    def sums(self, key, part, period) -> Sums:
        total = Sums()
        for month, _detail, row in self.rows[key, part]:
            if month in period:
                total.add(row)
        return total

    def details(self, key, part, period) -> dict[int, Sums]:
        """Return the sums of each detail (questionnaire or factor) on its own."""
        found = defaultdict(Sums)
        for month, detail, row in self.rows[key, part]:
            if month in period:
                found[detail].add(row)
        return found

    @cached_property
    def questionnaires(self):
        """Return the code and version of every questionnaire that fed an index here."""
        ids = {detail for (_key, part), rows in self.rows.items() if part in INDICATORS for _month, detail, _row in rows}
        return {each.pk: f"{each.code}.{each.version}" for each in Questionnaire.objects.filter(pk__in=ids)} if ids else {}


class Rules:
    """The targets and bands of some indicators; a rule of the store wins over one of the whole group."""

    def __init__(self, stores, codes):
        scope = models.Q(store=None) | models.Q(store__in=stores)
        self.alone = stores[0] if len(stores) == 1 else None
        self.targets = list(Target.objects.filter(scope, indicator__in=codes).order_by("-valid_from"))
        self.bands = list(Band.objects.filter(scope, indicator__in=codes).order_by("-from_value"))

    def target(self, code, store_id, day):
        found = self.valid(self.targets, code, store_id, day)
        return found[0].value.normalize() if found else None

    def rank(self, code, store_id, day):
        """Return the target row that asks for a place in a ranking, None when there is none."""
        return next((row for row in self.valid(self.targets, code, store_id, day) if row.rank), None)

    def band(self, entry, value, store_id, day):
        """Return the best band whose threshold the value has reached."""
        found = self.valid(self.bands, entry.code, store_id, day)
        high = entry.direction == Direction.HIGH
        reached = [band for band in found if (value >= band.from_value if high else value <= band.from_value)]
        return (reached[0] if high else reached[-1]).name if reached else ""

    def valid(self, rows, code, store_id, day):
        now = [row for row in rows if row.indicator == code and row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)]
        own = [row for row in now if row.store_id == store_id and store_id]
        return own or [row for row in now if row.store_id is None]


def value_of(sums, rules, entry, period, key):
    store_id = key if sums.axis == "store_id" else rules.alone and rules.alone.pk
    store = next((store for store in sums.stores if store.pk == store_id), None)
    employee = key if sums.axis == "employee_ref" else sums.employee
    counted = counted_of(sums, entry, period, key, employee)
    target = rules.target(entry.code, store_id, period.last)
    common = {"indicator": entry, "period": period, "store": store, "employee": employee, "target": shown_target(target)}
    if not counted["denominator"] or counted["n"] < entry.minimum_n:
        return Value(**common, **{name: counted[name] for name in ("n", "numerator", "denominator", "questionnaires")})
    value = counted.pop("value")
    return Value(**common, **counted, value=value, band=rules.band(entry, value, store_id, period.last))


def shown_target(target):
    """Return the target with at least one decimal, as values have."""
    return None if target is None else target.quantize(min(Decimal(1).scaleb(target.as_tuple().exponent), Decimal("0.1")))


def counted_of(sums, entry, period, key, employee) -> dict:
    """Return numerator, denominator, value and interval of one indicator in one period."""
    if entry.is_quota:
        return completed(*sums.quotas.count(period, store_id=key if sums.axis == "store_id" else None, employee=employee))
    over = [(sums.sums(key, each.part, period), each.column) for each in entry.over]
    if entry.is_mean:
        return mean_of([part for part, _column in over], entry, questionnaires_of(sums, entry, period, key))
    under = [sums.sums(key, each.part, period).n for each in entry.under]
    return share_of(sum(getattr(part, column) for part, column in over), sum(under))


def questionnaires_of(sums, entry, period, key):
    """Return the questionnaire versions an index was answered with; a trend breaks where they change (domain rules 2.1)."""
    if not entry.factor_part:
        return ()
    return tuple(sorted(sums.questionnaires[detail] for detail in sums.details(key, entry.code, period)))


def mean_of(parts, entry, questionnaires):
    # SQLite sums decimals as floats: back to the four digits the points have.
    n, total = sum(part.n for part in parts), rounded(sum((part.total for part in parts), Decimal(0)), POINTS_STEP)
    interval = mean_interval(n, total, sum((part.squares for part in parts), Decimal(0)))
    kept = interval and tuple(rounded(min(max(Decimal(edge), Decimal(0)), entry.highest)) for edge in interval)
    value = rounded(total / n) if n else None
    return {"n": n, "numerator": total, "denominator": Decimal(n), "value": value, "interval": kept, "questionnaires": questionnaires}


def share_of(numerator, denominator):
    interval = wilson_interval(numerator, denominator)
    counted = completed(numerator, denominator)
    return counted | {"interval": interval and tuple(rounded(100 * Decimal(edge)) for edge in interval)}


def completed(done, due):
    value = rounded(Decimal(100 * done) / due) if due else None
    return {"n": due, "numerator": Decimal(done), "denominator": Decimal(due), "value": value, "interval": None, "questionnaires": ()}


@dataclass(frozen=True)
class FactorFigure:
    """One factor of an index and what it costs the index, in points: against the target, without one against full marks."""

    factor: Factor
    n: int
    value: Decimal | None
    loss: Decimal | None


def weak_factors(*, stores, period, code, now=None) -> list[FactorFigure]:
    """Return the factors of an index in ``period``, the largest loss (weight × distance to the target, or to full marks) first."""
    stores, entry = list(stores), indicator(code)
    facts.refresh(stores=stores, first=period.first, last=period.last, now=now)
    sums = Facts(None, stores, period.first, period.last)
    sums.read({entry.factor_part})
    rules = Rules(stores, [code])
    target = rules.target(code, rules.alone and rules.alone.pk, period.last)
    figures = sums.details(None, entry.factor_part, period)
    factors = Factor.objects.filter(pk__in=figures).annotate(whole=Sum("questionnaire__factors__weight"))
    found = [factor_figure(factor, figures[factor.pk], target, entry) for factor in factors]
    return sorted(found, key=lambda figure: (figure.loss is None, -(figure.loss or 0), figure.value or 0))


def factor_figure(factor, sums, target, entry):
    if sums.n < entry.minimum_n:
        return FactorFigure(factor, sums.n, None, None)
    value = rounded(sums.total / sums.n)
    aim = entry.highest if target is None else target
    return FactorFigure(factor, sums.n, value, rounded(factor.weight / factor.whole * (aim - value)))
