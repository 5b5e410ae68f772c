"""How many calls fall due on each of the next days, and whether those on shift can make them (B22)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from followups.deadlines import Deadlines
from followups.models import Attempt, FollowUp, Plan, Shift
from followups.occasions import outlined, share_of_day
from stores.calendar import Calendar
from visits.models import Appointment, Visit

DAYS = 14
# Calls in an hour of work, until a store's own pace is known.
USUAL_PACE = 12
MEASURED_DAYS = 28
ENOUGH_HOURS = 20
BUSY = 4


@dataclass(frozen=True)
class Pace:
    """Calls one person makes in an hour; ``hours`` is what it was measured on, 0 where it is assumed."""

    calls: float
    hours: int


@dataclass(frozen=True)
class Day:
    """``planned`` calls exist already, ``expected`` ones come of cars in the shop, appointments and days on file."""

    date: object
    planned: int
    expected: int
    hours: float
    capacity: int
    carried: int
    note: str

    @property
    def due(self):
        return self.planned + self.expected

    @property
    def is_overloaded(self):
        return self.carried > 0


def pace_of(store, now=None):
    """Return the store's own pace over four weeks: talks in the hours in which one person made at least ``BUSY``; in others calls are a side job."""
    now = now or timezone.now()
    talks = Attempt.objects.valid().contacts().filter(followup__store=store, at__range=(now - timedelta(days=MEASURED_DAYS), now))
    hours = list(talks.annotate(hour=TruncHour("at")).order_by().values_list("by", "hour").annotate(talks=Count("pk")).filter(talks__gte=BUSY))
    if len(hours) < ENOUGH_HOURS:
        return Pace(USUAL_PACE, 0)
    return Pace(sum(number for _by, _hour, number in hours) / len(hours), len(hours))


def forecast(store, now=None, days=DAYS, pace=None, role=Role.CARE_AGENT):
    """Return a :class:`Day` of the calls of ``role`` for each of the next ``days``; what one day cannot hold is carried to the next.

    Of today only what is left of the shifts counts.
    """
    now = now or timezone.now()
    today = store.today(now)
    dates = [today + timedelta(days=number) for number in range(days)]
    planned, expected = planned_calls(store, today, role), expected_calls(store, now, dates[-1], role)
    hours, pace, calendar = shift_hours(store, dates, now, role), pace or pace_of(store, now), Calendar(store)
    carried, found = 0, []
    for date in dates:
        capacity = round(hours[date] * pace.calls)
        carried = max(carried + planned[date] + expected[date] - capacity, 0)
        note = "" if calendar.open_spans(date) else str(calendar.reason_of(date))
        found.append(Day(date, planned[date], expected[date], hours[date], capacity, carried, note))
    return found


def planned_calls(store, today, role):
    """Count the open calls by the day they are due; what is overdue is due today."""
    calls = FollowUp.objects.open().filter(store=store, role=role, plan__kind=Plan.Kind.CALL).only("due_at")
    return Counter(max(store.local(call.due_at).date(), today) for call in calls)


def expected_calls(store, now, last, role):
    """Count the calls that will come of cars in the shop, of appointments and of days on file."""
    today, found = store.today(now), Counter()
    plans = [plan for plan in Plan.objects.triggered_by(Plan.Trigger.HAND_OVER).valid_on(today).filter(role=role) if plan.is_call]
    for plan in plans:
        deadlines = Deadlines(plan, store)
        for moment in hand_overs(plan, store, now, last):
            found[store.local(deadlines.of(moment)[0]).date()] += 1
    for plan in Plan.objects.filter(trigger__in=Plan.DATED, kind=Plan.Kind.CALL, role=role).valid_on(today):
        found += occasions(plan, store, now, last)
    return Counter({day: number for day, number in found.items() if today <= day <= last})


def hand_overs(plan, store, now, last):
    """Yield when cars will be handed over that ``plan`` asks about: at the promised time, an appointment on its own day."""
    in_shop = plan.applying(Visit.objects.in_shop().filter(store=store)).values_list("promised_at", flat=True)
    yield from (max(promised or now, now) for promised in in_shop)
    until = datetime.combine(last, time.max, store.zone)
    coming = Appointment.objects.filter(store=store, status=Appointment.Status.BOOKED, starts_at__range=(now, until))
    if plan.visit_kinds:
        coming = coming.filter(kind__in=plan.visit_kinds)
    yield from coming.values_list("starts_at", flat=True)


def occasions(plan, store, now, last):
    """Count what the nights until then would plan of days on file, a day's share at most."""
    found = Counter()
    known = set(FollowUp.objects.filter(plan=plan, store=store).values_list("source_id", flat=True))
    for number in range((last - store.today(now)).days + 1):
        new = list(share_of_day(outlined(plan, store, now + timedelta(days=number), known), plan.most_per_day))
        known |= {call.source_id for call in new}
        found.update(call.due_day for call in new if call.is_open)
    return found


def shift_hours(store, dates, now, role):
    """Return the hours on shift by day of who has ``role`` here; who is absent does not count."""
    here = Membership.objects.covering(store).filter(role=role).values("user")
    hours = dict.fromkeys(dates, 0.0)
    for shift in Shift.objects.filter(store=store, date__range=(dates[0], dates[-1]), person__in=here).select_related("person"):
        if shift.person.is_here(shift.date):
            hours[shift.date] += shift.hours_left(store.local(now))
    return hours
