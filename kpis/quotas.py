"""How many mystery shops were due and done (S3-27, S3-29): the quota comes from rules and people, not from rows to be counted."""

from collections import Counter

from django.db.models import Sum

from accounts.models import Membership
from kpis.models import MonthlyFact
from surveys.models import MysteryShopQuota, Side


class Quotas:
    """Quotas and shops done of some stores between two days, read at once."""

    def __init__(self, stores, first, last):
        self.stores = stores
        self.rules = list(MysteryShopQuota.objects.all())
        self.people = people_of(stores, {rule.role for rule in self.rules if rule.role})
        self.done = Counter()
        found = MonthlyFact.objects.filter(store__in=stores, month__gte=first, month__lte=last, part__startswith="shops.")
        for month, store_id, part, employee, n in found.values_list("month", "store_id", "part", "employee_ref").annotate(sum_n=Sum("n")):
            _shops, side, kind = part.split(".")
            for whose in (employee, None):
                self.done[month, store_id, side, kind, whose] += n

    def everyone(self):
        return set().union(*self.people.values())

    def count(self, period, store_id=None, employee=None):
        """Return (done, due); what one person has too many does not make up for what another lacks."""
        done = due = 0
        for month in period.months():
            for rule in self.rules:
                if rule.valid_from <= month.first and (rule.valid_to is None or rule.valid_to >= month.first):
                    for store, whose in self.owers(rule, store_id, employee):
                        due += rule.per_month
                        done += min(rule.per_month, self.shops(rule, month.first, store, whose))
        return done, due

    def owers(self, rule, store_id, employee):
        """Return (store, person) of each one the rule asks for; person None stands for the store as a whole."""
        for store in self.stores:
            if store_id in (None, store.pk):
                if rule.role:
                    yield from ((store.pk, person) for person in self.people[store.pk, rule.role] if employee in (None, person))
                elif employee is None:
                    yield store.pk, None

    def shops(self, rule, month, store_id, whose):
        sides = [rule.side] if rule.side else list(Side)
        return sum(self.done[month, store_id, side, rule.kind, whose] for side in sides)


def people_of(stores, roles):
    """Return the active people of each (store, role) who work in that very store, as the list of shortfalls does."""
    people = {(store.pk, role): set() for store in stores for role in roles}
    members = Membership.objects.filter(store__in=stores, role__in=roles, user__is_active=True)
    for store_id, role, user_id in members.values_list("store_id", "role", "user_id"):
        people[store_id, role].add(user_id)
    return people
