"""Customers, their cars and what they have agreed to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.roles import Role
from customers.models import Channel, Consent, ContactPerson, Customer, PastPlate, Phone, Purpose, Vehicle
from customers.names import pinyin_key
from demo.names import BRAND, MODEL_WEIGHTS, MODELS, company_name, customer_name, phone, plate, vin
from demo.own_fields import hobbies
from demo.world import DAY

# How many of a hundred say yes, and how many no; the others were not asked.
CONSENTS = [
    (Purpose.SURVEY, Channel.PHONE, 96, 2),
    (Purpose.REMINDER, Channel.SMS, 90, 5),
    (Purpose.REMINDER, Channel.WECHAT, 35, 10),
    (Purpose.MARKETING, Channel.SMS, 48, 40),
]
SEASON = 183
YEAR = 365
# What is added to a number to make another one nobody else has.
SECOND_PHONES, FORMER_PLATES = 50_000_000, 500_000


@dataclass
class Car:
    """A car as the seasons pass: when it comes next, and how far it has been driven."""

    vehicle: Vehicle
    due: date | None
    kilometres_a_day: float
    visits: int = 0
    is_bought_here: bool = False

    def mileage(self, day):
        return max(int((day - self.vehicle.registered_on).days * self.kilometres_a_day), 15)


def new_customer(world, branch, rng, at, by):
    """Take down a customer with consents; not every card is complete."""
    number = next(world.numbers)
    is_company = rng.random() < 0.06
    name = company_name(number) if is_company else customer_name(number)
    customer = Customer(
        store=branch.store,
        kind=Customer.Kind.COMPANY if is_company else Customer.Kind.PERSON,
        name=name,
        gender="" if is_company or rng.random() < 0.04 else rng.choice(Customer.Gender.values),
        phone=phone(number),
        phone_tail=phone(number)[-4:],
        name_key=pinyin_key(name),
        birthday=None if is_company or rng.random() < 0.12 else date(rng.randint(1962, 2003), 1, 1) + DAY * rng.randrange(YEAR),
        address="" if rng.random() < 0.15 else f"演示市示例路{rng.randint(1, 400)}弄{rng.randint(1, 60)}号{rng.randint(101, 2604)}室",
        is_key_account=is_company and rng.random() < 0.4,
        custom={} if is_company else hobbies(number),
        confirmed_at=at,
        created_at=at,
        updated_at=at,
    )
    world.books.add(customer)
    world.books.note("customer.created", customer, at, by)
    if number % 8 == 0:
        name_second_phone(world, customer, number)
    ask_consents(world, customer, rng, at, by)
    if is_company or rng.random() < 0.04:
        name_contact(world, customer, rng, at, by)
    return customer


def name_second_phone(world, customer, number):
    second = phone(SECOND_PHONES + 37 * number)
    label, note = (Phone.Label.WORK, "") if customer.kind == Customer.Kind.COMPANY else (Phone.Label.MOBILE, "下班后接听")
    world.books.enter(Phone, customer.pk, second, second[-4:], label, note)


def ask_consents(world, customer, rng, at, by):
    for purpose, channel, yes, no in CONSENTS:
        drawn = rng.randrange(100)
        if drawn < yes + no:
            word = {"purpose": purpose, "channel": channel, "is_granted": drawn < yes}
            consent = Consent(store=customer.store, customer=customer, source="staff", given_at=at, taken_by=by, **word)
            world.books.add(consent)
            world.books.note("consent.granted" if consent.is_granted else "consent.withdrawn", consent, at, by, purpose=purpose, channel=channel)


def name_contact(world, customer, rng, at, by):
    number = next(world.numbers)
    is_company = customer.kind == Customer.Kind.COMPANY
    relation = ContactPerson.Relation.DRIVER if is_company else rng.choice([ContactPerson.Relation.SPOUSE, ContactPerson.Relation.CHILD])
    contact = ContactPerson(customer=customer, name=customer_name(number), relation=relation, phone=phone(number))
    world.books.note("contact.added", world.books.add(contact), at, by, relation=relation)


def new_vehicle(world, rng, customer, at, by, *, registered_on):
    """Take down a car with VIN, plate and insurance."""
    number = next(world.numbers)
    model, power = rng.choices(MODELS, MODEL_WEIGHTS)[0]
    vehicle = Vehicle(
        store=customer.store,
        customer=customer,
        vin=vin(number, registered_on.year),
        brand=BRAND,
        model=model,
        power=power,
        engine_number="" if power == Vehicle.Power.ELECTRIC else f"DE{number:07d}",
        registered_on=registered_on,
        plate=plate(number, power),
        created_at=at,
        updated_at=at,
    )
    vehicle.vin_tail = vehicle.vin[-6:]
    insure(world, rng, vehicle)
    world.books.add(vehicle)
    world.books.note("vehicle.created", vehicle, at, by, model=vehicle.label)
    return vehicle


def insure(world, rng, vehicle):
    """Let both insurances run to the next anniversary, give or take the commercial one; some are kept elsewhere and unknown."""
    if rng.random() < 0.15:
        return
    years = max((world.today - vehicle.registered_on).days // YEAR, 0) + 1
    vehicle.compulsory_insurance_until = vehicle.registered_on + timedelta(days=YEAR * years - 1)
    vehicle.commercial_insurance_until = vehicle.compulsory_insurance_until + DAY * rng.choice([0, 0, 0, 12, 25])


def older_car(world, branch, rng, created: datetime, due):
    """Return a car bought elsewhere or before this history begins, with its owner."""
    by = branch.anybody(rng, Role.SERVICE_ADVISOR)
    registered_on = branch.day(created) - DAY * rng.randint(200, 2600)
    customer = new_customer(world, branch, rng, created, by)
    vehicle = new_vehicle(world, rng, customer, created, by, registered_on=registered_on)
    # Keys differ from one database to the next; the number in the VIN does not.
    number = int(vehicle.vin_tail)
    if number % 15 == 0 and vehicle.power == Vehicle.Power.FUEL:
        world.books.enter(PastPlate, vehicle.pk, plate(FORMER_PLATES + number, vehicle.power), registered_on, registered_on + DAY * 150)
    return Car(vehicle, due, rng.uniform(18, 62), visits=1)


def older_cars(world, branch, rng, number):
    """Return the cars that already come to this store when history begins, due over the first half year."""
    cars = []
    for _place in range(number):
        created = branch.at(world.first_day - DAY * rng.randint(20, 700), rng.randint(540, 1060))
        cars.append(older_car(world, branch, rng, created, world.first_day + DAY * rng.randrange(SEASON)))
    return cars
