"""Appointments: those that led to a visit, those nobody came to, and the ones of today and the next days."""

from accounts.roles import Role
from demo.visits import Kind
from demo.words import REQUESTS
from demo.world import DAY, MINUTE
from visits.models import Appointment

BOOKED_KINDS = {Kind.MAINTENANCE: 0.45, Kind.FIRST_SERVICE: 0.6, Kind.REPAIR: 0.2}
MISSED = 0.09
PER_DAY_AHEAD = [7, 5, 4, 3, 2, 2, 1]


def book_appointments(world, branch):
    rng = world.random(f"appointments {branch.number}")
    for visit in branch.visits:
        if rng.random() < BOOKED_KINDS.get(visit.kind, 0):
            keep(world, branch, rng, visit)
        elif rng.random() < MISSED * BOOKED_KINDS[Kind.MAINTENANCE]:
            miss(world, branch, rng, visit)
    book_ahead(world, branch, rng)


def keep(world, branch, rng, visit):
    """Book the visit some days before; the car came around the agreed time."""
    day, minute = branch.clock(visit.arrived_at)
    starts_at = branch.at(day, max(round((minute + rng.randint(-20, 10)) / 30) * 30, 510))
    appointment = book(world, branch, rng, visit, starts_at)
    appointment.status, appointment.visit, appointment.updated_at = Appointment.Status.ARRIVED, visit, visit.arrived_at
    world.books.note("appointment.arrived", appointment, visit.arrived_at, visit.advisor, visit=visit.pk, number=visit.number)


def miss(world, branch, rng, visit):
    """Book a time a week before the visit at which nobody came, or that was called off."""
    day = branch.day(visit.arrived_at) - 7 * DAY
    if day < world.first_day or not branch.is_open(day):
        return
    appointment = book(world, branch, rng, visit, branch.at(day, rng.choice([540, 600, 660, 840, 900])))
    is_missed = rng.random() < 0.6
    at = appointment.starts_at + MINUTE * 90 if is_missed else appointment.starts_at - MINUTE * 200
    appointment.status, appointment.updated_at = Appointment.Status.NO_SHOW if is_missed else Appointment.Status.CANCELLED, at
    code = "appointment.missed" if is_missed else "appointment.cancelled"
    world.books.note(code, appointment, at, appointment.advisor, starts_at=appointment.starts_at.isoformat())


def book_ahead(world, branch, rng):
    """Fill today and the coming days with cars that have not been here lately."""
    absent = [visit for visit in branch.visits if visit.arrived_at < world.now - 60 * DAY] or branch.visits
    last = list({visit.vehicle_id: visit for visit in absent}.values())
    day = world.today - DAY
    for number in PER_DAY_AHEAD:
        day = branch.next_open(day + DAY)
        for minute in sorted(rng.sample(range(510, 1000, 30), number)):
            visit = rng.choice(last)
            appointment = book(world, branch, rng, visit, branch.at(day, minute))
            appointment.kind = Kind.MAINTENANCE if rng.random() < 0.75 else Kind.REPAIR


def book(world, branch, rng, visit, starts_at):
    """Write down a booked appointment for the car of ``visit``, made at most six days before and never later than yesterday."""
    by = branch.anybody(rng, Role.SERVICE_ADVISOR, Role.CARE_AGENT)
    at = min(starts_at, world.now) - MINUTE * rng.randint(240, 8000)
    appointment = Appointment(
        store=branch.store,
        customer=visit.customer,
        vehicle=visit.vehicle,
        starts_at=starts_at,
        kind=visit.kind,
        request=rng.choice(REQUESTS),
        advisor=visit.advisor,
        created_at=at,
        updated_at=at,
    )
    world.books.add(appointment)
    world.books.note("appointment.created", appointment, at, by, starts_at=starts_at.isoformat())
    return appointment
