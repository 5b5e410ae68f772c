"""The follow-up report of a day, a week and a month, made on schedule: what the head of the store has to know (S2-03, S2-09, S2-12)."""

from collections import Counter
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from followups.models import Attempt, FollowUp, Plan, Report
from followups.outcomes import REACHED
from notifications.services import notify
from stores.models import Store
from surveys.models import Response
from visits.models import Appointment

DAY = timedelta(days=1)
READERS = (Role.CARE_MANAGER, Role.STORE_MANAGER)
Status = FollowUp.Status


def make_reports(now=None):
    """Make the reports of yesterday and of the last whole week and month where they are missing; return how many are new.

    A day on which nothing happened needs no report.
    """
    now = now or timezone.now()
    made = 0
    for store in Store.objects.all():
        for period, first, last in last_periods(store.today(now)):
            if not Report.objects.filter(store=store, period=period, first_day=first).exists():
                made += make_report(store, period, first, last, now)
    return made


def last_periods(today):
    """Return ``(period, first day, last day)`` of yesterday, of the last whole week, Monday to Sunday, and of the last whole month."""
    yesterday, monday, end_of_month = today - DAY, today - timedelta(days=today.weekday()), today.replace(day=1) - DAY
    return [
        (Report.Period.DAY, yesterday, yesterday),
        (Report.Period.WEEK, monday - 7 * DAY, monday - DAY),
        (Report.Period.MONTH, end_of_month.replace(day=1), end_of_month),
    ]


@transaction.atomic
def make_report(store, period, first, last, now):
    """Keep the figures and tell those who answer for the calls; made twice at once it is made once."""
    figures = figures_of(store, first, last)
    if period == Report.Period.DAY and not (figures["plans"] or figures["outcomes"] or figures["appointments"]["all"]):
        return False
    given = {"last_day": last, "figures": figures, "made_at": now}
    report, is_new = Report.objects.get_or_create(store=store, period=period, first_day=first, defaults=given)
    if is_new:
        notify(User.objects.with_roles(READERS, store), "followup_report.made", report, days=str(report), store=store.name)
    return is_new


def figures_of(store, first, last):
    """Return the figures of the days as JSON holds them.

    ``plans``: calls due in these days by plan, with tried, in time, reached and done; ``outcomes``: tries made by what came of them;
    ``people``: talks and reached by caller; ``appointments``: booked, came, did not come, cancelled; ``grievances``: complaints raised
    in calls and dissatisfied answers.
    """
    span = datetime.combine(first, time(0), store.zone), datetime.combine(last + DAY, time(0), store.zone)
    within = {"gte": span[0], "lt": span[1]}
    tries = Attempt.objects.valid().filter(followup__store=store, **{f"at__{name}": at for name, at in within.items()})
    return {
        "plans": plans_of(store, within),
        "outcomes": dict(tries.order_by().values_list("outcome").annotate(Count("pk"))),
        "people": people_of(tries),
        "appointments": appointments_of(store, within),
        "grievances": {
            "escalated": FollowUp.objects.filter(store=store, status=Status.ESCALATED, **{f"finished_at__{name}": at for name, at in within.items()}).count(),
            "dissatisfied": Response.objects.filter(
                store=store, mood=Response.Mood.COMPLAINING, **{f"submitted_at__{name}": at for name, at in within.items()}
            ).count(),
        },
    }


def plans_of(store, within):
    due = FollowUp.objects.filter(store=store, plan__kind=Plan.Kind.CALL, **{f"due_at__{name}": at for name, at in within.items()})
    due = due.exclude(status__in=[Status.CANCELLED, Status.INELIGIBLE])
    counts = {
        "due": Count("pk"),
        "tried": Count("pk", filter=Q(first_attempt_at__isnull=False)),
        "on_time": Count("pk", filter=Q(first_attempt_at__lte=F("due_at"))),
        "reached": Count("pk", filter=Q(outcome__in=REACHED)),
        "done": Count("pk", filter=Q(status__in=[Status.DONE, Status.ESCALATED])),
        "open": Count("pk", filter=Q(status=Status.OPEN)),
    }
    names = ["plan__code", "plan__name_en", "plan__name_zh"]
    rows = due.order_by().values(*names).annotate(**counts, order=Max("plan__priority")).order_by("order", "plan__code")
    return [{name.removeprefix("plan__"): value for name, value in row.items() if name != "order"} for row in rows]


def people_of(tries):
    reached = Count("pk", filter=Q(outcome__in=REACHED))
    rows = tries.filter(joined_to=None).order_by().values("by", "by__name").annotate(talks=Count("pk"), reached=reached).order_by("-talks", "by__name")
    return [{"name": row["by__name"], "talks": row["talks"], "reached": row["reached"]} for row in rows]


def appointments_of(store, within):
    found = Appointment.objects.filter(store=store, **{f"starts_at__{name}": at for name, at in within.items()})
    counts = Counter(found.values_list("status", flat=True))
    return {"all": sum(counts.values())} | {status: counts[status] for status in Appointment.Status.values}
