"""Taking in the customer archive: one row is one customer with one car, known again by the customer number, else by VIN or name and phone."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from customers.excel import CUSTOMER_COLUMNS
from customers.models import Customer, Vehicle
from transfers.corrections import Kept, corrections

MODELS = (Vehicle, Customer)
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


def identities(block):
    return list(block.each("external_id", "customer_name", "phone", "vin", "plate"))


def check(work, block):
    tomorrow = work.store.today(work.now) + timedelta(days=1)
    for index, birthday in enumerate(block.column("birthday")):
        if birthday and birthday > tomorrow:
            block.reject(index, "birthday", "birthday_in_future", _("The birthday must not lie in the future."))


def take(work, block):
    """Take one block and return what came of each row; the file's filled cells win over all but what somebody has corrected by hand (T98)."""
    corrected = corrections(work)
    found = [find(work.archive, block.values(index), Kept(block, index, corrected)) for index in range(len(block))]
    outcomes = [outcome(*each) for each in found]
    work.write_new_archive()
    return outcomes


def find(archive, values, kept):
    """Return the customer and, where the row names one, the car, and whether a number came in; what was corrected by hand in them is ``kept``."""
    vin, plate = values.get("vin"), values.get("plate")
    customer = archive.customer(values["customer_name"], values.get("phone"), archive.find_vehicle(vin, plate), values.get("external_id"))
    # What the file still says of a record merged into another was judged when they were merged.
    is_own = not archive.stands_for_merged(values["customer_name"], values.get("phone"), values.get("external_id"))
    has_new_number = is_own and take_customer(archive, customer, values, kept)
    if not (vin or plate):
        return [customer], has_new_number
    vehicle = archive.vehicle(vin, plate, customer)
    vehicle.take(VEHICLE_OWN, kept.without(Vehicle, vehicle, values))
    return [customer, vehicle], has_new_number


def take_customer(archive, customer, values, kept):
    """Take what the row says of the customer and tell whether it names a new number; which of several is preferred is decided by hand."""
    others = list(values.get("other_phones") or ())
    if archive.numbers.has(customer, values.get("phone")):
        values = values | {"phone": None}
    elif others and not (values.get("phone") or customer.values["phone"]):
        values = values | {"phone": others[0]}
    customer.take(CUSTOMER_OWN, kept.without(Customer, customer, values | {"name": values["customer_name"]}))
    if customer.values["external_id"]:
        customer.take(["source"], {"source": archive.source})
    archive.remember_customer(customer)
    return archive.numbers.add(customer, others)


def outcome(drafts, has_new_number):
    outcomes = {draft.outcome for draft in drafts} | ({"updated"} if has_new_number else set())
    return next(each for each in ("created", "updated", "unchanged") if each in outcomes)
