"""Anonymising a person: names, numbers and words go, what figures are made of stays (PIPL Art. 47, T123 to T125)."""

from datetime import date

from django.db import models, transaction
from django.db.models import Case, Value, When
from django.utils import timezone

from activity.services import record
from common.photos import forget
from customers import ledger
from customers.models import Customer, Hold
from customers.rights.holdings import holdings
from customers.rights.holds import holds_on
from customers.rights.plan import DASH, ERASED, REMOVED
from customers.rights.traces import clear_traces
from customers.signals import forgetting, withheld

# Columns by which copies outside the person's own rows may name the person, beside the record itself.
NAMING = {
    "customers.ContactPerson": ("name", "phone"),
    "customers.Phone": ("phone",),
    "customers.Vehicle": ("plate", "vin"),
    "customers.PastPlate": ("plate",),
    "visits.Visit": ("sender_phone",),
}
# Shorter words are in every file.
SHORTEST_WORD = 2


@transaction.atomic
def withdraw(customer, *, by=None):
    """Erase the person, or restrict the record as long as the law wants it kept; return the holds."""
    holds = holds_on(customer)
    if holds:
        customer.restrict(holds, by=by)
    else:
        erase(customer, by=by)
    return holds


@transaction.atomic
def erase(customer, *, by=None):
    """Anonymise the customer and every record merged into it; doing it twice changes nothing.

    1. Stop what would reach the person.
    2. Let the apps above delete their copies, while names and numbers are still known.
    3. Empty the texts, clear the traces.
    4. Write the ledger, without which nothing is committed.
    """
    records = list(Customer.everyone.select_for_update().filter(pk__in=customer.known_ids).order_by("pk"))
    ids = [each.pk for each in records]
    withheld.send(sender=Customer, customer=customer, by=by)
    held = [(holding, list(holding.rows(ids).values_list("pk", flat=True))) for holding in holdings()]
    forgetting.send(sender=None, store_id=customer.store_id, rows={holding.label: pks for holding, pks in held}, words=words_of(ids, records))
    for holding, pks in held:
        empty(holding, pks)
    clear_traces(ids, {holding.model: pks for holding, pks in held})
    now = timezone.now()
    for each in records:
        gone = {"name": f"#{each.pk}", "restricted_at": each.restricted_at or now, "restricted_until": None, "restricted_for": [], "erased_at": now}
        Customer.everyone.filter(pk=each.pk).update(**gone, updated_at=now)
    customer.refresh_from_db(from_queryset=Customer.everyone)
    record("customer.erased", customer, by=by, customer_id=customer.pk)
    ledger.note("erased", records)


def words_of(ids, records):
    """Return what copies outside the database's rows may name the person by."""
    words = {word for each in records for word in (each.name, each.phone, each.external_id)}
    for label, fields in NAMING.items():
        holding = next(each for each in holdings() if each.label == label)
        words |= {word for row in holding.rows(ids).values_list(*fields) for word in row}
    return {word for word in words if len(word or "") >= SHORTEST_WORD}


def empty(holding, pks):
    """Remove the rows, or empty their columns as the plan says."""
    rows = holding.model._base_manager.filter(pk__in=pks)
    if holding.label in REMOVED:
        forget_files(rows, [field.name for field in files_of(holding.model)])
        rows.delete()
        return
    changes = {}
    for left, names in ERASED.get(holding.label, {}).items():
        fields = [holding.model._meta.get_field(name) for name in names]
        forget_files(rows, [field.name for field in fields if isinstance(field, models.FileField)])
        changes |= {field.name: emptied(field, left) for field in fields}
    if changes:
        rows.update(**changes)


def emptied(field, left):
    """Return what the column holds afterwards."""
    if left == DASH:
        return Case(When(**{field.name: ""}, then=Value("")), default=Value(DASH))
    if isinstance(field, models.JSONField):
        return field.get_default()
    return None if field.null else ""


def files_of(model):
    return [field for field in model._meta.concrete_fields if isinstance(field, models.FileField)]


def forget_files(rows, names):
    for name in names:
        for row in rows.exclude(**{name: ""}):
            forget(getattr(row, name))


def release(now=None):
    """Erase whose last hold is over; what holds the record by now, say a complaint since, holds it further. Return how many."""
    today = timezone.localdate(now)
    due = Customer.everyone.standing().filter(erased_at=None, restricted_until__lt=today).select_related("store")
    for customer in due:
        withdraw(customer)
    return len(due)


def replay():
    """Do again what the ledger names and a restored backup has forgotten; return ``{what: how many}`` (T124)."""
    done = {ledger.ERASED: 0, ledger.RESTRICTED: 0}
    for (pk, created_at), line in ledger.last_words().items():
        customer = Customer.everyone.standing().select_related("store").filter(pk=pk, erased_at=None).first()
        # A number may have been given to somebody new since the backup; the moment of creation tells them apart.
        if customer is None or customer.created_at.isoformat() != created_at:
            continue
        if line["what"] == ledger.ERASED:
            erase(customer)
        elif line["what"] == ledger.RESTRICTED and customer.restricted_at is None:
            until = date.fromisoformat(line["until"])
            customer.restrict([Hold(code, until) for code in line["holds"]])
        else:
            continue
        done[line["what"]] += 1
    return done
