"""Figures the way pages show them: tiles, trend charts, tables."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.periods import Grain
from common.statistics import Sample
from common.templatetags.ui import tag
from kpis.indicators import INDICATORS, Group
from kpis.rows import may_list
from kpis.services import Rules, Status, Value, measure, measure_by_employee, measure_by_store, weak_factors


@dataclass(frozen=True)
class Tile:
    """One indicator on the dashboard: its value, its trend and the addresses of what is behind."""

    value: Value
    trend: list
    url: str
    rows_url: str

    @property
    def indicator(self):
        return self.value.indicator

    @property
    def label(self):
        return self.value.indicator.name

    @property
    def numbers(self):
        return [value.value for value in self.trend]

    @property
    def doubt(self):
        return doubt(self.value)

    @property
    def state(self):
        return state_tag(self.value)

    @property
    def is_faint(self):
        return self.value.sample in (Sample.HIDDEN, Sample.INSUFFICIENT)


def state_tag(value):
    """Word the state of a value: green only for a reached target, and never where the sample is too small to tell."""
    if value.status not in (Status.NO_DATA, Status.TOO_FEW) and value.sample == Sample.INSUFFICIENT:
        return tag(value.sample.label, "neutral", "circle-dashed")
    if value.status in (Status.NO_DATA, Status.TOO_FEW, Status.NO_TARGET):
        return tag(value.status.label, "neutral", "minus")
    if value.reached:
        return tag(_("On target"), "good", "circle-check")
    return tag(_("Target missed"), "warn", "trending-down")


def doubt(value):
    """Say what the size of the sample takes back of the plain traffic light; empty where nothing."""
    words = [value.sample.label] if value.sample == Sample.SMALL else []
    if value.status == Status.NOT_DISTINGUISHABLE and value.sample != Sample.INSUFFICIENT:
        words.append(Status.NOT_DISTINGUISHABLE.label)
    return " · ".join(str(word) for word in words)


def tiles_of(picker, user, codes):
    """Return ``{code: tile}`` with the value of the period and the twelve months up to its end."""
    periods = [picker.period, *picker.period.ending_here(Grain.ROLLING_12).months()]
    values = measure(stores=picker.chosen, periods=periods, codes=codes)
    chunks = [values[start : start + len(periods)] for start in range(0, len(values), len(periods))]
    return {value.indicator.code: tile_of(picker, user, value, trend) for value, *trend in chunks}


def tile_of(picker, user, value, trend):
    code, query = value.indicator.code, picker.query()
    is_open = value.denominator and may_list(user, value.indicator, picker.chosen)
    return Tile(value, trend, reverse("kpis:detail", args=[code]) + query, reverse("kpis:rows", args=[code]) + query if is_open else "")


class Dashboard:
    """Everything the dashboard shows of the picked stores and period, read in a handful of queries."""

    def __init__(self, picker, user, code):
        self.picker, self.code = picker, code
        self.tiles = tiles_of(picker, user, INDICATORS)

    @property
    def groups(self):
        return [(group.label, [tile for tile in self.tiles.values() if tile.indicator.group == group]) for group in Group]

    @property
    def chosen(self):
        return self.tiles[self.code]

    @property
    def chart(self):
        return trend_chart(self.chosen.trend)

    @property
    def employees(self):
        return employee_rows(self.picker, self.code)

    @property
    def weak_factors(self):
        indexes = [INDICATORS[code] for code in ("csi", "css")]
        return [
            (index, weak_factors(stores=self.picker.chosen, period=self.picker.period, code=index.code)) for index in indexes if self.tiles[index.code].value.n
        ]

    @property
    def choices(self):
        """Return the indicators the chart can show, by group."""
        return [(label, [tile.indicator for tile in tiles]) for label, tiles in self.groups]

    @property
    def rolling_url(self):
        return self.picker.query(period=self.rolling)

    @property
    def rolling(self):
        """Return the rolling three months when the indexes of a single month rest on few answers, else None."""
        if self.picker.period.grain != Grain.MONTH:
            return None
        few = any(self.tiles[code].value.is_small or self.tiles[code].value.sample == Sample.HIDDEN for code in ("csi", "css"))
        return self.picker.period.ending_here(Grain.ROLLING_3) if few else None


class Detail:
    """Everything the page of one indicator shows."""

    def __init__(self, picker, user, entry):
        self.picker, self.user, self.entry = picker, user, entry
        period = picker.period
        periods = [period, period.previous(), period.year_before(), *period.ending_here(Grain.ROLLING_12).months()]
        self.value, previous, year_before, *self.trend = measure(stores=picker.chosen, periods=periods, codes=[entry.code])
        # The period before a year is the same period last year.
        self.earlier = [previous] if previous.period == year_before.period else [previous, year_before]

    @property
    def tile(self):
        return Tile(self.value, self.trend, "", self.sides["under"])

    @cached_property
    def sides(self):
        """Return the addresses of the rows of numerator and denominator, empty for who may not open them."""
        if not may_list(self.user, self.entry, self.picker.chosen):
            return {"over": "", "under": ""}
        page = reverse("kpis:rows", args=[self.entry.code])
        return {side: page + self.picker.query(side=side) for side in ("over", "under")}

    @property
    def api_address(self):
        return reverse("api:kpi-list") + self.picker.query(codes=self.entry.code)

    @property
    def chart(self):
        return trend_chart(self.trend)

    @property
    def employees(self):
        return employee_rows(self.picker, self.entry.code)

    @property
    def stores(self):
        return store_rows(self.picker, self.entry.code) if len(self.picker.stores) > 1 else []

    @property
    def factors(self):
        if not self.entry.factor_part:
            return []
        return weak_factors(stores=self.picker.chosen, period=self.picker.period, code=self.entry.code)

    @property
    def rank(self):
        """Return the place a maker asks for beside the score, if any (S3-21)."""
        return Rules(self.picker.chosen, [self.entry.code]).rank(self.entry.code, self.value.store and self.value.store.pk, self.picker.period.last)


def trend_chart(values):
    """Return the chart of monthly values; a change of questionnaire starts a new line (domain rules 2.1)."""
    entry, versions = values[0].indicator, []
    for questionnaires, _run in groupby(value.questionnaires for value in values if value.value is not None):
        if questionnaires not in versions:
            versions.append(questionnaires)
    names = {version: entry.name if len(versions) < 2 else f"{entry.name} ({', '.join(version)})" for version in versions or [()]}
    target = values[-1].target
    return {
        "title": _("%(name)s, 12 months") % {"name": entry.name},
        "axis": _("Month"),
        "labels": [str(value.period) for value in values],
        "series": [
            {"name": str(name), "values": [number(value.value) if value.questionnaires == version else None for value in values]}
            for version, name in names.items()
        ],
        "band": [[number(edge) for edge in value.interval] if value.interval and value.value is not None else None for value in values],
        "extra": [{"name": _("Interval (95%)"), "values": [span(value) for value in values]}, {"name": "n", "values": [value.n for value in values]}],
        "target": number(target),
        "unit": entry.sign,
        "caption": _("The shaded area is the interval (95%)."),
    }


def number(value):
    return None if value is None else float(value)


def span(value):
    return f"{value.interval[0]}–{value.interval[1]}" if value.interval and value.value is not None else None


def employee_rows(picker, code):
    """Return ``[(name, value, address of the rows)]`` of each adviser with any rows, by name; those without one come last."""
    found = measure_by_employee(stores=picker.chosen, periods=[picker.period], codes=[code])
    names = dict(User.objects.filter(pk__in=found).values_list("pk", "name"))
    rows = [(names.get(pk, ""), pk, values[0]) for pk, values in found.items() if values[0].denominator]
    rows_page = reverse("kpis:rows", args=[code])
    return [
        (name or _("Not assigned"), value, rows_page + picker.query(employee=str(pk))) for name, pk, value in sorted(rows, key=lambda row: (not row[1], row[0]))
    ]


def store_rows(picker, code):
    """Return ``[(store, value, address of the store's figures)]``."""
    found = measure_by_store(stores=picker.stores, periods=[picker.period], codes=[code])
    page = reverse("kpis:detail", args=[code])
    return [(store, found[store.pk][0], page + picker.query(store=store.code)) for store in picker.stores]
