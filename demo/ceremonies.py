"""The ceremonies and plates of the new cars delivered lately."""

from demo.world import DAY, MINUTE
from visits.models import Ceremony, CeremonyCheck

SPAN = 60
SKIPS_A_STEP = 0.12
# Of the cars delivered in the last days: days until the temporary plate ends, None where there is none; the first ring the bell.
TEMPORARY = [3, 5, 12, 14, 20, None, 25]


def hold_ceremonies(world, branch):
    """Tick the ceremonies of the last weeks, some not to the end, and let the plates of the newest cars be on their way."""
    rng = world.random(f"ceremonies {branch.number}")
    ceremony = Ceremony.objects.current()
    steps = [item for item in ceremony.items.all() if not item.needs_photo]
    for delivery in branch.deliveries:
        if delivery.has_ceremony and branch.day(delivery.delivered_at) >= world.today - DAY * SPAN:
            tick(world, rng, delivery, ceremony, steps)
    unplated = [delivery for delivery in branch.deliveries if not delivery.vehicle.plate]
    for delivery, days in zip(reversed(unplated), TEMPORARY, strict=False):
        await_plate(world, branch, rng, delivery, days)


def tick(world, rng, delivery, ceremony, steps):
    delivery.ceremony = ceremony
    done = [item for item in steps if rng.random() > SKIPS_A_STEP]
    for place, item in enumerate(done):
        world.books.enter(CeremonyCheck, delivery.pk, item.pk, delivery.delivered_at + MINUTE * 4 * place, delivery.salesperson_id)
    at = delivery.delivered_at + MINUTE * 50
    world.books.note("delivery.ceremony_ticked", delivery, at, delivery.salesperson, done=len(done), total=len(steps) + 1)


def await_plate(world, branch, rng, delivery, days):
    delivered_on = branch.day(delivery.delivered_at)
    if days is not None:
        delivery.temporary_plate = f"临{rng.randint(10000, 99999)}"
        delivery.temporary_plate_until = world.today + DAY * days
        at = delivery.delivered_at + MINUTE * 55
        until = delivery.temporary_plate_until.isoformat()
        world.books.note("delivery.temporary_plate_taken", delivery, at, delivery.salesperson, until=until)
    elif delivered_on < world.today:
        delivery.plate_applied_on = delivered_on + DAY
