"""Taking in repair orders: one row is one visit, known again by its order number."""

from django.utils.translation import gettext_lazy as _

from common.bulk import load_columns, reserve_ids
from common.cells import Unknown
from customers.models import Customer, Vehicle
from transfers.drafts import read_drafts
from transfers.models import Kind
from transfers.people import people_of
from visits.excel import VISIT_COLUMNS
from visits.models import Visit

MODELS = (Visit, Vehicle, Customer)
COLUMNS, KEYS = VISIT_COLUMNS, ("number",)
OWN = ["sender_name", "sender_phone", "kind", "technician", "bay", "mileage", "symptom", "work", "labour_amount", "parts_amount", "total_amount"]
TIMES = ["arrived_at", "promised_at", "handed_over_at"]
FIELDS = ["number", "customer_id", "vehicle_id", "advisor_id", "advisor_name", "status", *TIMES, *OWN]
TEXTS = ["advisor_name", "sender_name", "sender_phone", "technician", "bay", "symptom", "work"]
IN_SHOP, HANDED_OVER = Visit.Status.IN_SHOP.value, Visit.Status.HANDED_OVER.value
BLANK = dict.fromkeys(FIELDS) | dict.fromkeys(TEXTS, "") | {"kind": Visit.Kind.OTHER.value, "status": IN_SHOP}
DAYS = ["arrived_at", "handed_over_at"]
CAR = ["vin", "plate", "customer_name", "sender_name", "sender_phone", "mileage", "arrived_at"]


def identities(block):
    return block.columns["number"]


def check(work, block):
    """Look at what only the whole row can tell: order of times, a car to speak of, known words."""
    for name in TIMES:
        block.columns[name] = work.aware(block.column(name))
    block.columns["kind"] = [kind.value if kind.__class__ is Unknown else kind for kind in block.column("kind")]
    for index, (arrived, promised, handed_over, vin, plate) in enumerate(block.each(*TIMES, "vin", "plate")):
        if index in block.errors:
            continue
        if arrived > work.latest:
            block.reject(index, "arrived_at", "arrived_in_future", _("The arrival must not lie in the future."))
        elif handed_over and handed_over < arrived:
            block.reject(index, "handed_over_at", "handed_over_before_arrival", _("The hand-over must not be earlier than the arrival."))
        elif handed_over and handed_over > work.latest:
            block.reject(index, "handed_over_at", "handed_over_in_future", _("The hand-over must not lie in the future."))
        elif not (vin or plate):
            block.reject(index, "vin", "vehicle_unnamed", _("Give the VIN or the plate."))
        elif promised and promised < arrived:
            block.columns["promised_at"][index] = None
            block.warn(index, "promised_at", "promised_before_arrival", _("The promised time is earlier than the arrival and was left out."))


def take(work, block):
    """Take one block and return what came of each row: cars and customers first, then the orders."""
    numbers = block.columns["number"]
    known = {draft.values["number"]: draft for draft in read_drafts(Visit.objects.filter(store=work.store, number__among=set(numbers)), FIELDS)}
    cars = find_cars(work.archive, block)
    work.write_new_archive()
    block.columns["vehicle_id"] = [car.id for car in cars]
    block.columns["customer_id"] = [car.values["customer_id"] for car in cars]
    find_advisors(work, block)
    insert(work, block.only([index for index, number in enumerate(numbers) if number not in known]))
    change(work, block, known)
    return [known[number].outcome if number in known else "created" for number in numbers]


def find_cars(archive, block):
    """Return the car of each row; the archive's own words about it are never overwritten from here."""
    cars = []
    for vin, plate, owner, sender, phone, mileage, arrived_at in block.each(*CAR):
        car = archive.find_vehicle(vin, plate)
        if car is None:
            car = archive.new_vehicle(vin, plate, new_owner(archive, owner, sender, phone))
        else:
            archive.complete_vehicle(car, vin, plate)
        if mileage:
            read_mileage(car, mileage, arrived_at)
        cars.append(car)
    return cars


def new_owner(archive, owner, sender, phone):
    """Return the owner of a car not seen before; the phone of a driver is not taken for the owner's."""
    name = owner or sender or str(_("Unknown"))
    return archive.customer(name, phone if sender in (None, name) else None)


def read_mileage(car, mileage, arrived_at):
    """Keep the newest reading that does not go backwards."""
    before = car.values["mileage"]
    if before is None or mileage > before:
        car.take(("mileage", "mileage_on"), {"mileage": mileage, "mileage_on": arrived_at.date()})


def find_advisors(work, block):
    advisors = people_of(work.store, Kind.VISITS)
    names = block.columns["advisor_name"] = block.column("advisor")
    block.columns["advisor_id"] = list(map(advisors.get, names))
    if unknown := set(names) - advisors.keys() - {None}:
        message = _("The advisor “%(value)s” is unknown in this store; the order is kept and waits for mapping.")
        for index, name in enumerate(names):
            if name in unknown:
                block.warn(index, "advisor", "advisor_unknown", message, {"value": name})


def insert(work, block):
    """Write orders not known before, column by column as they were read."""
    if work.is_dry_run or not len(block):
        return
    columns = {name: filled(block.column(name), BLANK[name]) for name in FIELDS}
    columns["status"] = [HANDED_OVER if at else IN_SHOP for at in columns["handed_over_at"]]
    ids = reserve_ids(Visit, len(block))
    load_columns(Visit, {"id": ids} | columns, {"store": work.store.pk, "updated_at": work.now})
    work.record_new(Visit, ids, columns["customer_id"], columns["vehicle_id"])
    for name in DAYS:
        work.touch(columns[name])


def filled(column, blank):
    return column if blank is None else [blank if value is None else value for value in column]


def change(work, block, known):
    """Let known orders say what the file says of them now, and write those that differ."""
    for index, number in enumerate(block.columns["number"] if known else ()):
        if number in known:
            fill(block, index, known[number])
    changed = [draft for draft in known.values() if draft.is_changed]
    for name in DAYS:
        work.touch(draft.before.get(name) for draft in changed)
        work.touch(draft.values[name] for draft in changed)
    work.write_drafts(Visit, FIELDS, changed)
    work.announce_people(Visit, [draft.id for draft in changed if "advisor_id" in draft.before])


def fill(block, index, draft):
    values, own = block.values(index), draft.values
    # The order stays with whom it was written for, also when the car has been sold since.
    values["customer_id"] = None
    if moved_past(values, own):
        values["arrived_at"] = None
        message = _("The arrival is later than the promised time or hand-over on file and was left out.")
        block.warn(index, "arrived_at", "arrived_after_kept_time", message)
    if values.get("handed_over_at") and own["status"] == IN_SHOP:
        values["status"] = HANDED_OVER
    draft.take(FIELDS, values)


def moved_past(values, own):
    """Tell whether the arrival lies after a time that stands on file: a corrected row may name only some of its times."""
    kept = [own[name] for name in ("promised_at", "handed_over_at") if own[name] and not values.get(name)]
    return any(moment < values["arrived_at"] for moment in kept)
