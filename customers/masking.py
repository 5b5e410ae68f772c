"""What people see of phones, plates, VINs and addresses (domain rule 6.5).

Without the right ``customers.reveal`` all of them are masked. With it phones and addresses are masked still, on pages and in the
API, but for customers one works with at this moment and those opened for a minute with a reason (T31). With ``customers.unmasked``
the API tells them whole, for programs that keep archives alike.
"""

import re
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from customers.models import Reveal
from customers.signals import work_asked

DISTRICT = re.compile(r".*?[区县旗]")


def may_reveal(user, store_id):
    return user.may("customers.reveal", store_id)


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****" if phone else ""


def mask_plate(plate: str) -> str:
    return f"{plate[:2]}***{plate[-2:]}" if len(plate) >= 5 else "***" if plate else ""


def mask_vin(vin: str) -> str:
    return f"…{vin[-6:]}" if vin else ""


def mask_address(address: str) -> str:
    """Keep the address down to the district."""
    district = DISTRICT.match(address)
    return f"{district.group()}…" if district else "…" if address else ""


MASKS = {
    "phone": mask_phone,
    "sender_phone": mask_phone,
    "plate": mask_plate,
    "vin": mask_vin,
    "engine_number": mask_vin,
    "address": mask_address,
}

# What even people with the right see only of customers open to them.
OPENED = {"phone", "sender_phone", "address"}


def shown(row, name, user):
    """Return the value of ``row.name`` as ``user`` may see it."""
    value = getattr(row, name)
    return value if may_reveal(user, row.store_id) else MASKS[name](value)


def seen(row, name, user):
    """Return the value of ``row.name`` as a page shows it to ``user``; of a restricted record the end of a number is too much already."""
    if getattr(row, "restricted_at", None):
        return "****" if getattr(row, name) else ""
    value = shown(row, name, user)
    return MASKS[name](value) if name in OPENED and may_reveal(user, row.store_id) and not is_open(row, user) else value


def told(row, name, user):
    """Return the value of ``row.name`` as the API tells it to ``user``."""
    return shown(row, name, user) if user.may("customers.unmasked", row.store_id) else seen(row, name, user)


def hidden_fields(row, user):
    """Return the names of what is on file and a form must not put in."""
    return [name for name in MASKS if getattr(row, name, "") and seen(row, name, user) != getattr(row, name)]


def is_open(row, user):
    """Tell whether the customer behind the row is open to the person; a row of its own kind decides by ``is_open_to``."""
    if hasattr(row, "is_open_to"):
        return row.is_open_to(user)
    return (row.pk if row._meta.label == "customers.Customer" else row.customer_id) in open_customers(user)


def open_customers(user):
    """Return the ids of the customers open to the person, read once per request."""
    if not hasattr(user, "_open_customers"):
        revealed, *worked = open_queries(user)
        user._open_customers = {pk for (pk,) in revealed.union(*worked, all=True)}
    return user._open_customers


def open_queries(user):
    """Return the queries of the ids of customers opened with a reason and of those the apps above say the person works with."""
    now = timezone.now()
    asked = [ids for _receiver, ids in work_asked.send(sender=None, user=user, now=now)]
    return [Reveal.objects.open_to(user, now).order_by().values_list("customer_id"), *asked]


def with_openness(rows, user, customer="pk"):
    """Load with rows whether their ``customer`` is open to the person, for a page about one of them: it costs no query of its own."""
    conditions = (Q(Exists(ids.filter(customer_id=OuterRef(customer)))) for ids in open_queries(user))
    return rows.annotate(is_opened=ExpressionWrapper(reduce(or_, conditions), output_field=BooleanField()))


def remember_openness(customer, user, is_opened):
    user._open_customers = {customer.pk} if is_opened else set()
