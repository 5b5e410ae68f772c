"""Planning follow-ups from hand-overs, deliveries and answered complaints, and the sweeps over what is planned."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import announce_days
from common.bulk import OnConflict, load
from common.errors import Conflict, DomainError
from customers.models import Channel, Consent, Purpose
from followups.deadlines import Deadlines
from followups.household import can_share, held_household
from followups.models import NO_SHOW, VERIFICATION, FollowUp, Plan
from followups.outcomes import OUTCOMES, Outcome
from stores.models import Store
from surveys.models import Response
from visits.models import Delivery, Visit

LOOK_BACK = timedelta(days=14)
BATCH = 100_000
# Why a call is not made whose purpose the customer refuses.
REFUSALS = {
    Purpose.SURVEY: FollowUp.Exemption.REFUSED,
    Purpose.REMINDER: FollowUp.Exemption.NO_REMINDERS,
    Purpose.SERVICE: FollowUp.Exemption.NO_SERVICE,
}
ONCE = OnConflict(key=("plan", "source_kind", "source_id"))


@dataclass(frozen=True)
class Source:
    """The rows one trigger plans from; ``cells`` are all that planning reads of them."""

    kind: str
    model: type
    moment: str
    person_cells: tuple = ()

    @property
    def cells(self):
        phones = ["customer__phone", "sender_phone"] if self.model is Visit else ["customer__phone"]
        return ["pk", "customer_id", "vehicle_id", self.moment, "customer__do_not_call_at", "customer__restricted_at", *self.person_cells, *phones]

    def rows(self, plan, store, **bounds):
        """Return the rows of ``store`` the plan applies to."""
        return plan.applying(self.all_rows(store, **bounds))

    def all_rows(self, store, **bounds):
        """Return what has happened in ``store``, in no order: to keep the usual one, SQLite walks through all of them."""
        rows = self.model.objects.filter(store=store, **bounds).order_by()
        return rows.handed_over() if self.model is Visit else rows

    def unplanned(self, plan, rows):
        """Return the sorted ids of the ``rows`` the plan has no follow-up for.

        The difference is taken here and not in SQL: fresh statistics are missing exactly after a large import, and then
        PostgreSQL may join row by row.
        """
        pks = set(rows.values_list("pk", flat=True))
        if not pks:
            return []
        planned = FollowUp.objects.filter(plan=plan, source_kind=self.kind, source_id__range=(min(pks), max(pks))).order_by()
        return sorted(pks.difference(planned.values_list("source_id", flat=True)))


SOURCES = {
    Plan.Trigger.HAND_OVER: Source("visit", Visit, "handed_over_at"),
    Plan.Trigger.DELIVERY: Source("delivery", Delivery, "delivered_at", ("salesperson_id", "salesperson__is_active", "salesperson__absent_until")),
}


def plan_for_visit(visit):
    """Plan the calls after a service."""
    return plan_for(visit, Plan.Trigger.HAND_OVER, visit.handed_over_at)


def plan_for_delivery(delivery):
    """Plan letter and calls after a delivery."""
    return plan_for(delivery, Plan.Trigger.DELIVERY, delivery.delivered_at)


@transaction.atomic
def plan_for(row, trigger, moment):
    plans = Plan.objects.triggered_by(trigger).valid_on(row.store.today(moment))
    return sum(plan_missing(plan, row.store, SOURCES[trigger].rows(plan, row.store, pk=row.pk)) for plan in plans)


def plan_due(now=None):
    """Plan what the last days' hand-overs and deliveries still lack, imported ones above all; safe to run at any time.

    1. For every plan and store, take the rows without a follow-up of this plan, in batches.
    2. Insert their follow-ups; the unique key passes over what somebody else has planned meanwhile.
    3. Take customers who want no calls any more out of the open calls.
    """
    now = now or timezone.now()
    stores = list(Store.objects.all())
    planned = sum(sweep(plan, store, now) for plan in Plan.objects.filter(trigger__in=SOURCES) for store in stores)
    exempt_stopped(now)
    return planned


def sweep(plan, store, now):
    source = SOURCES[plan.trigger]
    since, until = valid_span(plan, store, now - LOOK_BACK, now)
    return plan_missing(plan, store, source.rows(plan, store, **{f"{source.moment}__gte": since, f"{source.moment}__lte": until}))


def plan_missing(plan, store, rows):
    """Plan what ``rows`` still lack, each batch in a transaction of its own."""
    missing = SOURCES[plan.trigger].unplanned(plan, rows)
    batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
    return sum(plan_rows(plan, store, rows.filter(pk__range=(batch[0], batch[-1])), set(batch)) for batch in batches)


def valid_span(plan, store, since, until):
    """Cut the span to the days on which the plan is valid."""
    since = max(since, datetime.combine(plan.valid_from, time(0), store.zone))
    if plan.valid_to:
        until = min(until, datetime.combine(plan.valid_to, time.max, store.zone))
    return since, until


@transaction.atomic
def plan_rows(plan, store, rows, pks):
    """Insert the follow-ups of those ``rows`` that are among ``pks`` and return how many are new."""
    source, deadlines, found = SOURCES[plan.trigger], Deadlines(plan, store), defaultdict(list)
    for exemption, cells in outlines(plan, store, rows, deadlines):
        if cells[0] in pks:
            found[exemption].append(cells)
    columns = ["source_id", f"{source.kind}_id", "customer_id", "vehicle_id", "assignee_id", "due_at", "due_steps", "available_at"]
    shared = {"store_id": store.pk, "plan_id": plan.pk, "source_kind": source.kind, "role": plan.role, "priority": plan.priority}
    number = sum(load(FollowUp, columns, rows, ONCE, shared | ending_of(exemption)).inserted for exemption, rows in found.items())
    announce_days(store.pk, *deadlines.due_days)
    return number


def outlines(plan, store, rows, deadlines):
    """Yield ``(exemption, (source, the same, customer, vehicle, assignee, due at, steps, callable from))`` of every row; nothing is written."""
    source, refusing = SOURCES[plan.trigger], refusing_customers(plan, store)
    for pk, customer_id, vehicle_id, start, stopped_at, restricted_at, *others in rows.values_list(*source.cells).iterator(5000):
        seller, phones = others[: len(source.person_cells)], others[len(source.person_cells) :]
        assignee_id = seller[0] if plan.to_salesperson and seller and is_here(store, *seller[1:]) else None
        exemption = exemption_of(plan, any(phones), stopped_at, customer_id in refusing, restricted_at)
        yield exemption, (pk, pk, customer_id, vehicle_id, assignee_id, *deadlines.of(start))


def is_here(store, is_active, absent_until):
    return bool(is_active) and (absent_until is None or absent_until <= store.today())


def ending_of(exemption):
    """Return what is set on a follow-up that is over before it began; nothing where there is no exemption."""
    return {"status": FollowUp.Status.INELIGIBLE, "exemption": exemption, "finished_at": timezone.now()} if exemption else {}


def exemption_of(plan, has_phone, stopped_at, is_refused=False, restricted_at=None):
    """Return why a call makes no sense; a letter or a visit always does. Who brought the car in can be called as well as its owner."""
    if restricted_at:
        return FollowUp.Exemption.RESTRICTED
    if not plan.is_call:
        return ""
    if stopped_at or is_refused:
        return FollowUp.Exemption.DO_NOT_CALL if stopped_at else REFUSALS[plan.purpose]
    return "" if has_phone else FollowUp.Exemption.NO_PHONE


def refusing_customers(plan, store):
    """Return the ids of the customers who refuse the calls of the plan (AR8); these are few."""
    if not (plan.is_call and plan.purpose):
        return set()
    return set(Consent.objects.filter(store=store).refused(plan.purpose, Channel.PHONE).values_list("customer", flat=True))


@transaction.atomic
def plan_verification(*, complaint_round, complaint):
    """Plan the call that asks the customer whether the answered round settled the complaint (S3-32)."""
    start = complaint_round.answered_at or timezone.now()
    plan = Plan.objects.triggered_by(Plan.Trigger.COMPLAINT_ANSWERED).valid_on(complaint.store.today(start)).first()
    if plan is None:
        raise DomainError(_("No follow-up plan for answered complaints is valid."), code="plan_missing")
    due_at, steps, available_at = Deadlines(plan, complaint.store).of(start)
    links = {name: getattr(complaint, name) for name in ("store", "customer", "vehicle", "visit", "delivery")}
    rules = {"role": plan.role, "priority": plan.priority, "due_at": due_at, "due_steps": steps, "available_at": available_at}
    if complaint.customer.restricted_at:
        rules |= ending_of(FollowUp.Exemption.RESTRICTED)
    followup, is_new = FollowUp.objects.get_or_create(plan=plan, source_kind=VERIFICATION, source_id=complaint_round.pk, defaults=links | rules)
    if is_new:
        announce_days(followup.store_id, followup.due_day)
    return followup


@transaction.atomic
def plan_no_show(appointment):
    """Plan the one call to a customer who did not come (VI5); None where the group makes no such calls."""
    now = timezone.now()
    plan = Plan.objects.triggered_by(Plan.Trigger.NO_SHOW).valid_on(appointment.store.today(now)).first()
    if plan is None:
        return None
    due_at, steps, available_at = Deadlines(plan, appointment.store).of(now)
    links = {name: getattr(appointment, name) for name in ("store", "customer", "vehicle")}
    rules = {"role": plan.role, "priority": plan.priority, "due_at": due_at, "due_steps": steps, "available_at": available_at}
    customer = appointment.customer
    is_refused = customer.pk in refusing_customers(plan, appointment.store)
    ending = ending_of(exemption_of(plan, bool(customer.phone), customer.do_not_call_at, is_refused, customer.restricted_at))
    followup, is_new = FollowUp.objects.get_or_create(plan=plan, source_kind=NO_SHOW, source_id=appointment.pk, defaults=links | rules | ending)
    if is_new:
        announce_days(followup.store_id, followup.due_day)
    return followup


def withdraw_no_show(appointment):
    """Take the call back: the car has come after all; a call finished meanwhile stands."""
    for followup in FollowUp.objects.open().filter(source_kind=NO_SHOW, source_id=appointment.pk).select_related("store"):
        with suppress(Conflict):
            followup.cancel(reason="customer_came")


def exempt_stopped(now):
    """Take customers who have asked for no more calls, or for no questions about their satisfaction, out of the open calls, wherever they asked."""
    FollowUp.objects.calls().filter(customer__do_not_call_at__isnull=False).exempt_all(FollowUp.Exemption.DO_NOT_CALL, now=now)
    for purpose, exemption in REFUSALS.items():
        FollowUp.objects.refused(purpose).exempt_all(exemption, now=now)
    FollowUp.objects.open().filter(customer__restricted_at__isnull=False).exempt_all(FollowUp.Exemption.RESTRICTED, now=now)


def free_abandoned(now=None):
    """Put back what was claimed and left alone until the lease was over."""
    now = now or timezone.now()
    for followup in FollowUp.objects.abandoned(now).select_related("store"):
        followup.free_abandoned(now)


def take_back(now=None):
    """Give the team back what is assigned to people who have left or make no calls in that store any more (T18)."""
    now = now or timezone.now()
    assigned = FollowUp.objects.open().filter(assignee__isnull=False)
    pairs = list(assigned.order_by().values_list("assignee", "store").distinct())
    people = User.objects.in_bulk({assignee_id for assignee_id, _store_id in pairs})
    for assignee_id, store_id in pairs:
        if not people[assignee_id].may("followups.work", store_id):
            for followup in assigned.filter(assignee=assignee_id, store=store_id):
                followup.take_back(now)


def log_call(followup, outcome, *, by, note="", answers=None, also=(), **particulars):
    """Submit the answers of a call and log its outcome, both or neither.

    ``also`` are ids of other calls of the household it settles, ``particulars`` are further ones of ``FollowUp.log``.

    Sent twice (a double click) it happens once (T38). When somebody else has the follow-up by now, the note is kept as a remark (T37).
    """
    phone = particulars.get("phone")
    # The caller who goes on with another number still holds it, so nothing else would notice.
    if followup.is_open and followup.holder() == by and followup.is_repetition(outcome, note, by=by, phone=phone):
        return followup
    try:
        with transaction.atomic():
            response = submit_answers(followup, outcome, answers, note, by)
            followup.log(outcome, by=by, note=note, response=response, **particulars)
            share_outcome(followup, outcome, also, by=by, **particulars)
    except Conflict:
        followup.refresh_from_db()
        if followup.is_repetition(outcome, note, by=by, phone=phone):
            return followup
        followup.remark(note, by=by)
        raise
    return followup


def share_outcome(followup, outcome, also, *, by, next_at=None, phone=None, **evidence):
    """Log the same outcome for the other calls of the household, as one and the same contact (FU11).

    What the household shares is the preferred number: another one that failed says nothing of the others in it.
    """
    talk = followup.attempts.first()
    for other in held_household(followup, by, timezone.now()) if also else ():
        is_own = other.customer_id == followup.customer_id
        if other.pk in also and can_share(outcome, other) and (is_own or not phone or OUTCOMES[outcome].is_contact):
            other.log(outcome, by=by, next_at=next_at, phone=phone if is_own else None, joined_to=talk, **evidence)


def submit_answers(followup, outcome, answers, note, by):
    """Return the submitted response of a completed interview, None for every other outcome."""
    questionnaire = followup.plan.questionnaire()
    if outcome != Outcome.OK or questionnaire is None:
        if answers:
            raise DomainError(_("Answers are only taken with the outcome “Completed”."), code="answers_without_interview", field="answers")
        return None
    if not answers:
        raise DomainError(_("Fill in the questionnaire, or choose another outcome."), code="answers_missing", field="answers")
    return response_of(followup, questionnaire, note).submit(answers, by=by)


def response_of(followup, questionnaire, note):
    """Return the unsaved response of this call, counted on the day of the service or delivery."""
    visit, delivery = followup.visit, followup.delivery
    served_at = visit.handed_over_at if visit and visit.handed_over_at else delivery.delivered_at if delivery else timezone.now()
    employee = visit.advisor if visit else delivery.salesperson if delivery else None
    context = {"customer": followup.customer, "vehicle": followup.vehicle, "visit": visit, "delivery": delivery, "employee": employee, "remark": note}
    return Response(store=followup.store, questionnaire=questionnaire, served_on=followup.store.today(served_at), **context)
