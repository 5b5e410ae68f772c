"""Sharing the calls of the team out among those on shift, and what each of them has done today (FU15)."""

from dataclasses import dataclass, field
from datetime import datetime, time

from django.db import transaction
from django.db.models import Case, Count, F, Q, When
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from activity.services import record
from common.errors import NotAllowed
from followups.models import Attempt, FollowUp, Plan, Shift
from followups.models.queue import worked_roles
from followups.queue import household_of
from followups.staffing.forecast import pace_of
from notifications.services import notify


@dataclass
class Load:
    """One person today: ``open`` calls assigned, ``room`` is what the shift still holds of them."""

    person: object
    shift: object
    open: int = 0
    done: int = 0
    held: int = 0
    room: int = 0
    roles: str = ""
    worked: float = 0

    @property
    def per_hour(self):
        return self.done / self.worked if self.worked and self.done else None


def loads(store, now=None, pace=None):
    """Return a :class:`Load` for every care agent, and for everybody else who is on shift today or has calls open here."""
    now = now or timezone.now()
    today, pace = store.today(now), (pace or pace_of(store, now)).calls
    morning = datetime.combine(today, time(0), store.zone)
    shifts = {shift.person_id: shift for shift in Shift.objects.filter(store=store, date=today)}
    calls = FollowUp.objects.open().filter(store=store, plan__kind=Plan.Kind.CALL)
    assigned = dict(calls.exclude(assignee=None).order_by().values_list("assignee").annotate(Count("pk")))
    held = dict(calls.filter(lease_until__gte=now).order_by().values_list("claimed_by").annotate(Count("pk")))
    talks = Attempt.objects.valid().contacts().filter(followup__store=store, at__gte=morning)
    done = dict(talks.order_by().values_list("by").annotate(Count("pk")))
    agents = Membership.objects.filter(store=store, role=Role.CARE_AGENT, user__is_active=True).values_list("user", flat=True)
    people = User.objects.filter(pk__in={*shifts, *assigned, *held, *done, *agents}).prefetch_related("memberships").order_by("name")
    found = []
    for person in people:
        load = Load(person, shifts.get(person.pk), assigned.get(person.pk, 0), done.get(person.pk, 0), held.get(person.pk, 0))
        load.roles = ", ".join(sorted({str(each.get_role_display()) for each in person.memberships.all()}))
        load.worked = load.shift.hours - load.shift.hours_left(store.local(now)) if load.shift else 0
        load.room = max(round(load.shift.hours_left(store.local(now)) * pace) - load.open, 0) if load.shift and person.is_here(today) else 0
        found.append(load)
    return found


def unassigned(store, now):
    """Count what is due today and nobody has."""
    return due_today(store, now).count()


def due_today(store, now):
    evening = datetime.combine(store.today(now), time.max, store.zone)
    free = FollowUp.objects.free(now).filter(store=store, assignee=None, plan__kind=Plan.Kind.CALL)
    return free.filter(Q(due_at__lte=evening) | Q(promised_at__lte=evening))


@transaction.atomic
def share_out(store, *, by, now=None):
    """Assign what is due today and nobody has, promised calls first: to who has most room on the shift, one household to one person.

    Nobody gets more than the shift holds; what is left stays with the team. Return ``{person: how many}``.
    """
    if not by.may("followups.assign", store.pk):
        raise NotAllowed
    now = now or timezone.now()
    order = [F("promised_at").asc(nulls_last=True), Case(When(priority=1, then=0), default=1), "due_at", "pk"]
    calls = list(due_today(store, now).select_related("customer", "plan").select_for_update(of=("self",)).order_by(*order))
    hands, hand_of = [Hand(load.person, load.room) for load in loads(store, now)], {}
    for call in calls:
        household = household_of(call)
        hand = hand_of.get(household)
        if hand is None or not hand.room:
            hand = roomiest([hand for hand in hands if hand.works_for(call.role, store)])
        if hand is not None:
            hand_of[household] = hand
            hand.take(call)
    return {hand.person: hand.give(by) for hand in hands if hand.taken}


@dataclass
class Hand:
    """Somebody on shift, and the calls put into this hand so far."""

    person: object
    room: int
    taken: list = field(default_factory=list)

    def works_for(self, role, store):
        roles = worked_roles(self.person)
        return role in roles and (roles[role] is None or store.pk in roles[role])

    def take(self, call):
        self.room -= 1
        self.taken.append(call)

    def give(self, by):
        """Write the person into each call and tell them once; return how many these are."""
        pks = [call.pk for call in self.taken]
        FollowUp.objects.open().filter(pk__in=pks, assignee=None).update(assignee=self.person)
        for call in self.taken:
            record("followup.assigned", call, by=by, assignee=self.person.pk, name=self.person.name)
        if self.person != by:
            notify([self.person], "followup.shared_out", self.taken[0], number=len(pks))
        return len(pks)


def roomiest(hands):
    return min((hand for hand in hands if hand.room), key=lambda hand: (-hand.room, hand.person.name), default=None)
