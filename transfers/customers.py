"""Taking in the customer archive: one row is one customer with one car, known again by the customer number, else by VIN or name and phone."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from customers.excel import CUSTOMER_COLUMNS

COLUMNS, KEYS = CUSTOMER_COLUMNS, ("external_id", "customer_name")
CUSTOMER_OWN = ["name", "gender", "phone", "birthday", "address", "external_id"]
VEHICLE_OWN = [
    "plate",
    "brand",
    "model",
    "engine_number",
    "invoiced_on",
    "delivered_on",
    "registered_on",
    "compulsory_insurance_until",
    "commercial_insurance_until",
]


def identity(row):
    return tuple(row.values.get(name) for name in ("external_id", "customer_name", "phone", "vin", "plate"))


def check(work, row):
    birthday = row.values.get("birthday")
    if birthday and birthday > work.store.today(work.now) + timedelta(days=1):
        work.reject(row, "birthday", "birthday_in_future", _("The birthday must not lie in the future."))


def take(work, rows):
    """Write one chunk; the file is the archive's own word, so its filled cells win."""
    taken = [find(work, row.values) for row in rows]
    outcomes = [outcome(customer, vehicle) for customer, vehicle in taken]
    written = work.archive.write([customer for customer, _vehicle in taken], [vehicle for _customer, vehicle in taken if vehicle], work.now)
    work.record_archive(*written)
    return outcomes


def find(work, values):
    archive = work.archive
    known = archive.find_vehicle(values.get("vin"), values.get("plate"))
    customer = archive.customer(values["customer_name"], values.get("phone"), known, values.get("external_id"))
    customer.take(CUSTOMER_OWN, values | {"name": values["customer_name"]})
    if customer.values["external_id"]:
        customer.take(["source"], {"source": archive.source})
    archive.remember_customer(customer)
    if not (values.get("vin") or values.get("plate")):
        return customer, None
    vehicle = archive.vehicle(values.get("vin"), values.get("plate"), customer)
    vehicle.take(VEHICLE_OWN, values)
    return customer, vehicle


def outcome(customer, vehicle):
    outcomes = {draft.outcome for draft in (customer, vehicle) if draft is not None}
    return next(each for each in ("created", "updated", "unchanged") if each in outcomes)
