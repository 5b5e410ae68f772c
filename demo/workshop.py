"""The cars in the workshop today: on which bay, in whose hands, how far the work has come."""

from datetime import timedelta

from accounts.roles import Role
from demo.world import DAY, MINUTE
from visits.models import QualityCheck, Visit
from visits.models.workshop import Stage

# Taken in turn by the cars in the shop, those that came first on top.
STAGES = [Stage.IN_REPAIR, Stage.WAITING_FOR_PARTS, Stage.READY, Stage.IN_REPAIR, Stage.INSPECTION, Stage.STOPPED, Stage.IN_REPAIR, Stage.RECEIVED]
HALTS = {Stage.WAITING_FOR_PARTS: "右前减振器总成", Stage.STOPPED: "等客户确认增项报价"}
SIGNED = {Stage.INSPECTION: ("self", "mutual"), Stage.READY: ("self", "mutual", "final")}


def fill_workshop(world, branch):
    """Spread the cars in the shop over the stages of the work."""
    here = [visit for visit in branch.visits if visit.status == Visit.Status.IN_SHOP]
    for place, visit in enumerate(here):
        visit.stage = STAGES[place % len(STAGES)]
        if visit.stage == Stage.RECEIVED:
            visit.bay = visit.technician = ""
        else:
            put_on_bay(world, branch, visit, place)


def put_on_bay(world, branch, visit, place):
    """Write what starting the work, resting and signing would have left behind."""
    technicians = branch.staff[Role.TECHNICIAN]
    team = [technicians[place % len(technicians)]] + ([technicians[(place + 1) % len(technicians)]] if place % 3 == 0 else [])
    visit.bay, visit.technician = f"{place + 1}号工位", ""
    for person in team:
        world.books.enter(Visit.technicians.through, visit.pk, person.pk)
    begun = min(visit.arrived_at + timedelta(minutes=20), world.now)
    names = ", ".join(person.name for person in team)
    world.books.note("visit.repair_started", visit, begun, visit.advisor, number=visit.number, bay=visit.bay, technicians=names)
    halt(world, visit, begun, team[0])
    sign_checks(world, branch, visit, begun, team)


def halt(world, visit, begun, by):
    visit.halt_reason = HALTS.get(visit.stage, "")
    at = min(begun + MINUTE * 30, world.now)
    if visit.stage == Stage.WAITING_FOR_PARTS:
        visit.parts_expected_on = world.today + DAY
        expected_on = visit.parts_expected_on.isoformat()
        world.books.note("visit.parts_awaited", visit, at, by, number=visit.number, parts=visit.halt_reason, expected_on=expected_on)
    elif visit.stage == Stage.STOPPED:
        world.books.note("visit.stopped", visit, at, by, number=visit.number, reason=visit.halt_reason)


def sign_checks(world, branch, visit, begun, team):
    mate = next(person for person in branch.staff[Role.TECHNICIAN] if person not in team)
    signers = {"self": team[0], "mutual": mate, "final": branch.staff[Role.INSPECTOR][0]}
    for place, level in enumerate(SIGNED.get(visit.stage, ())):
        by, at, is_final = signers[level], min(begun + MINUTE * (60 + 10 * place), world.now), level == "final"
        world.books.enter(QualityCheck, visit.pk, level, True, is_final, "", by.pk, at)
        world.books.note("visit.check_signed", visit, at, by, number=visit.number, level=level, passed=True, findings="", road_test=is_final)
