"""Two years of repair orders: who comes when, what is promised and what is kept."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from heapq import heappop, heappush

from accounts.roles import Role
from demo.cars import SEASON, older_car, older_cars
from demo.names import digits
from demo.words import ACCESSORIES, SINCE, WORK, Kind
from demo.world import DAY, MINUTE
from visits.models import Visit

SHARES = {Kind.MAINTENANCE: 56, Kind.REPAIR: 20, Kind.WARRANTY: 6, Kind.BODY: 7, Kind.ACCIDENT: 6, Kind.OTHER: 5}
# Hours of work, from and to; what takes longer than a day is counted in days.
HOURS = {Kind.MAINTENANCE: (1.2, 3), Kind.FIRST_SERVICE: (1, 2), Kind.REPAIR: (2, 7), Kind.WARRANTY: (2, 8), Kind.COMEBACK: (2, 6), Kind.OTHER: (0.7, 2)}
DAYS = {Kind.BODY: (1, 3), Kind.ACCIDENT: (3, 9)}
WARRANTY_DAYS = {Kind.REPAIR: 100, Kind.BODY: 365, Kind.ACCIDENT: 365, Kind.MAINTENANCE: 30}
COMES_BACK = 0.028
STAYS_LOYAL = 0.84
OLDER_CARS = 0.75
EARLIEST, CLOSING = 9 * 60, 18 * 60 + 20
# Promises of the cars in the shop today: days from today and minute of the day; the first ones are overdue.
PROMISES_NOW = [(-1, 16 * 60 + 30), (0, 17 * 60), (0, 17 * 60 + 30), (1, 11 * 60), (1, 16 * 60), (3, 15 * 60), (0, 18 * 60), (1, 10 * 60)]
LATEST_ARRIVALS = 3 * DAY


@dataclass
class Traffic:
    """The cars of one store by the day they come next, and the latest visits, some of which come back."""

    waiting: list = field(default_factory=list)
    recent: list = field(default_factory=list)
    cars: dict = field(default_factory=dict)
    added: int = 0

    def expect(self, car):
        self.added += 1
        heappush(self.waiting, (car.due, self.added, car))

    def next_due(self, day):
        """Return the car due longest, None when nobody is due within two weeks."""
        return heappop(self.waiting)[2] if self.waiting and self.waiting[0][0] <= day + 14 * DAY else None

    def comeback(self, rng, day, branch):
        """Return a visit of the last weeks whose trouble has come back; weaker advisers have more of them."""
        self.recent = [visit for visit in self.recent if visit.handed_over_at is None or (day - branch.day(visit.handed_over_at)).days <= 25]
        handed = [visit for visit in self.recent if visit.handed_over_at and (day - branch.day(visit.handed_over_at)).days >= 3]
        if not handed:
            return None
        return rng.choices(handed, [1.3 - 2 * branch.skills[visit.advisor_id].rating for visit in handed])[0]


def receive_cars(world, branch, number, bought):
    """Fill the span with ``number`` visits of cars that are due, have trouble again, or come in for the first time."""
    rng = world.random(f"visits {branch.number}")
    traffic = Traffic()
    pool = int(number / max(len(world.days), 1) * SEASON * OLDER_CARS)
    for car in sorted(bought + older_cars(world, branch, rng, pool), key=lambda car: (car.due, car.vehicle.pk)):
        traffic.expect(car)
    for day, count in world.spread(rng, branch, number):
        for minute in sorted(arrival_minute(rng) for _place in range(count)):
            receive(world, branch, rng, traffic, branch.at(day, minute))
    keep_in_shop(world, branch)
    for visit in branch.visits:
        settle(world, branch, rng, visit)


def arrival_minute(rng):
    """Return a minute of the day: two thirds come in the morning."""
    return rng.randint(515, 690) if rng.random() < 0.66 else rng.randint(785, 985)


def receive(world, branch, rng, traffic, arrived_at):
    """Log one arrival."""
    day = branch.day(arrived_at)
    former = traffic.comeback(rng, day, branch) if rng.random() < COMES_BACK else None
    if former:
        traffic.recent.remove(former)
        car, kind = traffic.cars[former.vehicle_id], Kind.COMEBACK
    else:
        car = traffic.next_due(day) or older_car(world, branch, rng, arrived_at, day)
        kind = next_kind(car, rng)
    visit = log_visit(world, branch, rng, car, (kind, arrived_at))
    visit.comeback_of = former
    traffic.cars[visit.vehicle_id] = car
    traffic.recent.append(visit)
    if not former:
        car.visits += 1
        expect_again(rng, traffic, car, kind, day)


def next_kind(car, rng):
    if car.is_bought_here and not car.visits:
        return Kind.FIRST_SERVICE
    return rng.choices(list(SHARES), list(SHARES.values()))[0]


def expect_again(rng, traffic, car, kind, day):
    """Set when the car comes next; some owners never do."""
    is_regular = kind in (Kind.MAINTENANCE, Kind.FIRST_SERVICE)
    if is_regular:
        car.vehicle.next_maintenance_on = day + DAY * rng.randint(165, 195)
    car.due = day + DAY * (rng.randint(150, 225) if is_regular else rng.randint(45, 150))
    if rng.random() < STAYS_LOYAL:
        traffic.expect(car)


def log_visit(world, branch, rng, car, arrival):
    """Write the order as the adviser does, with the promise and the moment the car will in fact be ready."""
    kind, arrived_at = arrival
    work, symptom, labour, parts = rng.choice(WORK[kind])
    advisor = rng.choices(branch.staff[Role.SERVICE_ADVISOR], [38, 34, 28])[0]
    day = branch.day(arrived_at)
    visit = Visit(
        store=branch.store,
        number=f"V-{branch.store.code}-{len(branch.visits) + 1:06d}",
        customer=car.vehicle.customer,
        vehicle=car.vehicle,
        advisor=advisor,
        technician=f"技师{digits(rng.randint(1, 8), 2)}",
        bay=f"{rng.randint(1, 12)}号工位",
        kind=kind,
        arrived_at=arrived_at,
        mileage=car.mileage(day),
        fuel_level=rng.choice([15, 20, 30, 40, 50, 60, 70, 80]),
        accessories=rng.choice(ACCESSORIES),
        symptom=symptom,
        inquiry=inquiry(rng) if kind in (Kind.REPAIR, Kind.WARRANTY, Kind.COMEBACK) else {},
        work=work,
        warranty_days=WARRANTY_DAYS.get(kind),
        created_at=arrived_at,
        updated_at=arrived_at,
    )
    charge(visit, rng, labour, parts)
    promise(branch, rng, visit)
    branch.visits.append(world.books.add(visit))
    world.books.note("visit.created", visit, arrived_at, advisor, number=visit.number)
    return visit


def inquiry(rng):
    frequency, engine, speed = rng.choice(["constant", "occasional"]), rng.choice(["cold", "warm", "both"]), rng.choice(["low", "high", "standing"])
    return {"since": rng.choice(SINCE), "frequency": frequency, "engine": engine, "speed": speed, "road_test": rng.choice(["yes", "no"])}


def charge(visit, rng, labour, parts):
    factor = Decimal(rng.randint(85, 125)) / 100
    visit.labour_amount = (labour * factor).quantize(Decimal("1"))
    visit.parts_amount = (parts * factor).quantize(Decimal("1"))
    visit.total_amount = visit.labour_amount + visit.parts_amount
    if visit.total_amount:
        visit.estimate_ceiling = (visit.total_amount * Decimal("1.1")).quantize(Decimal("1E1"))


def promise(branch, rng, visit):
    """Promise a time and draw when the car is given back; how many promises are kept depends on the adviser."""
    ready = ready_at(branch, rng, visit)
    is_on_time = rng.random() < branch.skills[visit.advisor_id].on_time
    if is_on_time:
        at = max(ready - MINUTE * rng.randint(0, 40), visit.arrived_at + MINUTE * 20)
    else:
        at = in_hours(branch, rng, ready + MINUTE * (6 + rng.expovariate(1 / 50)))
    visit.handed_over_at = at
    visit.promised_at = None if rng.random() < 0.02 else max(ready, at) if is_on_time else ready


def ready_at(branch, rng, visit):
    """Return when the work should be done, on a quarter of an hour in business hours."""
    day, minute = branch.clock(visit.arrived_at)
    if visit.kind in DAYS:
        day, minute = branch.next_open(day + DAY * rng.randint(*DAYS[visit.kind])), rng.randint(600, 1050)
    else:
        minute += int(60 * rng.uniform(*HOURS[visit.kind]))
        if minute > 17 * 60 + 45:
            day, minute = branch.next_open(day + DAY), 10 * 60 + minute % 240
    return branch.at(day, -(-minute // 15) * 15)


def in_hours(branch, rng, moment):
    """Return ``moment``, or one of the next morning when the store has closed by then."""
    day, minute = branch.clock(moment)
    if EARLIEST <= minute <= CLOSING and branch.is_open(day):
        return moment.replace(second=0, microsecond=0)
    return branch.at(branch.next_open(day + DAY if minute > CLOSING else day), EARLIEST + rng.randint(0, 100))


def keep_in_shop(world, branch):
    """Leave the last arrivals in the shop: one promise has passed already, the others are for today and later."""
    latest = [visit for visit in branch.visits if visit.arrived_at > world.now - LATEST_ARRIVALS][-len(PROMISES_NOW) :]
    for visit, (days, minute) in zip(latest, PROMISES_NOW, strict=False):
        visit.handed_over_at = None
        visit.promised_at = max(branch.at(world.today + days * DAY, minute), visit.arrived_at + timedelta(hours=1))


def settle(world, branch, rng, visit):
    """Hand the car over, unless it is still here, and keep what was read on its way."""
    books, number = world.books, visit.number
    visit.vehicle.mileage, visit.vehicle.mileage_on = visit.mileage, branch.day(visit.arrived_at)
    if visit.handed_over_at and visit.handed_over_at >= world.now:
        visit.promised_at = max(visit.promised_at or visit.handed_over_at, branch.at(world.today, 17 * 60))
        visit.handed_over_at = None
    if visit.handed_over_at is None:
        visit.total_amount = visit.labour_amount = visit.parts_amount = None
        return
    by, at = visit.advisor, visit.handed_over_at
    visit.updated_at = at
    if visit.kind == Kind.OTHER and rng.random() < 0.1:
        visit.status, visit.handed_over_at = Visit.Status.CANCELLED, None
        books.note("visit.cancelled", visit, at, by, number=number, reason="客户改期，未施工")
        return
    visit.status = Visit.Status.HANDED_OVER
    books.note("visit.handed_over", visit, at, by, number=number, at=at.isoformat(), on_time=visit.is_on_time)
