"""What makes a record of the archive doubtful or poor (AR9, S2-14), each rule as one condition of the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Vehicle
from customers.numbers import plate_odd, vin_odd
from stores.models import Store

# So long a reading over with the customer counts.
VERIFIED_FOR = timedelta(days=365)
AT_ONCE = 500


@dataclass(frozen=True)
class Rule:
    """``condition`` may depend on the moment. ``field`` is mended in place, ``attest`` says that the value is right as it stands."""

    code: str
    label: str
    model: type[models.Model]
    condition: Q | Callable
    field: str = ""
    attest: str = ""

    def rows(self, user, now):
        found = self.model.objects.for_user(user).filter(self.condition_at(now))
        return found.select_related("store", *(["customer"] if self.model is Vehicle else []))

    def condition_at(self, now):
        return self.condition(now) if callable(self.condition) else self.condition


def unverified(now):
    return Q(confirmed_at=None) | Q(confirmed_at__lt=now - VERIFIED_FOR)


PERSON = Q(kind=Customer.Kind.PERSON)
RULES = [
    Rule("phone_missing", _("Phone missing"), Customer, Q(phone=""), "phone"),
    Rule("phone_doubtful", _("Phone reported as wrong or never answered"), Customer, ~Q(phone_doubtful_at=None), "phone", "confirm"),
    Rule("address_missing", _("Address missing"), Customer, Q(address=""), "address"),
    Rule("gender_missing", _("Form of address unknown"), Customer, PERSON & Q(gender=""), "gender"),
    Rule("birthday_missing", _("Birthday missing"), Customer, PERSON & Q(birthday=None, lunar_birthday=""), "birthday"),
    Rule("keeper_missing", _("Key account without somebody who looks after it"), Customer, Q(is_key_account=True, keeper=None), "keeper"),
    Rule("unverified", _("Not read over with the customer for a year"), Customer, unverified, attest="confirm"),
    Rule("owner_unknown", _("Sold on, new owner unknown"), Vehicle, ~Q(owner_left_on=None)),
    Rule("vin_missing", _("VIN missing"), Vehicle, Q(vin=""), "vin"),
    Rule("vin_odd", _("Check digit of the VIN does not fit"), Vehicle, Q(is_vin_odd=True) & ~Q(right_vin=F("vin")), "vin", "vin"),
    Rule("plate_odd", _("Plate of an unknown pattern"), Vehicle, Q(is_plate_odd=True) & ~Q(right_plate=F("plate")), "plate", "plate"),
    Rule("registered_missing", _("Day of registration missing"), Vehicle, Q(registered_on=None) & ~Q(plate=""), "registered_on"),
    Rule("insurance_missing", _("No insurance on file"), Vehicle, Q(compulsory_insurance_until=None), "compulsory_insurance_until"),
]
BY_CODE = {rule.code: rule for rule in RULES}


def counts(user, now, store=None):
    """Return ``[(rule, number of rows)]`` of all stores of the reader, or of one, by one query per model."""
    found = {}
    for model in (Customer, Vehicle):
        rows = model.objects.for_user(user).filter(**({"store": store} if store else {}))
        rules = [rule for rule in RULES if rule.model is model]
        found |= rows.aggregate(**{rule.code: Count("pk", filter=rule.condition_at(now)) for rule in rules})
    return [(rule, found[rule.code]) for rule in RULES]


def indicators(user, now, store=None):
    """Return how complete the customers' records are and how fresh, in percent of records; None without any (S2-14)."""
    rows = Customer.objects.for_user(user).filter(**({"store": store} if store else {}))
    given = {
        "name": ~Q(name=""),
        "phone": ~Q(phone=""),
        "address": ~Q(address=""),
        "gender": ~Q(gender=""),
        "birthday": ~Q(birthday=None) | ~Q(lunar_birthday=""),
    }
    filled = {f"{kind}_{name}": Count("pk", filter=given[name] & Q(kind=kind)) for kind, names in Customer.WANTED.items() for name in names}
    sums = rows.aggregate(
        customers=Count("pk"),
        persons=Count("pk", filter=PERSON),
        verified=Count("pk", filter=Q(confirmed_at__gte=now - VERIFIED_FOR)),
        stale=Count("pk", filter=~Q(phone_doubtful_at=None)),
        never=Count("pk", filter=Q(confirmed_at=None)),
        **filled,
    )
    companies = sums["customers"] - sums["persons"]
    wanted = sums["persons"] * len(Customer.WANTED[Customer.Kind.PERSON]) + companies * len(Customer.WANTED[Customer.Kind.COMPANY])
    return {
        "customers": sums["customers"],
        "completeness": percent(sum(sums[name] for name in filled), wanted),
        "verified": percent(sums["verified"], sums["customers"]),
        "never_verified": sums["never"],
        "stale": percent(sums["stale"], sums["customers"]),
    }


def percent(part, whole):
    return round(100 * part / whole, 1) if whole else None


def mark_odd():
    """Look at the VINs and plates an import has brought; return how many marks have changed."""
    return sum(mark(store, flag, field, is_odd) for store in Store.objects.all() for flag, field, is_odd in FLAGS)


FLAGS = [("is_vin_odd", "vin", vin_odd), ("is_plate_odd", "plate", plate_odd)]


def mark(store, flag, field, is_odd):
    facts = Vehicle.objects.filter(store=store).order_by().values_list("pk", field, flag)
    changed = [(pk, not marked) for pk, value, marked in facts.iterator(chunk_size=2000) if is_odd(value) is not marked]
    for value in (True, False):
        pks = [pk for pk, after in changed if after is value]
        for start in range(0, len(pks), AT_ONCE):
            Vehicle.objects.filter(pk__in=pks[start : start + AT_ONCE]).update(**{flag: value})
    return len(changed)
