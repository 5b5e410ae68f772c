"""The building blocks of all indicators: which rows, on which store day, for which employee.

A part is defined once. ``kpis.facts`` sums it per day, ``kpis.rows`` lists its rows: so a list always shows what a number counts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import connection, models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce, TruncDate

from complaints.models import Complaint, Round
from followups.models import FollowUp, Plan, Sample, SampleRow
from surveys.models import Answer, FactorScore, MysteryShop, Response, Side
from visits.comebacks import SPAN as COMEBACK_SPAN
from visits.models import Delivery, QualityCheck, Visit
from visits.models.backdating import IS_PROMISE_KEPT

SIDES = tuple(Side)


@dataclass(frozen=True)
class Part:
    """``n`` rows of ``model`` that meet ``where``, ``numerator`` of them also meeting that; ``points`` is averaged.

    ``day`` is a date, or a moment that is turned into the store's local date. A row with ``due`` counts only once that moment has passed,
    or ``unless_due`` holds already. ``employees`` are tried in order.
    """

    code: str
    model: type[models.Model]
    day: str
    where: Q
    permission: str
    employees: tuple = ()
    numerator: Q | None = None
    points: str = ""
    detail: str = ""
    due: str = ""
    unless_due: Q | None = None
    store: str = "store_id"

    @property
    def is_moment(self) -> bool:
        """Tell whether ``day`` is a moment rather than a date."""
        field = self.model
        for name in self.day.split("__"):
            field = (field if isinstance(field, type) else field.related_model)._meta.get_field(name)
        return isinstance(field, models.DateTimeField)

    @property
    def employee(self):
        return Coalesce(*(F(path) for path in self.employees), 0) if self.employees else models.Value(0)

    def counted(self, now):
        """Return the rows that count at ``now``."""
        if not self.due:
            return self.model.objects.filter(self.where)
        passed = Q(**{f"{self.due}__lte": now})
        return self.model.objects.filter(self.where, passed | self.unless_due if self.unless_due else passed)

    def waiting(self, now):
        """Return the rows that time alone will make count."""
        rows = self.model.objects.filter(self.where, **{f"{self.due}__gt": now})
        return rows.exclude(self.unless_due) if self.unless_due else rows

    def within(self, stores, first, last) -> Q:
        """Return the condition that a row of ``stores`` lies on a local day from ``first`` to ``last``."""
        if not self.is_moment:
            return Q(**{f"{self.store}__in": [store.pk for store in stores], f"{self.day}__gte": first, f"{self.day}__lte": last})
        wanted = Q(pk__in=[])
        for zone, same_zone in by_zone(stores).items():
            start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
            wanted |= Q(**{f"{self.store}__in": [store.pk for store in same_zone], f"{self.day}__gte": start, f"{self.day}__lt": end})
        return wanted

    def local_day(self, zone, first, last):
        return local_date(self.day, zone, first, last) if self.is_moment else F(self.day)


def by_zone(stores):
    zones = {}
    for store in stores:
        zones.setdefault(store.zone, []).append(store)
    return zones


def midnight(day, zone):
    """Return the instant at which the local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


class ShiftedDate(Func):
    """The date of a UTC moment in a zone with a fixed offset, by SQLite's own function: a hundred times faster than Django's."""

    function = "date"
    output_field = models.DateField()


def local_date(path, zone, first, last):
    """Return the expression of the local date of a moment between two days."""
    edges = [midnight(first, zone) + timedelta(days=step) for step in range((last - first).days + 2)]
    offsets = {moment.astimezone(zone).utcoffset() for moment in edges}
    if connection.vendor != "sqlite" or len(offsets) > 1:
        return TruncDate(path, tzinfo=zone)
    minutes = int(offsets.pop().total_seconds()) // 60
    return ShiftedDate(F(path), models.Value(f"{minutes:+d} minutes"))


# Answers

