"""Sorting customers into loyal, ordinary, at risk and lost every night (S2-01)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Max, Q

from customers.models import Customer
from stores.calendar import add_months
from stores.models import Store
from visits.models import Delivery, LoyaltyRule, Visit

AT_ONCE = 500
Loyalty = Customer.Loyalty


@dataclass(frozen=True)
class Limits:
    """The rule of a day as instants of one store: since when a visit counts, and since when one must have been here."""

    loyal_visits: int
    counted_since: datetime
    here_since: datetime
    lost_before: datetime

    def classify(self, last, visits):
        """Return the class of a customer last here at ``last``, None for never."""
        if last is None:
            return ""
        if last < self.here_since:
            return Loyalty.AT_RISK if last >= self.lost_before else Loyalty.LOST
        return Loyalty.LOYAL if visits >= self.loyal_visits else Loyalty.ORDINARY


def limits_of(rule, store, today):
    def months_ago(months):
        return datetime.combine(add_months(today, -months), time.min, store.zone)

    return Limits(rule.loyal_visits, months_ago(rule.loyal_months), months_ago(rule.at_risk_months), months_ago(rule.lost_months))


def classify_customers(now=None):
    """Give every customer the class of today; return how many have changed. The moment of the last change stays: nobody has changed the record."""
    changed = 0
    for store in Store.objects.all():
        today = store.today(now)
        rule = LoyaltyRule.objects.in_force(today)
        if rule is not None:
            changed += classify_store(store, limits_of(rule, store, today), today)
    return changed


def classify_store(store, limits, today):
    visits = Visit.objects.filter(store=store).exclude(status=Visit.Status.CANCELLED)
    counted = Count("pk", filter=Q(arrived_at__gte=limits.counted_since))
    here = {pk: (last, number) for pk, last, number in visits.order_by().values_list("customer").annotate(last=Max("arrived_at"), number=counted)}
    bought = dict(Delivery.objects.filter(store=store).order_by().values_list("customer").annotate(Max("delivered_at")))
    moved = defaultdict(list)
    for pk, before in Customer.objects.filter(store=store).order_by().values_list("pk", "loyalty"):
        last, number = here.get(pk, (None, 0))
        after = limits.classify(max(filter(None, [last, bought.get(pk)]), default=None), number)
        if after != before:
            moved[after].append(pk)
    for after, pks in moved.items():
        for start in range(0, len(pks), AT_ONCE):
            Customer.objects.filter(pk__in=pks[start : start + AT_ONCE]).update(loyalty=after, loyalty_on=today)
    return sum(map(len, moved.values()))
