"""The rows a number is made of: the same parts the facts are summed from, listed one by one."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Case, Value, When
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotAllowed
from complaints.models import Complaint, Round
from followups.models import FollowUp, SampleRow
from kpis.parts import PARTS
from surveys.models import Answer, MysteryShop, Response
from visits.models import Delivery, Visit


@dataclass(frozen=True)
class Look:
    """How a list shows rows of one model: ``page`` of the object at ``path``, with ``fetched`` read along."""

    heading: str
    page: str
    fetched: tuple[str, ...]
    path: str = ""


def people(prefix=""):
    """Return what tells whose a complaint is."""
    return tuple(prefix + path for path in ("customer", "vehicle", "store", "employee", "visit__advisor", "delivery__salesperson"))


LOOKS = {
    Response: Look(_("Responses"), "surveys:detail", ("customer", "vehicle", "employee", "questionnaire", "store")),
    Answer: Look(
        _("Answers"), "surveys:detail", ("response__customer", "response__vehicle", "response__employee", "response__store", "question"), path="response"
    ),
    FollowUp: Look(_("Follow-ups"), "followups:detail", ("customer", "vehicle", "plan", "visit__advisor", "delivery__salesperson", "store")),
    SampleRow: Look(_("Home visits"), "followups:sample_row_detail", ("sample", "customer", "vehicle", "employee", "store")),
    Complaint: Look(_("Complaints"), "complaints:detail", people()),
    Round: Look(_("Rounds"), "complaints:detail", people("complaint__"), path="complaint"),
    Visit: Look(_("Visits"), "visits:detail", ("customer", "vehicle", "advisor", "store")),
    Delivery: Look(_("Deliveries"), "visits:delivery_detail", ("customer", "vehicle", "salesperson", "store")),
    MysteryShop: Look(_("Mystery shops"), "surveys:mystery_shop_detail", ("employee", "checklist", "store")),
}
SIDES = {"over": _("Numerator"), "under": _("Denominator")}


class RowList:
    """The rows behind one side of a fraction; a denominator of visits and deliveries has two lists, of which one is shown."""

    def __init__(self, user, picker, entry, side, *, employee=None, shown=0):
        self.picker, self.entry, self.side, self.employee, self.shown = picker, entry, side, employee, shown
        self.lists = lists_of(entry, side)
        if shown >= len(self.lists):
            raise Http404
        refuse_hidden(user, self.lists, picker.chosen)
        self.querysets = [rows_behind(parts, stores=picker.chosen, period=picker.period, employee=employee) for parts in self.lists]

    @property
    def part(self):
        return self.lists[self.shown][0][0]

    @property
    def queryset(self):
        return with_counts(self.querysets[self.shown], self.part) if self.has_counts else self.querysets[self.shown]

    @property
    def heading(self):
        return LOOKS[self.part.model].heading

    @property
    def side_name(self):
        return SIDES[self.side]

    @property
    def has_points(self):
        return bool(self.part.points)

    @property
    def has_counts(self):
        return self.side == "under" and is_share_of(self.entry, self.part)

    @property
    def person(self):
        return User.objects.filter(pk=self.employee).values_list("name", flat=True).first() if self.employee else None

    @property
    def tabs(self):
        """Return the lists of both sides as tabs with their counts."""
        if len(self.lists) == 1:
            return []
        return [
            (LOOKS[parts[0][0].model].heading, self.address(self.side, index), rows.count())
            for index, (parts, rows) in enumerate(zip(self.lists, self.querysets, strict=True))
        ]

    @property
    def other_side(self):
        """Return the label and address of the other side of a share; a mean has the same rows on both."""
        if self.entry.is_mean or self.entry.is_quota:
            return None
        other = "over" if self.side == "under" else "under"
        return SIDES[other], self.address(other, 0)

    def address(self, side, index):
        return reverse("kpis:rows", args=[self.entry.code]) + self.picker.query(
            side=side, list=index or None, employee=None if self.employee is None else str(self.employee)
        )

    def shown_rows(self, page):
        return [row_of(row, self.part) for row in page]


def lists_of(entry, side):
    """Return the parts of one side of the fraction as ``[(part, only its numerator?)]``, a list for each model."""
    models = {}
    for each in entry.over if side == "over" or entry.is_quota else entry.under:
        part = PARTS[each.part]
        models.setdefault(part.model, []).append((part, each.column == "numerator"))
    return list(models.values())


def rows_behind(parts, *, stores, period, employee=None, now=None):
    """Return the rows of some parts over one model, newest first."""
    now, first = now or timezone.now(), parts[0][0]
    counted = [part.counted(now).filter(part.numerator) if is_numerator else part.counted(now) for part, is_numerator in parts]
    found = reduce(or_, counted).filter(first.within(stores, period.first, period.last))
    if employee is not None:
        found = found.annotate(counted_for=first.employee).filter(counted_for=employee)
    return found.select_related(*LOOKS[first.model].fetched).order_by(f"-{first.day}", "-pk")


def is_share_of(entry, part) -> bool:
    """Tell whether the numerator is some of the rows of ``part``."""
    return any((each.part, each.column) == (part.code, "numerator") for each in entry.over)


def with_counts(rows, part):
    """Add ``counts`` to the rows of a denominator: is it in the numerator too?"""
    return rows.annotate(counts=Case(When(part.numerator, then=Value(True)), default=Value(False), output_field=BooleanField()))


def refuse_hidden(user, lists, stores):
    """Refuse a list the person may not open: a number may be seen by more people than its rows."""
    if not may_open(user, [part for parts in lists for part, _is_numerator in parts], stores):
        raise NotAllowed(_("You may see this figure, but not the rows behind it."))


def may_list(user, entry, stores) -> bool:
    return may_open(user, [PARTS[code] for code in entry.part_codes], stores)


def may_open(user, parts, stores) -> bool:
    return all(user.may(part.permission, store.pk) for part in parts for store in stores)


def row_of(row, part):
    """Return what the list shows of one row."""
    look = LOOKS[part.model]
    source = getattr(row, look.path) if look.path else row
    day = row
    for name in part.day.split("__"):
        day = getattr(day, name)
    return {
        "url": reverse(look.page, args=[source.pk]),
        "title": title_of(row, source),
        "day": source.store.local(day).date() if part.is_moment else day,
        "customer": getattr(source, "customer", None),
        "vehicle": getattr(source, "vehicle", None),
        "employee": employee_of(source),
        "points": getattr(row, part.points) if part.points else None,
        "counts": getattr(row, "counts", None),
        "store": source.store,
    }


def title_of(row, source):
    if isinstance(row, Round):
        return str(row)
    if isinstance(source, Response):
        return f"{row.question}: {row.value}" if isinstance(row, Answer) else str(source.questionnaire)
    if isinstance(source, FollowUp):
        return f"{source.plan} · {source.get_status_display()}"
    if isinstance(source, SampleRow):
        return f"{source.sample} · {source.get_mood_display()}"
    if isinstance(source, MysteryShop):
        return f"{source.checklist} · {source.get_kind_display()}"
    # A delivery has no number of its own; its car is shown masked beside it.
    return _("Delivery") if isinstance(source, Delivery) else str(source)


def employee_of(source):
    """Return the person the row counts for, found the way the facts find it."""
    people = [getattr(source, name, None) for name in ("employee", "advisor", "salesperson")]
    people += [getattr(getattr(source, name, None), role, None) for name, role in (("visit", "advisor"), ("delivery", "salesperson"))]
    return next((person for person in people if person), None)
