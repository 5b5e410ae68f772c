"""One box for plates, VINs, phones and names: what matched and why, the surest first (UX9).

Of a phone only the last four digits or the whole number match, so that nobody unmasks a number digit by digit (T32).
"""

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from customers.models import Customer, PastPlate, Phone, Vehicle
from customers.numbers import PROVINCES, normal_phone, plain

SHORTEST = 2
MOST_HITS = 20
PHONE_END, SHORTEST_PAST_PLATE = 4, 4
PLATE_PART = re.compile(rf"[A-Z0-9{PROVINCES}挂学警港澳使领]+")


class Rank(models.IntegerChoices):
    """Why something was found, the surest first."""

    VIN = 1, _("VIN")
    PHONE = 2, _("Phone")
    OTHER_PHONE = 3, _("Another phone of the customer")
    PLATE = 4, _("Plate")
    PAST_PLATE = 5, _("Former plate")
    VIN_END = 6, _("End of the VIN")
    PHONE_END = 7, _("Last 4 digits of the phone")
    OTHER_PHONE_END = 8, _("Last 4 digits of another phone")
    PLATE_END = 9, _("End of the plate")
    PAST_PLATE_END = 10, _("End of a former plate")
    NAME = 11, _("Name")
    NAME_START = 12, _("Start of the name")
    PLATE_PART = 13, _("Part of the plate")
    NAME_PART = 14, _("Part of the name")
    INITIALS = 15, _("Initials of the name")
    PINYIN = 16, _("Pinyin of the name")
    NAME_AND_PHONE_END = 17, _("Name and last 4 digits of the phone")
    COMPANY = 18, _("Name of the company")


FORMER = (Rank.PAST_PLATE, Rank.PAST_PLATE_END)
# Whatever meets the first meets the second too: one comparison a row is enough.
COVERED = {
    Rank.PLATE: Rank.PLATE_PART,
    Rank.PLATE_END: Rank.PLATE_PART,
    Rank.NAME: Rank.NAME_PART,
    Rank.NAME_START: Rank.NAME_PART,
}


@dataclass(frozen=True)
class Hit:
    """A customer, or a car with its owner."""

    customer: Customer
    vehicle: Vehicle | None
    rank: int

    @property
    def reason(self):
        return Rank(self.rank).label

    @property
    def url(self):
        return (self.vehicle or self.customer).get_absolute_url()


def find(user, text, permission="customers.view"):
    """Return what ``user`` may see and most likely means, at most ``MOST_HITS``."""
    cars = ranked(Vehicle.objects.where_allowed(user, permission).filter(customer__restricted_at=None).select_related("customer"), vehicle_ranks(text))
    people = ranked(Customer.objects.where_allowed(user, permission), customer_ranks(text))
    hits = [Hit(car.customer, car, car.rank) for car in cars] + [Hit(person, None, person.rank) for person in people]
    return sorted(hits, key=lambda hit: hit.rank)[:MOST_HITS]


def vehicle_ranks(text):
    """Return ``[(rank, condition)]`` by which ``text`` may mean a car."""
    part = re.sub(r"[\s·.•-]", "", plain(text)).upper()
    if len(part) < SHORTEST or not PLATE_PART.fullmatch(part):
        return []
    ranks = [(Rank.PLATE, Q(plate=part)), (Rank.PLATE_END, Q(plate__endswith=part)), (Rank.PLATE_PART, Q(plate__contains=part))]
    if len(part) == 17:
        return [(Rank.VIN, Q(vin=part))]
    if len(part) >= 6:
        ranks.append((Rank.VIN_END, Q(vin_tail=part[-6:], vin__endswith=part)))
    return sorted([*ranks, *past_plate_ranks(part)], key=lambda ranking: ranking[0])


def past_plate_ranks(part):
    """A plate the car once had is told by all of it or by its end: people remember them so, parts would find too much."""
    if len(part) < SHORTEST_PAST_PLATE:
        return []
    ended = PastPlate.objects.filter(plate__endswith=part)
    return beside(Rank.PAST_PLATE, ended.filter(plate=part), "vehicle") + beside(Rank.PAST_PLATE_END, ended, "vehicle")


def beside(rank, rows, owner):
    """Return the rank of what these rows belong to; looked up first, as a subselect behind an OR makes both databases walk through the archive."""
    pks = set(rows.order_by().values_list(owner, flat=True))
    return [(rank, Q(pk__in=pks))] if pks else []


def customer_ranks(text):
    """Return ``[(rank, condition)]`` by which ``text`` may mean a person or a company."""
    name = plain(text)
    digits = re.sub(r"[\s-]", "", name)
    if re.fullmatch(r"\+?\d+", digits):
        return phone_end(digits) if len(digits) == PHONE_END else whole_phone(digits)
    if len(name) < SHORTEST:
        return []
    parts = [(Rank.NAME, Q(name=name)), (Rank.NAME_START, Q(name__istartswith=name)), (Rank.NAME_PART, Q(name__icontains=name))]
    return [*parts, *pinyin_ranks(name)]


def pinyin_ranks(name):
    """Letters alone may be the initials of a name, or the beginning of its pinyin."""
    letters = name.replace(" ", "").replace("'", "").lower()
    if not (letters.isascii() and letters.isalpha()):
        return []
    return [(Rank.INITIALS, Q(name_key__startswith=f"{letters} ")), (Rank.PINYIN, Q(name_key__contains=f" {letters}"))]


def phone_end(digits):
    return [(Rank.PHONE_END, Q(phone_tail=digits)), *beside(Rank.OTHER_PHONE_END, Phone.objects.filter(phone_tail=digits), "customer")]


def whole_phone(digits):
    try:
        return phone_ranks(normal_phone(digits))
    except DomainError:
        return []


def phone_ranks(number):
    return [(Rank.PHONE, Q(phone=number)), *beside(Rank.OTHER_PHONE, Phone.objects.filter(phone=number), "customer")]


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
