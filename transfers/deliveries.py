"""Taking in deliveries: one row is one new car, known again by its VIN."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Vehicle
from transfers.drafts import Draft, number_new, read_drafts
from transfers.models import Kind
from transfers.people import people_of
from visits.excel import DELIVERY_COLUMNS
from visits.models import Delivery

MODELS = (Delivery, Vehicle, Customer)
COLUMNS, KEYS = DELIVERY_COLUMNS, ("vin",)
FIELDS = ["customer_id", "vehicle_id", "salesperson_id", "salesperson_name", "delivered_at", "invoiced_on"]
VEHICLE_OWN = ["brand", "model", "invoiced_on", "delivered_on"]
BLANK = dict.fromkeys(FIELDS) | {"salesperson_name": ""}
NOON = timedelta(hours=12)


def identities(block):
    return block.columns["vin"]


def check(work, block):
    """A file that knows only the day means noon of it; the day itself must not lie in the future."""
    block.columns["delivered_at"] = work.aware([at_noon(moment) for moment in block.columns["delivered_at"]])
    today = work.store.today(work.now)
    for index, (delivered, invoiced) in enumerate(block.each("delivered_at", "invoiced_on")):
        if delivered and delivered.date() > today:
            block.reject(index, "delivered_at", "delivered_in_future", _("The delivery must not lie in the future."))
        elif delivered and invoiced and invoiced > delivered.date():
            block.warn(index, "invoiced_on", "invoiced_after_delivery", _("The invoice is dated after the delivery."))


def at_noon(moment):
    return moment + NOON if moment and moment.time() == moment.min.time() else moment


def take(work, block):
    """Take one block and return what came of each row: cars and customers first, then the deliveries."""
    cars = [find_car(work.archive, block.values(index)) for index in range(len(block))]
    work.write_new_archive()
    known = {draft.values["vehicle_id"]: draft for draft in read_drafts(Delivery.objects.filter(vehicle__among=[car.id for car in cars]), FIELDS)}
    drafts = [known.get(car.id) or Draft(dict(BLANK)) for car in cars]
    people = people_of(work.store, Kind.DELIVERIES)
    for index, (draft, car) in enumerate(zip(drafts, cars, strict=True)):
        fill(block, index, draft, car, people)
    write(work, drafts)
    return [draft.outcome for draft in drafts]


def find_car(archive, values):
    vin, plate = values["vin"], values.get("plate")
    car = archive.find_vehicle(vin, plate)
    customer = archive.customer(values["customer_name"], values.get("phone"), car)
    customer.take(["phone"], values, overwrite=False)
    car = archive.vehicle(vin, plate, customer)
    car.take(VEHICLE_OWN, values | {"delivered_on": values["delivered_at"].date()}, overwrite=False)
    return car


def fill(block, index, draft, car, people):
    values = block.values(index)
    seller = values.get("salesperson")
    if seller and seller not in people:
        message = _("The salesperson “%(value)s” is unknown in this store; the delivery is kept and waits for mapping.")
        block.warn(index, "salesperson", "salesperson_unknown", message, {"value": seller})
    customer_id = car.values["customer_id"] if draft.is_new else None
    draft.take(FIELDS, values | {"customer_id": customer_id, "vehicle_id": car.id, "salesperson_name": seller, "salesperson_id": people.get(seller)})


def write(work, drafts):
    for draft in drafts:
        if draft.is_new or draft.is_changed:
            work.touch([draft.values["delivered_at"], draft.before and draft.before.get("delivered_at")])
    number_new(Delivery, [draft for draft in drafts if draft.is_new])
    work.write_drafts(Delivery, FIELDS, drafts)
    work.announce_people(Delivery, [draft.id for draft in drafts if draft.is_changed and "salesperson_id" in draft.before])
