"""Finding or making the customer and the car a file row speaks of, within one store."""

from collections import defaultdict

from customers.models import Customer, Vehicle
from transfers.drafts import KEYS, Draft, insert_drafts, number_new, read_drafts, update_drafts
from transfers.numbers import Numbers

CUSTOMER_FIELDS = ["name", "name_key", "gender", "phone", "phone_tail", "birthday", "address", "external_id", "source"]
VEHICLE_FIELDS = [
    "customer_id",
    "vin",
    "vin_tail",
    "plate",
    "brand",
    "model",
    "engine_number",
    "invoiced_on",
    "delivered_on",
    "registered_on",
    "compulsory_insurance_until",
    "commercial_insurance_until",
    "mileage",
    "mileage_on",
]
PHONES = ("phone", "sender_phone")
BLANK_CUSTOMER = dict.fromkeys(CUSTOMER_FIELDS, "") | {"birthday": None}
BLANK_VEHICLE = dict.fromkeys(VEHICLE_FIELDS) | dict.fromkeys(["vin", "vin_tail", "plate", "brand", "model", "engine_number"], "")


class Shelf:
    """The rows of one table the file has to do with: those that stood there before, by id, and new ones in the order they are met."""

    def __init__(self, model, fields):
        self.model, self.fields = model, fields
        self.keyed = [name for name in fields if name in KEYS]
        self.known, self.new, self.numbered = {}, [], 0

    @property
    def changed(self):
        return [draft for draft in self.known.values() if draft.is_changed]

    def number_new(self):
        """Give ids to the new rows met since the last time and return these rows."""
        met, self.numbered = self.new[self.numbered :], len(self.new)
        number_new(self.model, met)
        return met

    def insert(self, store, drafts, now):
        self.keep_keys(drafts)
        insert_drafts(self.model, store, drafts, self.fields, now)

    def update(self, now):
        """Write what has changed in any row since it was read or written."""
        drafts = [draft for draft in (*self.known.values(), *self.new) if draft.unwritten]
        self.keep_keys(drafts)
        update_drafts(self.model, drafts, now)

    def keep_keys(self, drafts):
        for name in self.keyed:
            key, made_of = KEYS[name]
            for draft in drafts:
                draft.values[key] = made_of(draft.values[name])


