"""One box for plates, VINs, phones and names: what matched and why, the surest first (UX9).

Of a phone only the last four digits or the whole number match, so that nobody unmasks a number digit by digit (T32).
"""

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from customers.models import Customer, Vehicle
from customers.numbers import PROVINCES, normal_phone, plain

SHORTEST = 2
MOST_HITS = 20
PLATE_PART = re.compile(rf"[A-Z0-9{PROVINCES}挂学警港澳使领]+")
REASONS = {
    1: _("VIN"),
    2: _("Phone"),
    3: _("Plate"),
    4: _("End of the VIN"),
    5: _("Last 4 digits of the phone"),
    6: _("End of the plate"),
    7: _("Name"),
    8: _("Start of the name"),
    9: _("Part of the plate"),
    10: _("Part of the name"),
    11: _("Initials of the name"),
    12: _("Pinyin of the name"),
    13: _("Name and last 4 digits of the phone"),
    14: _("Name of the company"),
}
# Whatever meets the first meets the second too: one comparison a row is enough.
COVERED = {3: 9, 6: 9, 7: 10, 8: 10}


@dataclass(frozen=True)
class Hit:
    """A customer, or a car with its owner."""

    customer: Customer
    vehicle: Vehicle | None
    rank: int

    @property
    def reason(self):
        return REASONS[self.rank]

    @property
    def url(self):
        return (self.vehicle or self.customer).get_absolute_url()


def find(user, text, permission="customers.view"):
    """Return what ``user`` may see and most likely means, at most ``MOST_HITS``."""
    cars = ranked(Vehicle.objects.where_allowed(user, permission).select_related("customer"), vehicle_ranks(text))
    people = ranked(Customer.objects.where_allowed(user, permission), customer_ranks(text))
    hits = [Hit(car.customer, car, car.rank) for car in cars] + [Hit(person, None, person.rank) for person in people]
    return sorted(hits, key=lambda hit: hit.rank)[:MOST_HITS]


def vehicle_ranks(text):
    """Return ``[(rank, condition)]`` by which ``text`` may mean a car."""
    part = re.sub(r"[\s·.•-]", "", plain(text)).upper()
    if len(part) < SHORTEST or not PLATE_PART.fullmatch(part):
        return []
    ranks = [(3, Q(plate=part)), (6, Q(plate__endswith=part)), (9, Q(plate__contains=part))]
    if len(part) == 17:
        return [(1, Q(vin=part))]
    if len(part) >= 6:
        ranks.append((4, Q(vin_tail=part[-6:], vin__endswith=part)))
    return sorted(ranks, key=lambda ranking: ranking[0])


def customer_ranks(text):
    """Return ``[(rank, condition)]`` by which ``text`` may mean a person or a company."""
    name = plain(text)
    digits = re.sub(r"[\s-]", "", name)
    if re.fullmatch(r"\+?\d+", digits):
        return [(5, Q(phone_tail=digits))] if len(digits) == 4 else whole_phone(digits)
    if len(name) < SHORTEST:
        return []
    return [(7, Q(name=name)), (8, Q(name__istartswith=name)), (10, Q(name__icontains=name)), *pinyin_ranks(name)]


def pinyin_ranks(name):
    """Letters alone may be the initials of a name, or the beginning of its pinyin."""
    letters = name.replace(" ", "").replace("'", "").lower()
    if not (letters.isascii() and letters.isalpha()):
        return []
    return [(11, Q(name_key__startswith=f"{letters} ")), (12, Q(name_key__contains=f" {letters}"))]


def whole_phone(digits):
    try:
        return [(2, Q(phone=normal_phone(digits)))]
    except DomainError:
        return []


def ranked(queryset, ranks):
    """Return the first rows that meet any condition, each with the ``rank`` of the surest it meets."""
    if not ranks:
        return []
    whens = [When(condition, then=Value(rank)) for rank, condition in ranks]
    return queryset.filter(any_of(ranks)).annotate(rank=Case(*whens, output_field=IntegerField())).order_by("rank", "-updated_at", "pk")[:MOST_HITS]


def any_of(ranks):
    """Return the condition that holds when any of ``ranks`` does."""
    asked = dict(ranks)
    return reduce(or_, (condition for rank, condition in ranks if COVERED.get(rank) not in asked), Q(pk__in=[]))
