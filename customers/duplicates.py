"""Finding customers of a store who may be the same one: keys that two share, and a score of what else speaks for and against it (AR4)."""

from collections import defaultdict
from itertools import combinations

from django.db import transaction
from django.db.models import Count

from customers.models import Customer, DuplicatePair, Phone

Reason = DuplicatePair.Reason
COMPANY = {"kind": Customer.Kind.COMPANY}
# Two rows are compared when they share one of these: the fields, and what else must hold.
KEYS = [(("phone",), {}), (("name", "phone_tail"), {}), (("name", "birthday"), {}), (("name",), COMPANY)]
# What more rows share, the shop's own number for example, says nothing.
MOST_ALIKE = 8
WEIGHTS = {
    Reason.PHONE: 55,
    Reason.OTHER_PHONE: 50,
    Reason.PHONE_END: 25,
    Reason.NAME: 35,
    Reason.COMPANY: 30,
    Reason.BIRTHDAY: 20,
    Reason.ADDRESS: 10,
    Reason.OTHER_BIRTHDAY: -25,
    Reason.OTHER_GENDER: -15,
}
LEAST = 40
SEEN = ("pk", "kind", "name", "gender", "phone", "phone_tail", "birthday", "address")


@transaction.atomic
def find_duplicates(store):
    """Bring the list of the store up to date and return how many pairs are open; what was told apart stays so."""
    found = {ids: signs for ids, signs in likely_pairs(store).items() if score_of(signs) >= LEAST}
    known = {(pair.first_id, pair.second_id): pair for pair in DuplicatePair.objects.filter(store=store)}
    gone = [pair.pk for ids, pair in known.items() if ids not in found and pair.dismissed_at is None]
    DuplicatePair.objects.filter(pk__in=gone).delete()
    changed = [judged(known[ids], signs) for ids, signs in found.items() if ids in known and known[ids].reasons != signs]
    DuplicatePair.objects.bulk_update(changed, ["reasons", "score"], batch_size=500)
    new = [judged(DuplicatePair(store=store, first_id=ids[0], second_id=ids[1]), signs) for ids, signs in found.items() if ids not in known]
    DuplicatePair.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return DuplicatePair.objects.filter(store=store).open().count()


def judged(pair, signs):
    pair.reasons, pair.score = signs, score_of(signs)
    return pair


def likely_pairs(store):
    """Return ``{(smaller id, larger id): signs}`` of the customers who share a key."""
    pairs, numbers = {}, other_numbers(store)
    keyed = (group for names, more in KEYS for group in groups(Customer.objects.filter(store=store, **more), names))
    for group in (*keyed, *groups_by_other_number(store, numbers)):
        news = [(one, other) for one, other in combinations(group, 2) if (one.pk, other.pk) not in pairs]
        pairs |= {(one.pk, other.pk): signs_of(one, other, numbers) for one, other in news}
    return pairs


def other_numbers(store):
    """Return ``{customer id: numbers}`` of what stands beside the preferred ones."""
    found = defaultdict(set)
    for pk, number in Phone.objects.filter(customer__store=store, customer__merged_into=None).values_list("customer", "phone"):
        found[pk].add(number)
    return found


def groups_by_other_number(store, numbers):
    """Return the lists of rows, ordered by id, that are reached by one number which not all of them prefer."""
    reached = defaultdict(set)
    for pk, own in numbers.items():
        for number in own:
            reached[number].add(pk)
    for pk, number in Customer.objects.filter(store=store, phone__among=set(reached)).values_list("pk", "phone"):
        reached[number].add(pk)
    shared = [pks for pks in reached.values() if 2 <= len(pks) <= MOST_ALIKE]
    rows = {row.pk: row for row in Customer.objects.filter(pk__among=set().union(*shared)).only(*SEEN)}
    return [[rows[pk] for pk in sorted(pks)] for pks in shared]


def groups(rows, names):
    """Return the lists of rows, ordered by id, that have all of ``names`` filled in and equal."""
    for name in names:
        rows = rows.exclude(**{name: None if name == "birthday" else ""})
    shared = rows.order_by().values(*names).annotate(count=Count("pk")).filter(count__range=(2, MOST_ALIKE))
    found = defaultdict(list)
    for row in rows.filter(**{f"{names[0]}__in": shared.values(names[0])}).only(*SEEN).order_by("pk"):
        found[tuple(getattr(row, name) for name in names)].append(row)
    return [group for group in found.values() if 2 <= len(group) <= MOST_ALIKE]


def signs_of(one, other, numbers):
    """Return what speaks for and against the two being one, in the order of the weights; ``numbers`` are those beside the preferred ones."""

    def same(name):
        return bool(getattr(one, name)) and getattr(one, name) == getattr(other, name)

    def differs(name):
        return bool(getattr(one, name) and getattr(other, name)) and getattr(one, name) != getattr(other, name)

    def reached(row):
        return ({row.phone} | numbers.get(row.pk, set())) - {""}

    holding = {
        Reason.PHONE: same("phone"),
        Reason.OTHER_PHONE: bool(reached(one) & reached(other)) and not same("phone"),
        Reason.PHONE_END: same("phone_tail") and not reached(one) & reached(other),
        Reason.NAME: same("name"),
        Reason.COMPANY: same("name") and {one.kind, other.kind} == {Customer.Kind.COMPANY},
        Reason.BIRTHDAY: same("birthday"),
        Reason.ADDRESS: same("address"),
        Reason.OTHER_BIRTHDAY: differs("birthday"),
        Reason.OTHER_GENDER: differs("gender"),
    }
    return [reason.value for reason in WEIGHTS if holding[reason]]


def score_of(signs):
    """Return 0 to 100: how sure it is that the two are one."""
    return min(100, max(0, sum(WEIGHTS[Reason(sign)] for sign in signs)))
