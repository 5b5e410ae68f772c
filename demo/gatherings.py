"""Owner activities of every season: who was invited and came to those that are over, who has signed up for those ahead."""

from accounts.roles import Role
from demo.world import DAY, MINUTE
from gatherings.models import Gathering, Guest
from gatherings.seasons import SEASONS

AHEAD = 90 * DAY
SEATS = 20
# One in so many visits of the store is asked, so that small groups have small activities.
VISITS_PER_GUEST, MOST_ASKED = 20, 30
SIGNS_UP, COMES, ANSWERS, CALLED_OFF = 0.6, 0.85, 0.7, 0.06
ANSWER_WEIGHTS = {6: 1, 7: 2, 8: 5, 9: 6, 10: 6}
REMARKS = ["", "", "内容很实用", "希望多安排实车讲解", "茶歇不错"]
Status = Guest.Status


def hold_gatherings(world, branch):
    """Hold the activities of all seasons since the store opened, and plan those of the next months."""
    rng = world.random(f"gatherings {branch.number}")
    for year in range(world.first_day.year, (world.today + AHEAD).year + 1):
        for season in SEASONS:
            day = branch.next_open(branch.day(season.starts_at(branch.store, year)))
            if world.first_day < day < world.today + AHEAD:
                gather(world, branch, rng, season, day)


def gather(world, branch, rng, season, day):
    manager, starts_at = branch.staff[Role.CARE_MANAGER][0], branch.at(day, 570)
    known_at = min(starts_at - DAY * 14, world.now - DAY)
    gathering = Gathering(
        store=branch.store, kind=season.kind, title=season.title, starts_at=starts_at, planned_on=day, venue=f"{branch.store.name}客户休息区", seats=SEATS,
        created_by=manager, updated_at=known_at,
    )  # fmt: skip
    world.books.note("gathering.created", world.books.add(gathering), known_at, manager, kind=season.kind, day=day.isoformat())
    if starts_at < world.now and rng.random() < CALLED_OFF:
        gathering.status, gathering.cancel_reason = Gathering.Status.CANCELLED, "暴雨预警"
        world.books.note("gathering.cancelled", gathering, starts_at - DAY, manager, reason=gathering.cancel_reason)
        return
    welcome(world, branch, rng, gathering, known_at)
    if starts_at < world.now:
        gathering.status, gathering.held_on = Gathering.Status.HELD, day
        world.books.note("gathering.held", gathering, min(starts_at + MINUTE * 150, world.now - MINUTE), manager, day=day.isoformat())


def welcome(world, branch, rng, gathering, known_at):
    """Ask some of the customers known by then; the first to sign up get the seats."""
    known = sorted({visit.customer for visit in branch.visits if visit.arrived_at < known_at}, key=lambda customer: customer.pk)
    asked = rng.sample(known, min(len(known), MOST_ASKED, len(branch.visits) // VISITS_PER_GUEST))
    agent, taken = branch.anybody(rng, Role.CARE_AGENT), 0
    for place, customer in enumerate(asked):
        guest = world.books.add(Guest(gathering=gathering, customer=customer, status=Status.INVITED, invited_at=known_at))
        if rng.random() < SIGNS_UP:
            taken += 1
            sign_up(world, guest, known_at + MINUTE * place, agent, taken <= gathering.seats)
            if guest.status == Status.REGISTERED and gathering.starts_at < world.now:
                come(world, rng, guest, agent)


def sign_up(world, guest, at, agent, has_seat):
    guest.status, guest.registered_at = Status.REGISTERED if has_seat else Status.WAITING, at
    note(world, "guest.registered" if has_seat else "guest.queued", guest, at, agent)


def come(world, rng, guest, agent):
    if rng.random() >= COMES:
        return
    guest.came_at = min(guest.gathering.starts_at + MINUTE * rng.randint(0, 20), world.now - MINUTE)
    note(world, "guest.attended", guest, guest.came_at, agent)
    if rng.random() < ANSWERS:
        guest.satisfaction, guest.remark = rng.choices(list(ANSWER_WEIGHTS), ANSWER_WEIGHTS.values())[0], rng.choice(REMARKS)
        note(world, "guest.rated", guest, min(guest.came_at + DAY, world.now - MINUTE), agent, satisfaction=guest.satisfaction)


def note(world, code, guest, at, by, **particulars):
    world.books.note(code, guest, at, by, gathering=guest.gathering_id, title=guest.gathering.title, **particulars)
