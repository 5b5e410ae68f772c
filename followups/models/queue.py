from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.models import Case, When

from accounts.roles import Role

# Whose unassigned calls a leader takes on besides those of the own role.
STEPS_IN_FOR = {
    Role.SALES_MANAGER: [Role.SALESPERSON],
    Role.CARE_MANAGER: [Role.CARE_AGENT],
    Role.GROUP_MANAGER: [Role.CARE_AGENT],
    Role.ADMINISTRATOR: [Role.CARE_AGENT],
}
MOST_URGENT = 1
PROMISED, URGENT, OTHERS, PROMISED_LATER = range(4)
COUNTED_TO = 100
TRIED_AT_ONCE = 20
ROUNDS = 10


class Entry(NamedTuple):
    """One follow-up of a queue."""

    rank: int
    priority: int
    pk: int
    is_overdue: bool


class QueueQuerySet(models.QuerySet):
    """The queue of one person. Each lane is read from its own partial index, in order and only as far as needed."""

    def callable(self, now):
        """Return the free follow-ups whose time has come."""
        return self.free(now).filter(available_at__lte=now)

    def in_worked_stores(self, user):
        return self.where_allowed(user, "followups.work")

    def queue_for(self, user, now, most=COUNTED_TO):
        """Return the entries of the person's queue, at most ``most`` of each lane.

        Promised calls whose time has come stand first, then the most urgent ones, then due time, risk, age; later promises come last (FU1).

        One statement by hand: each lane reads one partial index in order and stops, and building it with the ORM
        would take ten times longer than answering it.
        """
        sql, parameters = Lanes(self.model, user, now, most).statement()
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            rows = cursor.fetchall()
        best = {}
        for entry in map(Entry._make, rows):
            best.setdefault(entry.pk, entry)
        return list(best.values())

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
            rows = self.callable(now).select_related("plan", "customer").filter(pk__in=pks).order_by(order)
            row = rows.select_for_update(skip_locked=True, of=("self",)).first()
            return row if row is not None and row.take(user, now) else None


@dataclass
class Lanes:
    """The SQL of one person's queue; see the partial indexes of ``FollowUp``."""

    model: type
    user: object
    now: object
    most: int

    def statement(self):
        moment = connection.ops.adapt_datetimefield_value(self.now)
        self.parameters = {"now": moment, "me": self.user.pk, "most": self.most}
        team = [f"assignee_id IS NULL AND role = {self.named(role)}{self.among(ids)}" for role, ids in worked_roles(self.user).items()]
        anybodys = " OR ".join(f"({part})" for part in ["assignee_id = %(me)s", *team])
        callable_now = "available_at <= %(now)s"
        lanes = [
            self.lane(PROMISED, "promised_at", f"{callable_now} AND promised_at IS NOT NULL AND ({anybodys})"),
            self.lane(PROMISED_LATER, "promised_at", f"available_at > %(now)s AND promised_at IS NOT NULL AND ({anybodys})"),
            self.lane(URGENT, "due_at", f"{callable_now} AND priority = {MOST_URGENT} AND ({anybodys})"),
            self.lane(OTHERS, "due_at", f"{callable_now} AND assignee_id = %(me)s"),
            *(self.lane(OTHERS, "due_at", f"{callable_now} AND {part}") for part in team),
        ]
        return f"SELECT rank, priority, id, is_overdue FROM ({' UNION ALL '.join(lanes)}) AS lanes ORDER BY rank, moment, priority, id", self.parameters

    def lane(self, rank, moment, condition):
        free = "status = 'open' AND (claimed_by_id IS NULL OR lease_until < %(now)s)"
        stores = self.among(self.user.store_ids_with("followups.work"))
        order = "due_at, priority, id" if moment == "due_at" else moment
        return (
            f"SELECT * FROM (SELECT {rank} AS rank, {moment} AS moment, priority, id, due_at < %(now)s AS is_overdue FROM {self.model._meta.db_table}"
            f" WHERE {free}{stores} AND {condition} ORDER BY {order} LIMIT %(most)s) AS lane_{len(self.parameters)}"
        )

    def among(self, store_ids):
        """Return the condition on the store; ids are numbers of ours and safe to write out."""
        if store_ids is None:
            return ""
        return f" AND store_id IN ({', '.join(str(int(store_id)) for store_id in sorted(store_ids)) or 'NULL'})"

    def named(self, value):
        """Bind ``value`` under a name of its own."""
        name = f"value_{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"


def worked_roles(user):
    """Return ``{role: store ids, or None for all}`` of the roles whose calls the person makes."""
    roles = {}
    for membership in user.held_memberships:
        store_ids = membership.store_ids()
        for role in [membership.role, *STEPS_IN_FOR.get(membership.role, [])]:
            known = roles.get(role, set())
            roles[role] = None if store_ids is None or known is None else known | store_ids
    return roles