SERVED = "employee_id"
VALID = Q(voided_at=None)
# The call that checks a complaint's answer asks about the complaint, not about the service.
INTERVIEW = VALID & ~Q(followup__plan__trigger=Plan.Trigger.COMPLAINT_ANSWERED)


def responses(code, where, **more):
    return Part(code, Response, "served_on", where, "surveys.view", (SERVED,), **more)


def index_parts(index, side):
    counted = Q(questionnaire__index=index, questionnaire__side=side, is_counted=True)
    scores = Q(response__voided_at=None, response__questionnaire__index=index, response__questionnaire__side=side, response__is_counted=True)
    return [
        responses(index, VALID & counted, points="points", detail="questionnaire_id"),
        Part(
            f"{index}.factor", FactorScore, "response__served_on", scores, "surveys.view", ("response__employee_id",),
            points="points", detail="factor_id", store="response__store_id",
        ),
    ]  # fmt: skip


def mood_parts(name, mood):
    """Share of one mood: by side without face interviews, and face interviews of sales on their own (S3-02 to S3-07)."""
    by_mode = {f"{name}.{side}": Q(questionnaire__side=side) & ~Q(mode=Response.Mode.FACE) for side in SIDES}
    by_mode[f"{name}.face"] = Q(questionnaire__side=Side.SALES, mode=Response.Mode.FACE)
    return [responses(code, INTERVIEW & which, numerator=Q(mood=mood)) for code, which in by_mode.items()]


VISITED = Q(result=SampleRow.Result.MET, sample__kind=Sample.Kind.VISIT)


def visited_part(name, mood):
    """Share of one mood among the customers visited at home from a list (S2-11, S3-03)."""
    return Part(f"{name}.visited", SampleRow, "done_on", VISITED, "followups.view", ("employee_id",), numerator=Q(mood=mood))


def top_box_part(side):
    overall = Q(response__voided_at=None, question__is_overall=True, value__isnull=False, response__questionnaire__side=side)
    return Part(
        f"top_box.{side}", Answer, "response__served_on", overall, "surveys.view", ("response__employee_id",),
        numerator=Q(value=F("response__questionnaire__highest")), store="response__store_id",
    )  # fmt: skip


# Calls

# Who must not be called (no consent, called lately) was never due; who turned out not eligible in a call was.
EXEMPT = Q(status=FollowUp.Status.INELIGIBLE, attempt_count=0)
CALL = Q(plan__kind=Plan.Kind.CALL, plan__trigger__in=[Plan.Trigger.HAND_OVER, Plan.Trigger.DELIVERY]) & ~Q(status=FollowUp.Status.CANCELLED) & ~EXEMPT
# A call in which a complaint was raised did reach the customer.
COMPLETED = Q(status__in=[FollowUp.Status.DONE, FollowUp.Status.ESCALATED])


def calls(code, where, numerator):
    return Part(
        code, FollowUp, "due_at", where, "followups.view", ("visit__advisor_id", "delivery__salesperson_id"), numerator=numerator, due="due_at"
    )  # fmt: skip


def success_part(side):
    return calls(f"success.{side}", CALL & Q(plan__side=side) & ~Q(status=FollowUp.Status.INELIGIBLE), COMPLETED)


ATTEMPTED = calls("attempted", CALL, Q(attempt_count__gt=0))
ON_TIME = calls("on_time", CALL, COMPLETED & Q(finished_at__lte=F("due_at")))
FACE_INTERVIEW = Part(
    "face_interview", Delivery, "delivered_at", Q(), "visits.view", ("salesperson_id",),
    numerator=Q(models.Exists(Response.objects.filter(VALID, delivery=models.OuterRef("pk"), mode=Response.Mode.FACE)))
    | Q(models.Exists(SampleRow.objects.filter(VISITED, delivery=models.OuterRef("pk")))),
)  # fmt: skip

# Complaints

