"""Taking in repair orders: one row is one visit, known again by its order number."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.cells import Unknown
from transfers.drafts import Draft, insert_drafts, read_drafts, update_drafts
from visits.excel import VISIT_COLUMNS
from visits.models import Visit
from visits.signals import people_changed

COLUMNS, KEYS = VISIT_COLUMNS, ("number",)
OWN = ["sender_name", "sender_phone", "kind", "technician", "bay", "mileage", "symptom", "work", "labour_amount", "parts_amount", "total_amount"]
TIMES = ["arrived_at", "promised_at", "handed_over_at"]
FIELDS = ["number", "customer_id", "vehicle_id", "advisor_id", "advisor_name", "status", *TIMES, *OWN]
TEXTS = ["advisor_name", "sender_name", "sender_phone", "technician", "bay", "symptom", "work"]
BLANK = dict.fromkeys(FIELDS) | dict.fromkeys(TEXTS, "") | {"kind": Visit.Kind.OTHER, "status": Visit.Status.IN_SHOP}
CLOCK_DRIFT = timedelta(minutes=10)


def identity(row):
    return row.key


def check(work, row):
    """Look at what only the whole row can tell: order of times, a car to speak of, known words."""
    values = row.values
    for name in TIMES:
        values[name] = work.aware(values.get(name))
    if isinstance(values.get("kind"), Unknown):
        values["kind"] = values["kind"].value
    if not row.errors:
        check_times(work, row)
    if not (row.errors or values.get("vin") or values.get("plate")):
        work.reject(row, "vin", "vehicle_unnamed", _("Give the VIN or the plate."))


def check_times(work, row):
    arrived, promised, handed_over = (row.values[name] for name in TIMES)
    if arrived > work.now + CLOCK_DRIFT:
        work.reject(row, "arrived_at", "arrived_in_future", _("The arrival must not lie in the future."))
    elif handed_over and handed_over < arrived:
        work.reject(row, "handed_over_at", "handed_over_before_arrival", _("The hand-over must not be earlier than the arrival."))
    elif handed_over and handed_over > work.now + CLOCK_DRIFT:
        work.reject(row, "handed_over_at", "handed_over_in_future", _("The hand-over must not lie in the future."))
    elif promised and promised < arrived:
        row.values["promised_at"] = None
        work.warn(row, "promised_at", "promised_before_arrival", _("The promised time is earlier than the arrival and was left out."))


def take(work, rows):
    """Write one chunk: cars and customers first, then the visits; return what came of each row."""
    known = {draft.values["number"]: draft for draft in read_drafts(Visit.objects.filter(store=work.store, number__among=[row.key for row in rows]), FIELDS)}
    advisors = dict(User.objects.in_store(work.store).values_list("name", "pk"))
    taken = [(row, known.get(row.key) or Draft(dict(BLANK)), *find_car(work, row)) for row in rows]
    work.record_archive(*work.archive.write([each[2] for each in taken], [each[3] for each in taken], work.now))
    for row, draft, _customer, vehicle in taken:
        fill(work, row, draft, vehicle, advisors)
    return write(work, [draft for _row, draft, *_rest in taken])


def find_car(work, row):
    """Return ``(customer, vehicle)`` of the row; the archive's own words about them are never overwritten from here."""
    values = row.values
    known = work.archive.find_vehicle(values.get("vin"), values.get("plate"))
    customer = work.archive.owner_of(known) if known is not None else new_owner(work, values)
    vehicle = work.archive.vehicle(values.get("vin"), values.get("plate"), customer)
    read_mileage(vehicle, values.get("mileage"), values["arrived_at"].date())
    return customer, vehicle


def new_owner(work, values):
    """Return the owner of a car not seen before; the phone of a driver is not taken for the owner's."""
    sender = values.get("sender_name")
    name = values.get("customer_name") or sender or str(_("Unknown"))
    return work.archive.customer(name, values.get("sender_phone") if sender in (None, name) else None)


def read_mileage(vehicle, mileage, on):
    """Keep the newest reading that does not go backwards."""
    before = vehicle.values["mileage"]
    if mileage and (before is None or mileage > before):
        vehicle.take(("mileage", "mileage_on"), {"mileage": mileage, "mileage_on": on})


def fill(work, row, draft, vehicle, advisors):
    values = row.values
    advisor = values.get("advisor")
    if advisor and advisor not in advisors:
        work.warn(
            row, "advisor", "advisor_unknown", _("The advisor “%(value)s” is unknown in this store; the order is kept and waits for mapping."), value=advisor
        )
    own = draft.values
    before = own["arrived_at"], own["handed_over_at"]
    values["vehicle_id"], values["advisor_name"], values["advisor_id"] = vehicle.id, advisor, advisors.get(advisor)
    if draft.is_new:
        values["customer_id"] = vehicle.values["customer_id"]
    else:
        keep_arrival(work, row, own)
    if values.get("handed_over_at") and own["status"] == Visit.Status.IN_SHOP:
        values["status"] = Visit.Status.HANDED_OVER
    draft.take(FIELDS, values)
    if draft.needs_writing:
        work.touch(*before, own["arrived_at"], own["handed_over_at"])


def keep_arrival(work, row, own):
    """Leave out an arrival after a time that stands on file: a corrected row may name only some of its times."""
    kept = [own[name] for name in ("promised_at", "handed_over_at") if own[name] and not row.values.get(name)]
    if any(moment < row.values["arrived_at"] for moment in kept):
        row.values["arrived_at"] = None
        work.warn(row, "arrived_at", "arrived_after_kept_time", _("The arrival is later than the promised time or hand-over on file and was left out."))


def write(work, drafts):
    """Write the visits with their events and return what came of each."""
    outcomes = [draft.outcome for draft in drafts]
    new, changed = [draft for draft in drafts if draft.is_new], [draft for draft in drafts if draft.changed]
    insert_drafts(Visit, work.store, new, FIELDS, work.now)
    update_drafts(Visit, work.store, changed, FIELDS, work.now)
    if reassigned := [draft.id for draft in changed if "advisor_id" in draft.changed]:
        people_changed.send(sender=Visit, store_id=work.store.pk, pks=reassigned)
    for draft in new + changed:
        work.record(Visit, draft, draft.values["customer_id"], draft.values["vehicle_id"])
    return outcomes