class Archive:
    """Customers and vehicles of one store as the file sees them.

    New ones are written block by block, before what points to them; what changes in them later waits for the end of the file.
    """

    def __init__(self, store, source="file"):
        self.store, self.source = store, source
        self.customers, self.vehicles = Shelf(Customer, CUSTOMER_FIELDS), Shelf(Vehicle, VEHICLE_FIELDS)
        self.by_vin, self.by_plate, self.by_external_id, self.by_name_and_phone = {}, {}, {}, {}
        self.owners, self.asked = {}, defaultdict(set)
        self.merged_numbers, self.merged_people = {}, {}
        self.numbers = Numbers(store)

    def read(self, block):
        """Load what is already known of the cars and people in the block."""
        vins, plates = block.column("vin"), block.column("plate")
        cars = [
            *self.know_vehicles("vin", vins),
            *self.know_vehicles("plate", [plate for plate, vin in zip(plates, vins, strict=True) if not vin]),
            *self.know_vehicles("plate", [plate for plate, vin in zip(plates, vins, strict=True) if vin], vin=""),
        ]
        self.know_customers("pk", (car.values["customer_id"] for car in cars))
        phones = [phone for name in PHONES for phone in block.column(name)]
        self.know_customers("phone", phones)
        self.know_by_other_number(phones)
        self.know_customers("external_id", block.column("external_id"), source=self.source)
        self.know_merged(block)
        self.numbers.read(self.customers.known)

    def know_vehicles(self, name, values, **more):
        """Remember the cars found and return those not known before."""
        found = [vehicle for vehicle in self.ask(Vehicle, VEHICLE_FIELDS, name, values, more) if vehicle.id not in self.vehicles.known]
        for vehicle in found:
            self.vehicles.known[vehicle.id] = vehicle
            self.remember_vehicle(vehicle)
        return found

    def ask(self, model, fields, name, values, more):
        """Return what stands there under ``values`` not asked for before; nothing but this import adds to it meanwhile."""
        asked = self.asked[model, name, *more]
        new = set(values) - asked - {None, ""}
        asked |= new
        # A restricted record is known again too: nobody comes back as a new customer by a file (T125).
        rows = Customer.everyone.standing() if model is Customer else model.objects
        return read_drafts(rows.filter(store=self.store, **{f"{name}__among": new}, **more), fields) if new else []

    def remember_vehicle(self, vehicle):
        if vehicle.values["vin"]:
            self.by_vin[vehicle.values["vin"]] = vehicle
        if vehicle.values["plate"]:
            self.by_plate[vehicle.values["plate"]] = vehicle

    def know_customers(self, name, values, **more):
        for customer in self.ask(Customer, CUSTOMER_FIELDS, name, values, more):
            if customer.id not in self.customers.known:
                self.customers.known[customer.id] = customer
                self.remember_customer(customer)

    def know_by_other_number(self, phones):
        owners = self.numbers.owners(phones)
        self.know_customers("pk", {pk for pk, _number in owners})
        for pk, number in owners:
            customer = self.customers.known[pk]
            self.by_name_and_phone.setdefault((customer.values["name"], number), customer)

    def know_merged(self, block):
        """Remember which customer stands for the records in the block that have been merged into another (AR4)."""
        numbers, phones = set(block.column("external_id")), set().union(*(block.column(name) for name in PHONES))
        merged = Customer.everyone.filter(store=self.store).exclude(merged_into=None)
        meant = merged.filter(source=self.source, external_id__among=numbers - {None, ""}) | merged.filter(phone__among=phones - {None, ""})
        rows = list(meant.values_list("external_id", "source", "name", "phone", "merged_into_id"))
        self.know_customers("pk", {kept_id for *_words, kept_id in rows})
        for number, source, name, phone, kept_id in rows:
            if number and source == self.source:
                self.merged_numbers[number] = self.customers.known[kept_id]
            if phone:
                self.merged_people[name, phone] = self.customers.known[kept_id]

    def stands_for_merged(self, name, phone, external_id=None):
        """Return the customer the record of this number, else of this name and phone, was merged into; None when it stands by itself."""
        if external_id:
            return None if external_id in self.by_external_id else self.merged_numbers.get(external_id)
        return None if (name, phone) in self.by_name_and_phone else self.merged_people.get((name, phone))

    def remember_customer(self, customer):
        values = customer.values
        if values["external_id"] and values["source"] == self.source:
            self.by_external_id[values["external_id"]] = customer
        self.by_name_and_phone.setdefault((values["name"], values["phone"]), customer)

    def find_vehicle(self, vin, plate):
        """Return the known car: by VIN, or by plate when the file or the archive lacks the VIN."""
        found = self.by_vin.get(vin) if vin else None
        if found is None and plate:
            by_plate = self.by_plate.get(plate)
            if by_plate is not None and not (vin and by_plate.values["vin"]):
                found = by_plate
        return found

    def owner_of(self, vehicle):
        return self.owners.get(id(vehicle)) or self.customers.known.get(vehicle.values["customer_id"])

    def customer(self, name, phone, vehicle=None, external_id=None):
        """Return the customer: by the file's own number, as the car's owner of that name, by name and phone, or a new one."""
        if merged := self.stands_for_merged(name, phone, external_id):
            return merged
        owner = self.owner_of(vehicle) if vehicle is not None else None
        found = self.by_external_id.get(external_id) if external_id else None
        if found is None and owner is not None and owner.values["name"] == name and self.fits(owner, external_id):
            found = owner
        if found is None:
            known = self.by_name_and_phone.get((name, phone or ""))
            found = known if known is not None and phone and self.fits(known, external_id) else None
        if found is None:
            found = Draft(BLANK_CUSTOMER | {"name": name, "phone": phone or "", "external_id": external_id or "", "source": self.source if external_id else ""})
            self.customers.new.append(found)
            self.remember_customer(found)
        return found

    def fits(self, customer, external_id):
        """A customer with another number in the same system is somebody else."""
        return (
            not external_id or not customer.values["external_id"] or (customer.values["external_id"], customer.values["source"]) == (external_id, self.source)
        )

    def vehicle(self, vin, plate, owner):
        """Return the known car, with the VIN or plate it lacked, or a new one of ``owner``."""
        vehicle = self.find_vehicle(vin, plate)
        if vehicle is None:
            return self.new_vehicle(vin, plate, owner)
        self.complete_vehicle(vehicle, vin, plate)
        return vehicle

    def new_vehicle(self, vin, plate, owner):
        vehicle = Draft(BLANK_VEHICLE | {"vin": vin or "", "plate": plate or ""})
        self.owners[id(vehicle)] = owner
        self.vehicles.new.append(vehicle)
        self.remember_vehicle(vehicle)
        return vehicle

    def complete_vehicle(self, vehicle, vin, plate):
        if not (vehicle.values["vin"] and vehicle.values["plate"]):
            vehicle.take(("vin", "plate"), {"vin": vin, "plate": plate}, overwrite=False)
            self.remember_vehicle(vehicle)

    def write_new(self, now, *, is_dry_run):
        """Give ids to the customers and cars met since the last time, and write them."""
        customers, vehicles = self.customers.number_new(), self.vehicles.number_new()
        for vehicle in vehicles:
            vehicle.values["customer_id"] = self.owners[id(vehicle)].id
        if not is_dry_run:
            self.customers.insert(self.store, customers, now)
            self.vehicles.insert(self.store, vehicles, now)

    def write_changes(self, now):
        self.customers.update(now)
        self.vehicles.update(now)
