from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import Case, Q, Value, When

from accounts.roles import Role

# Whose unassigned calls a leader takes on besides those of the own role.
STEPS_IN_FOR = {
    Role.SALES_MANAGER: [Role.SALESPERSON],
    Role.CARE_MANAGER: [Role.CARE_AGENT],
    Role.GROUP_MANAGER: [Role.CARE_AGENT],
    Role.ADMINISTRATOR: [Role.CARE_AGENT],
}
MOST_URGENT = 1
PROMISED, URGENT, OTHERS = range(3)
COUNTED_TO = 1000
TRIED_AT_ONCE = 20
ROUNDS = 10


@dataclass(frozen=True)
class Entry:
    """One callable follow-up and its place in the queue."""

    rank: int
    pk: int
    due_at: object
    priority: int
    promised_at: object

    @property
    def place(self):
        """Promised calls whose time has come, then the most urgent ones, then due time, risk, age (FU1)."""
        first = self.promised_at if self.rank == PROMISED else self.due_at
        return self.rank, first, self.priority, self.pk


class QueueQuerySet(models.QuerySet):
    """The queue of one person. Each lane is read from its own partial index, in order and only as far as needed."""

    def callable(self, now):
        """Return the free follow-ups whose time has come."""
        return self.free(now).filter(available_at__lte=now)

    def in_worked_stores(self, user):
        return self.where_allowed(user, "followups.work")

    def of_worker(self, user):
        """Return what ``user`` may work on: assigned to the person, or unassigned and for a role the person holds there."""
        mine = Q(assignee=user)
        for role, store_ids in worked_roles(user).items():
            mine |= Q(assignee=None, role=role) if store_ids is None else Q(assignee=None, role=role, store__in=store_ids)
        return self.in_worked_stores(user).filter(mine)

    def lanes(self, user, now):
        """Return ``[(rank, rows in order)]``: promised, most urgent, assigned to the person, and one lane per role of the team."""
        rows = self.callable(now).in_worked_stores(user)
        due = ["due_at", "priority", "pk"]
        lanes = [
            (PROMISED, rows.promised().of_worker(user).order_by("promised_at")),
            (URGENT, rows.filter(priority=MOST_URGENT).of_worker(user).order_by("due_at")),
            (OTHERS, rows.filter(assignee=user).order_by(*due)),
        ]
        for role, store_ids in worked_roles(user).items():
            team = rows.filter(assignee=None, role=role)
            lanes.append((OTHERS, (team if store_ids is None else team.filter(store__in=store_ids)).order_by(*due)))
        return lanes

    def queue_for(self, user, now, most=COUNTED_TO):
        """Return the first ``most`` entries of each lane, best first, each follow-up once: one query."""
        parts = []
        for rank, lane in self.lanes(user, now):
            # SQLite takes no LIMIT inside UNION, but takes it inside IN.
            part = self.model.objects.filter(pk__in=lane.values("pk")[:most]).order_by()
            parts.append(part.annotate(rank=Value(rank)).values_list("rank", "pk", "due_at", "priority", "promised_at"))
        entries = {}
        for entry in sorted((Entry(*row) for row in parts[0].union(*parts[1:], all=True)), key=lambda entry: entry.place):
            entries.setdefault(entry.pk, entry)
        return list(entries.values())

    def next_for(self, user, now):
        """Claim the best follow-up that is still free and return it; what the person already holds comes first (FU1, T35)."""
        held = self.held_by(user, now).in_worked_stores(user).order_by("claimed_at").first()
        if held is not None:
            return held
        for _round in range(ROUNDS):
            entries = self.queue_for(user, now, TRIED_AT_ONCE)
            if not entries:
                return None
            pks = [entry.pk for entry in entries]
            # Mostly the very best one is free, and asking for one is quicker than for twenty.
            if taken := self.take_first(pks[:1], user, now) or self.take_first(pks[1:], user, now):
                return taken
        return None

    def take_first(self, pks, user, now):
        """Claim the first of ``pks`` nobody is just taking; PostgreSQL skips locked rows, SQLite has one writer at a time."""
        order = Case(*(When(pk=pk, then=place) for place, pk in enumerate(pks)))
        with transaction.atomic():
            row = self.callable(now).filter(pk__in=pks).order_by(order).select_for_update(skip_locked=True, of=("self",)).first()
            return row if row is not None and row.take(user, now) else None


def worked_roles(user):
    """Return ``{role: store ids, or None for all}`` of the roles whose calls the person makes."""
    roles = {}
    for membership in user.held_memberships:
        store_ids = membership.store_ids()
        for role in [membership.role, *STEPS_IN_FOR.get(membership.role, [])]:
            known = roles.get(role, set())
            roles[role] = None if store_ids is None or known is None else known | store_ids
    return roles
