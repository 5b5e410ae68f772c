"""A few new cars whose three guarantees are half, nearly and wholly used up."""

from accounts.roles import Role
from customers.models import Customer, Vehicle
from demo.world import DAY, MINUTE
from visits.models import Guarantee, GuaranteeRepair, Visit
from visits.models.guarantee import level_of

LONG_REPAIR = 25 * DAY
FAULT, NOISE = "变速箱低速顿挫", "方向机异响"


def fill_guarantees(world, branch):
    """Classify repairs of three cars bought here: one safety fault (50%), a repair of 25 days (83%), two safety faults (100%)."""
    visits_of = {}
    bought = {delivery.vehicle_id for delivery in branch.deliveries if delivery.vehicle.delivered_on >= world.today - DAY * 330}
    for visit in branch.visits:
        if visit.vehicle_id in bought and visit.status == Visit.Status.HANDED_OVER:
            visits_of.setdefault(visit.vehicle_id, []).append(visit)
    once = [visits for visits in visits_of.values() if len(visits) == 1][:2]
    twice = [visits for visits in visits_of.values() if len(visits) > 1][:1]
    for place, visits in enumerate([*once, *twice]):
        if place == 1:
            stay_long(world, branch, visits[0])
        for visit in visits[:2]:
            classify(world, visit, FAULT if place == 1 else NOISE, is_safety=place != 1)


def stay_long(world, branch, visit):
    """Let the car have been here for weeks, though never before it was bought."""
    arrived_at = max(visit.handed_over_at - LONG_REPAIR, branch.at(visit.vehicle.delivered_on + DAY, 600))
    for note in world.books.notes:
        if note.subject is visit and note.code == "visit.created":
            note.at = arrived_at
    visit.arrived_at = visit.created_at = arrived_at


def classify(world, visit, fault, *, is_safety):
    visit.kind, visit.symptom, visit.work = Visit.Kind.WARRANTY, fault, "检查并更换相关零件（三包）"
    at = visit.handed_over_at
    world.books.add(GuaranteeRepair(store=visit.store, visit=visit, fault=fault, is_safety=is_safety, updated_at=at))
    world.books.note("visit.classified", visit, at, visit.advisor, number=visit.number, fault=fault)


def watch_guarantees(world):
    """Keep how near every covered car is to a limit, as the night before today has left it."""
    counted = Visit.objects.filter(kind=Visit.Kind.WARRANTY).values("vehicle")
    cars = Vehicle.objects.filter(pk__in=counted, delivered_on__isnull=False, customer__kind=Customer.Kind.PERSON).select_related("store", "customer")
    watched = [Guarantee(store=car.store, vehicle=car, watched_at=world.now, updated_at=world.now) for car in cars.order_by("pk")]
    for guarantee in watched:
        nearest = guarantee.clock(world.now).nearest
        guarantee.nearness, guarantee.headline = (nearest.percent, nearest.code) if nearest else (0, "")
        guarantee.warned_level = level_of(guarantee.nearness)
    Guarantee.objects.bulk_create(watched)
    for guarantee in watched:
        if guarantee.warned_level:
            warn(world, guarantee)


def warn(world, guarantee):
    # The timeline of the owner shows it, though the row itself knows the car only.
    guarantee.customer_id = guarantee.vehicle.customer_id
    words = {"level": guarantee.warned_level, "limit": guarantee.headline}
    note = world.books.note("guarantee.warned", guarantee, world.now - MINUTE * 90, None, **words)
    branch = next(each for each in world.branches if each.store == guarantee.store)
    note.told, note.bell = branch.staff[Role.SERVICE_MANAGER], words | {"vehicle": str(guarantee.vehicle)}
