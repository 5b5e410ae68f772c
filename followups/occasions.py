"""Calls that no order starts but a day: maintenance, insurance, inspection, the day of purchase, and a long silence (S2-10, S4-06, S4-07)."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Subquery
from django.utils import timezone

from activity.services import announce_days
from common.errors import Conflict
from customers.anniversaries import delivered_around, keeps_anniversary_on
from customers.models import Customer, Vehicle
from followups.models import OCCASION, Attempt, FollowUp, Plan
from followups.outcomes import REACHED
from followups.services import ending_of, exemption_of, refusing_customers
from followups.windows import CallWindow
from stores.models import Store
from visits.models import Delivery, Visit

Trigger = Plan.Trigger
# So far ahead a call is planned; what changes until then takes it back.
AHEAD = timedelta(days=7)
LATE = 14
EVENING = time(18)
# A maintenance this long before its day counts as that maintenance (FU12).
EARLY = timedelta(days=30)
# Leaves room for the day beside the car or customer in the one number that names the occasion.
DAYS = 1_000_000
FIELDS = {
    Trigger.MAINTENANCE: "next_maintenance_on",
    Trigger.INSURANCE: "commercial_insurance_until",
    Trigger.INSPECTION: "inspection_due_on",
    Trigger.ANNIVERSARY: "delivered_on",
}


def plan_occasions(now=None):
    """Plan what falls due in the next week and take back what has lost its reason; safe to run twice. Return how many are new.

    A plan makes no more than ``most_per_day`` new calls per store and day; the rest waits for tomorrow.
    """
    now = now or timezone.now()
    withdraw_outdated(now)
    plans = Plan.objects.filter(trigger__in=Plan.DATED)
    return sum(plan_store(plan, store, now) for store in Store.objects.all() for plan in plans.valid_on(store.today(now)))


@transaction.atomic
def plan_store(plan, store, now):
    known = FollowUp.objects.filter(plan=plan, store=store, source_kind=OCCASION)
    left = plan.most_per_day
    if left is not None:
        morning = datetime.combine(store.today(now), time(0), store.zone)
        left = max(left - known.filter(created_at__gte=morning).exclude(status=FollowUp.Status.INELIGIBLE).count(), 0)
    new = list(share_of_day(outlined(plan, store, now, set(known.values_list("source_id", flat=True))), left))
    rows = FollowUp.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    announce_days(store.pk, *{row.due_day for row in rows})
    return len(rows)


def share_of_day(calls, most):
    """Yield ``calls`` until ``most`` of them can be made; who must not be called takes nobody's place."""
    for call in calls:
        if call.is_open and most is not None:
            if not most:
                return
            most -= 1
        yield call


def outlined(plan, store, now, planned=frozenset()):
    """Yield the unsaved calls ``plan`` would make at ``now``, but for those ``planned`` already."""
    today = store.today(now)
    found = silent(plan, store, today) if plan.trigger == Trigger.LAST_CONTACT else dated(plan, store, today)
    refusing, window = refusing_customers(plan, store), CallWindow(store)
    for customer, vehicle, day in found:
        source_id = (vehicle or customer).pk * DAYS + day.toordinal()
        due_on = max(plan.due_on(day), today)
        if source_id in planned:
            continue
        exemption = exemption_of(plan, bool(customer.phone), customer.do_not_call_at, customer.pk in refusing, customer.restricted_at)
        yield FollowUp(
            store=store,
            plan=plan,
            customer=customer,
            vehicle=vehicle,
            source_kind=OCCASION,
            source_id=source_id,
            role=plan.role,
            priority=plan.priority,
            due_at=datetime.combine(due_on, EVENING, store.zone),
            available_at=window.opening(due_on),
            created_at=now,
            **ending_of(exemption),
        )


