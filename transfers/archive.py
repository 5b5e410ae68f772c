"""Finding or making the customer and the car a file row speaks of, within one store."""

from collections import defaultdict

from customers.models import Customer, Vehicle
from transfers.drafts import Draft, insert_drafts, read_drafts, update_drafts

CUSTOMER_FIELDS = ["name", "gender", "phone", "phone_tail", "birthday", "address", "external_id", "source"]
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


class Archive:
    """Customers and vehicles of one store as the file sees them; ``write`` puts the new and changed ones down."""

    def __init__(self, store, source="file"):
        self.store, self.source = store, source
        self.by_vin, self.by_plate, self.by_external_id, self.by_name_and_phone = {}, {}, {}, {}
        self.customers, self.vehicles, self.owners = {}, {}, {}
        self.asked, self.made = defaultdict(set), set()

    def read(self, values):
        """Load what is already known of the cars and people in ``values`` (dicts of parsed cells)."""
        cars = [
            *self.know_vehicles("vin", (each.get("vin") for each in values)),
            *self.know_vehicles("plate", (each.get("plate") for each in values if not each.get("vin"))),
            *self.know_vehicles("plate", (each.get("plate") for each in values if each.get("vin")), vin=""),
        ]
        self.know_customers("pk", (car.values["customer_id"] for car in cars))
        self.know_customers("phone", (each.get(name) for each in values for name in PHONES))
        self.know_customers("external_id", (each.get("external_id") for each in values), source=self.source)

    def know_vehicles(self, name, values, **more):
        """Remember the cars found and return those not known before."""
        found = [vehicle for vehicle in self.ask(Vehicle, VEHICLE_FIELDS, name, values, more) if vehicle.id not in self.vehicles]
        for vehicle in found:
            self.vehicles[vehicle.id] = vehicle
            self.remember_vehicle(vehicle)
        return found

    def ask(self, model, fields, name, values, more):
        """Return what stands there under ``values`` not asked for before; nothing but this import adds to it meanwhile."""
        asked = self.asked[model, name, *more]
        new = {value for value in values if value} - asked
        asked |= new
        return read_drafts(model.objects.filter(store=self.store, **{f"{name}__among": new}, **more), fields) if new else []

    def remember_vehicle(self, vehicle):
        if vehicle.values["vin"]:
            self.by_vin[vehicle.values["vin"]] = vehicle
        if vehicle.values["plate"]:
            self.by_plate[vehicle.values["plate"]] = vehicle

    def know_customers(self, name, values, **more):
        for customer in self.ask(Customer, CUSTOMER_FIELDS, name, values, more):
            if customer.id not in self.customers:
                self.customers[customer.id] = customer
                self.remember_customer(customer)

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
        return self.owners.get(id(vehicle)) or self.customers.get(vehicle.values["customer_id"])

    def customer(self, name, phone, vehicle=None, external_id=None):
        """Return the customer: by the file's own number, as the car's owner of that name, by name and phone, or a new one."""
        owner = self.owner_of(vehicle) if vehicle is not None else None
        found = self.by_external_id.get(external_id) if external_id else None
        if found is None and owner is not None and owner.values["name"] == name and self.fits(owner, external_id):
            found = owner
        if found is None:
            known = self.by_name_and_phone.get((name, phone or ""))
            found = known if known is not None and phone and self.fits(known, external_id) else None
        if found is None:
            found = Draft(BLANK_CUSTOMER | {"name": name, "phone": phone or "", "external_id": external_id or "", "source": self.source if external_id else ""})
            self.remember_customer(found)
        return found

    def fits(self, customer, external_id):
        """A customer with another number in the same system is somebody else."""
        return (
            not external_id or not customer.values["external_id"] or (customer.values["external_id"], customer.values["source"]) == (external_id, self.source)
        )

    def vehicle(self, vin, plate, owner):
        """Return the known car or a new one of ``owner``."""
        found = self.find_vehicle(vin, plate)
        if found is None:
            found = Draft(BLANK_VEHICLE | {"vin": vin or "", "plate": plate or ""})
            self.owners[id(found)] = owner
        elif not (found.values["vin"] and found.values["plate"]):
            found.take(("vin", "plate"), {"vin": vin, "plate": plate}, overwrite=False)
        self.remember_vehicle(found)
        return found

    def write(self, customers, vehicles, now):
        """Write the new ones of the given drafts and return ``(customers, vehicles)`` that were; what changes in others waits for ``write_changes``."""
        customers, vehicles = new_only(customers), new_only(vehicles)
        for customer in customers:
            customer.values["phone_tail"] = customer.values["phone"][-4:]
        insert_drafts(Customer, self.store, customers, CUSTOMER_FIELDS, now)
        for vehicle in vehicles:
            vehicle.values["vin_tail"] = vehicle.values["vin"][-6:]
            vehicle.values["customer_id"] = self.owners[id(vehicle)].id
        insert_drafts(Vehicle, self.store, vehicles, VEHICLE_FIELDS, now)
        for known, new in ((self.customers, customers), (self.vehicles, vehicles)):
            known.update((draft.id, draft) for draft in new)
            self.made.update(id(draft) for draft in new)
        return customers, vehicles

    def write_changes(self, now):
        """Write what the file has changed, once for the whole file; return ``(customers, vehicles)`` that stood there before it."""
        customers, vehicles = ([draft for draft in known.values() if draft.changed] for known in (self.customers, self.vehicles))
        for customer in customers:
            customer.values["phone_tail"] = customer.values["phone"][-4:]
        update_drafts(Customer, self.store, customers, CUSTOMER_FIELDS, now)
        for vehicle in vehicles:
            vehicle.values["vin_tail"] = vehicle.values["vin"][-6:]
        update_drafts(Vehicle, self.store, vehicles, VEHICLE_FIELDS, now)
        return tuple([draft for draft in drafts if id(draft) not in self.made] for drafts in (customers, vehicles))


def new_only(drafts):
    return [draft for draft in {id(draft): draft for draft in drafts}.values() if draft.is_new]
