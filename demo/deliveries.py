"""New cars handed to their buyers."""

from accounts.roles import Role
from demo.cars import Car, new_customer, new_vehicle
from demo.world import DAY
from visits.models import Delivery

PER_VISIT = 0.48
WEEKEND = 1.5
COMES_FOR_SERVICE = 0.5


def deliver_cars(world, branch, number):
    """Deliver ``number`` new cars over the whole span and return those that will come for service here."""
    rng = world.random(f"deliveries {branch.number}")
    cars = []
    for day, count in world.spread(rng, branch, number, WEEKEND):
        for minute in sorted(rng.randint(600, 1040) for _place in range(count)):
            delivery = deliver(world, branch, rng, day, minute)
            if rng.random() < COMES_FOR_SERVICE:
                cars.append(Car(delivery.vehicle, day + DAY * rng.randint(60, 110), rng.uniform(20, 60), is_bought_here=True))
    return cars


def deliver(world, branch, rng, day, minute):
    """Deliver one car: the buyer became a customer at the order, the plate follows days after."""
    salesperson = rng.choices(branch.staff[Role.SALESPERSON], [40, 34, 26])[0]
    at = branch.at(day, minute)
    ordered = at - DAY * rng.randint(3, 30)
    customer = new_customer(world, branch, rng, ordered, salesperson)
    vehicle = new_vehicle(world, rng, customer, ordered, salesperson, registered_on=day + DAY * rng.randint(2, 9))
    complete(world, vehicle, rng, day)
    delivery = Delivery(
        store=branch.store,
        customer=customer,
        vehicle=vehicle,
        salesperson=salesperson,
        delivered_at=at,
        invoiced_on=vehicle.invoiced_on,
        has_ceremony=rng.random() < 0.72,
        created_at=at,
        updated_at=at,
    )
    branch.deliveries.append(world.books.add(delivery))
    world.books.note("delivery.created", delivery, at, salesperson, salesperson=salesperson.name)
    return delivery


def complete(world, vehicle, rng, day):
    """Write down what the delivery settles; a car delivered in the last days has no plate yet."""
    vehicle.delivered_on, vehicle.invoiced_on = day, day - DAY * rng.randint(0, 3)
    vehicle.mileage, vehicle.mileage_on = rng.randint(6, 40), day
    vehicle.next_maintenance_on = day + DAY * rng.choice([60, 90, 90])
    if vehicle.registered_on >= world.today:
        vehicle.registered_on, vehicle.plate = None, ""