def dated(plan, store, today):
    """Yield ``(customer, car, day)`` of the days whose call is due within the next week."""
    step = timedelta(days=plan.offset if plan.is_before else -plan.offset)
    # What a day's share left over is still looked for, as long as a call before the day makes sense.
    late = timedelta(days=min(plan.offset, LATE) if plan.is_before else LATE) if plan.most_per_day else timedelta(0)
    first, last = today + step - late, today + AHEAD + step
    cars = plan.applying_to_cars(Vehicle.objects.owned().filter(store=store)).select_related("customer")
    if plan.trigger == Trigger.ANNIVERSARY:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        yield from ((car.customer, car, day) for car in cars.filter(delivered_around(days)).order_by("pk") for day in days if keeps_anniversary_on(car, day))
        return
    name = FIELDS[plan.trigger]
    for car in cars.filter(**{f"{name}__range": (first, last)}).order_by(name, "pk"):
        yield car.customer, car, getattr(car, name)


def silent(plan, store, today):
    """Yield ``(customer, None, day since which)`` of owners nobody has reached and who have not been here for so long, the latest visit first."""
    since = datetime.combine(today - timedelta(days=plan.offset - 1), time(0), store.zone)
    recent = [
        Attempt.objects.valid().filter(followup__customer=OuterRef("pk"), outcome__in=REACHED, at__gte=since),
        Visit.objects.filter(customer=OuterRef("pk"), arrived_at__gte=since),
        Delivery.objects.filter(customer=OuterRef("pk"), delivered_at__gte=since),
        FollowUp.objects.open().filter(customer=OuterRef("pk"), plan__kind=Plan.Kind.CALL),
    ]
    owners = plan.applying_to_customers(Customer.objects.filter(Exists(Vehicle.objects.owned().filter(customer=OuterRef("pk"))), store=store))
    for rows in recent:
        owners = owners.filter(~Exists(rows.order_by()))
    talks = Attempt.objects.valid().filter(followup__customer=OuterRef("pk"), outcome__in=REACHED)
    owners = owners.filter(created_at__lt=since).annotate(
        came=Max("visits__arrived_at"), talked=Subquery(talks.order_by("-at").values("at")[:1]), got=Max("deliveries__delivered_at")
    )
    for customer in owners.order_by(F("came").desc(nulls_last=True), "pk").iterator(1000):
        yield customer, None, store.local(max(filter(None, [customer.created_at, customer.came, customer.talked, customer.got]))).date()


def withdraw_outdated(now):
    """Take back the calls whose day has moved, whose car has come early, or whose customer somebody has talked to."""
    for followup in FollowUp.objects.open().filter(source_kind=OCCASION).select_related("store", "plan", "vehicle", "customer"):
        reason = lost_reason(followup, date.fromordinal(followup.source_id % DAYS))
        if reason:
            # What somebody finishes just now is finished.
            with suppress(Conflict):
                followup.cancel(reason=reason, now=now)


def lost_reason(followup, day):
    """Return why the occasion is none any more, "" while it is."""
    plan, car = followup.plan, followup.vehicle
    if plan.trigger == Trigger.LAST_CONTACT:
        came = Visit.objects.filter(customer=followup.customer, arrived_at__gt=followup.created_at).exists()
        talked = (
            Attempt.objects.valid().filter(followup__customer=followup.customer, outcome__in=REACHED, at__gt=followup.created_at).exclude(followup=followup)
        )
        return "customer_came" if came else "talked_meanwhile" if talked.exists() else ""
    if car.owner_left_on or car.customer_id != followup.customer_id:
        return "owner_changed"
    if plan.trigger == Trigger.ANNIVERSARY:
        return "" if keeps_anniversary_on(car, day) else "day_moved"
    if plan.trigger == Trigger.MAINTENANCE:
        since = datetime.combine(day - EARLY, time(0), followup.store.zone)
        early = Visit.objects.filter(vehicle=car, kind__in=Visit.MAINTENANCES, arrived_at__gte=since).exclude(status=Visit.Status.CANCELLED)
        if early.exists():
            return "customer_came"
    return "" if getattr(car, FIELDS[plan.trigger]) == day else "day_moved"