SLIPS = Part(
    "slips", Complaint, "opened_at", Q(), "complaints.view", ("employee_id", "visit__advisor_id", "delivery__salesperson_id"), numerator=Q(round_count__gte=2)
)
COMPLAINTS = Part("complaints", Complaint, "opened_at", Q(kind=Complaint.Kind.COMPLAINT), "complaints.view", SLIPS.employees)
FEEDBACK = Part(
    "feedback", Round, "issued_at", Q(), "complaints.view", tuple(f"complaint__{path}" for path in SLIPS.employees),
    numerator=Q(answered_at__lte=F("due_at")), due="due_at", unless_due=Q(answered_at__isnull=False), store="complaint__store_id",
)  # fmt: skip

# Workshop and sales

IN_SHOP = Part(
    "visits", Visit, "arrived_at", ~Q(status=Visit.Status.CANCELLED), "visits.view", ("advisor_id",),
    numerator=Q(kind=Visit.Kind.COMEBACK) | Q(comeback_of__isnull=False),
)  # fmt: skip
# An order counts as a repair unless it is plain maintenance; a comeback without a fault found is taken off its link.
REPAIRED = Q(status=Visit.Status.HANDED_OVER) & ~Q(kind__in=[*Visit.MAINTENANCES, Visit.Kind.OTHER])
CAME_BACK = Visit.objects.filter(comeback_of=models.OuterRef("pk"), arrived_at__lte=models.OuterRef("handed_over_at") + COMEBACK_SPAN).exclude(
    status=Visit.Status.CANCELLED
)
REWORKED = QualityCheck.objects.filter(visit=models.OuterRef("pk"), has_passed=False)
FIRST_TIME_FIX = Part(
    "first_time_fix", Visit, "handed_over_at", REPAIRED, "visits.view", ("advisor_id",),
    numerator=Q(~models.Exists(CAME_BACK)) & Q(~models.Exists(REWORKED)),
)  # fmt: skip
INTERNAL_REWORK = Part("internal_rework", Visit, "handed_over_at", REPAIRED, "visits.view", ("advisor_id",), numerator=Q(models.Exists(REWORKED)))
DELIVERIES = Part("deliveries", Delivery, "delivered_at", Q(), "visits.view", ("salesperson_id",))
HAND_OVERS = Part(
    "hand_overs", Visit, "handed_over_at", Q(status=Visit.Status.HANDED_OVER, promised_at__isnull=False), "visits.view", ("advisor_id",),
    numerator=IS_PROMISE_KEPT,
)  # fmt: skip

# Mystery shops


def shop_part(side, kind):
    where = Q(submitted_at__isnull=False, score__isnull=False, checklist__side=side, kind=kind)
    return Part(f"shops.{side}.{kind}", MysteryShop, "visited_on", where, "surveys.view_audits", (SERVED,), points="score")


PARTS = {
    part.code: part
    for part in [
        *index_parts("csi", Side.AFTER_SALES),
        *index_parts("css", Side.SALES),
        *index_parts("mot", Side.AFTER_SALES),
        *mood_parts("satisfied", Response.Mood.SATISFIED),
        *mood_parts("complaining", Response.Mood.COMPLAINING),
        visited_part("satisfied", Response.Mood.SATISFIED),
        visited_part("complaining", Response.Mood.COMPLAINING),
        *(top_box_part(side) for side in SIDES),
        ATTEMPTED,
        *(success_part(side) for side in SIDES),
        ON_TIME,
        FACE_INTERVIEW,
        SLIPS,
        COMPLAINTS,
        FEEDBACK,
        IN_SHOP,
        FIRST_TIME_FIX,
        INTERNAL_REWORK,
        DELIVERIES,
        HAND_OVERS,
        *(shop_part(side, kind) for side in SIDES for kind in MysteryShop.Kind),
    ]
}
# Parts whose rows come to count by the passing of time; they cover every part with a due moment.
RIPENING = (ATTEMPTED, FEEDBACK)
