"""Taking in deliveries: one row is one new car, known again by its VIN."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from transfers.drafts import Draft, insert_drafts, read_drafts, update_drafts
from visits.excel import DELIVERY_COLUMNS
from visits.models import Delivery
from visits.signals import people_changed

COLUMNS, KEYS = DELIVERY_COLUMNS, ("vin",)
FIELDS = ["customer_id", "vehicle_id", "salesperson_id", "salesperson_name", "delivered_at", "invoiced_on"]
VEHICLE_OWN = ["brand", "model", "invoiced_on", "delivered_on"]
BLANK = dict.fromkeys(FIELDS) | {"salesperson_name": ""}
NOON = timedelta(hours=12)


def identity(row):
    return row.values["vin"]


def check(work, row):
    """A file that knows only the day means noon of it; the day itself must not lie in the future."""
    delivered = row.values.get("delivered_at")
    if delivered is None:
        return
    if delivered.time() == delivered.min.time():
        delivered += NOON
    row.values["delivered_at"] = work.aware(delivered)
    if row.values["delivered_at"].date() > work.store.today(work.now):
        work.reject(row, "delivered_at", "delivered_in_future", _("The delivery must not lie in the future."))
    invoiced = row.values.get("invoiced_on")
    if invoiced and invoiced > row.values["delivered_at"].date():
        work.warn(row, "invoiced_on", "invoiced_after_delivery", _("The invoice is dated after the delivery."))


def take(work, rows):
    people = dict(User.objects.in_store(work.store).values_list("name", "pk"))
    taken = [(row, *find_car(work, row)) for row in rows]
    work.record_archive(*work.archive.write([customer for _row, customer, _vehicle in taken], [vehicle for *_rest, vehicle in taken], work.now))
    vehicle_ids = [vehicle.id for *_rest, vehicle in taken]
    known = {draft.values["vehicle_id"]: draft for draft in read_drafts(Delivery.objects.filter(vehicle__among=vehicle_ids), FIELDS)}
    drafts = [fill(work, row, known.get(vehicle.id) or Draft(dict(BLANK)), vehicle, people) for row, _customer, vehicle in taken]
    return write(work, drafts)


def find_car(work, row):
    values = row.values
    known = work.archive.find_vehicle(values["vin"], values.get("plate"))
    customer = work.archive.customer(values["customer_name"], values.get("phone"), known)
    customer.take(["phone"], values, overwrite=False)
    vehicle = work.archive.vehicle(values["vin"], values.get("plate"), customer)
    vehicle.take(VEHICLE_OWN, values | {"delivered_on": values["delivered_at"].date()}, overwrite=False)
    return customer, vehicle


def fill(work, row, draft, vehicle, people):
    seller = row.values.get("salesperson")
    if seller and seller not in people:
        work.warn(
            row,
            "salesperson",
            "salesperson_unknown",
            _("The salesperson “%(value)s” is unknown in this store; the delivery is kept and waits for mapping."),
            value=seller,
        )
    before = draft.values["delivered_at"]
    customer_id = vehicle.values["customer_id"] if draft.is_new else None
    draft.take(FIELDS, row.values | {"customer_id": customer_id, "vehicle_id": vehicle.id, "salesperson_name": seller, "salesperson_id": people.get(seller)})
    if draft.needs_writing:
        work.touch(before, draft.values["delivered_at"])
    return draft


def write(work, drafts):
    outcomes = [draft.outcome for draft in drafts]
    new, changed = [draft for draft in drafts if draft.is_new], [draft for draft in drafts if draft.changed]
    insert_drafts(Delivery, work.store, new, FIELDS, work.now)
    update_drafts(Delivery, work.store, changed, FIELDS, work.now)
    if reassigned := [draft.id for draft in changed if "salesperson_id" in draft.changed]:
        people_changed.send(sender=Delivery, store_id=work.store.pk, pks=reassigned)
    for draft in new + changed:
        work.record(Delivery, draft, draft.values["customer_id"], draft.values["vehicle_id"])
    return outcomes
