"""Who takes what of a person's open work, and what a handoff has come to; nothing here writes."""

import heapq
from collections import Counter, defaultdict

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import DomainError
from customers.models import Customer
from handoffs.kinds import BY_CODE, KINDS


def colleagues(store, person):
    """Return the people of ``store`` who could take something over, by name; who is absent takes nothing."""
    able = User.objects.none()
    for permission in {kind.permission for kind in KINDS}:
        able = able | User.objects.with_permission(permission, store)
    return able.exclude(pk=person.pk).present(store.today()).distinct().order_by("name", "pk")


def open_counts(store, person, back_on=None):
    """Return ``[(kind, how many)]`` of what ``person`` has open."""
    return [(kind, kind.rows_until(store, person, back_on).count()) for kind in KINDS]


def share_out(store, person, successors, back_on=None):
    """Return ``{kind: [(row id, customer id, successor)]}``, nothing written.

    Each row goes to the successor with the least of its kind open; what belongs to one customer stays in one hand
    where that person may take it.
    """
    hand_of, shares = {}, {}
    for kind in KINDS:
        customer_id = "pk" if kind.model is Customer else "customer_id"
        rows = list(kind.rows_until(store, person, back_on).values_list("pk", customer_id))
        if rows:
            shares[kind] = share_kind(kind, store, rows, able_to(kind, store, successors), hand_of)
    return shares


def able_to(kind, store, successors):
    able = [user for user in successors if user.may(kind.permission, store.pk)]
    if not able:
        message = _("Nobody chosen may take over: %(what)s.") % {"what": kind.label}
        raise DomainError(message, code="nobody_able", field="successors")
    return able


def share_kind(kind, store, rows, able, hand_of):
    loads = Counter(dict(kind.all_open(store).filter(**{f"{kind.field}__in": able}).order_by().values_list(kind.field).annotate(Count("pk"))))
    heap = [(loads[user.pk], number) for number, user in enumerate(able)]
    heapq.heapify(heap)
    place = {user: number for number, user in enumerate(able)}
    extra, shared = Counter(), []
    for pk, customer_id in rows:
        user = hand_of.get(customer_id)
        if user in place:
            extra[place[user]] += 1
        else:
            user = able[lightest(heap, extra)]
        if customer_id:
            hand_of[customer_id] = user
        shared.append((pk, customer_id, user))
    return shared


def lightest(heap, extra):
    """Return the number of who has least, and count one more for them; ``extra`` is what came past the heap."""
    load, number = heapq.heappop(heap)
    while extra[number]:
        load, number = heapq.heappushpop(heap, (load + extra.pop(number), number))
    heapq.heappush(heap, (load + 1, number))
    return number


def left_behind(store):
    """Return ``[(person, how many)]`` of open work whose person is no longer here or may not do it any more."""
    found = Counter()
    for kind in KINDS:
        here = User.objects.with_permission(kind.permission, store).values("pk")
        rows = kind.all_open(store).exclude(**{f"{kind.field}__isnull": True}).exclude(**{f"{kind.field}__in": here})
        found.update(dict(rows.order_by().values_list(kind.field).annotate(Count("pk"))))
    people = User.objects.in_bulk(found)
    return sorted(((people[pk], number) for pk, number in found.items()), key=lambda pair: -pair[1])


def shares_by_person(shares):
    """Return ``[(successor, [(kind, how many)], sum)]`` for a table with the kinds as columns."""
    people = {}
    for kind, rows in shares.items():
        for _pk, _customer_id, to in rows:
            people.setdefault(to, Counter())[kind] += 1
    return [(to, [(kind, counts[kind]) for kind in shares], sum(counts.values())) for to, counts in sorted(people.items(), key=lambda pair: pair[0].name)]


def sums_of(handoff):
    """Return ``[(successor, [(kind, passed, returned)])]`` of what a handoff did."""
    rows = handoff.items.values_list("to", "kind", "is_returned").annotate(Count("pk")).order_by("to", "kind")
    people = User.objects.in_bulk({row[0] for row in rows})
    sums = defaultdict(lambda: defaultdict(Counter))
    for to, kind, is_returned, number in rows:
        sums[people[to]][BY_CODE[kind]][is_returned] += number
    return [(to, [(kind, sum(one.values()), one[True]) for kind, one in kinds.items()]) for to, kinds in sums.items()]
