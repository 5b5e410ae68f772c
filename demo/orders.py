"""What the last weeks' repair orders are made of, and over the whole span what had to be done again."""

from decimal import Decimal

from accounts.roles import Role
from demo.words import Kind
from demo.world import DAY, MINUTE
from visits.groups import groups_in
from visits.models import Agreement, OrderItem, QualityCheck, Visit

WITH_LINES = 30 * DAY
FAILS = 0.035
REWORK = ["四轮螺栓扭矩复核不足，重新紧固", "漆面有轻微流痕，重新打磨抛光", "机油加注口未擦净，清洁后复检", "试车仍有轻微异响，重新调整卡扣"]
REPAIRS = (Kind.REPAIR, Kind.WARRANTY, Kind.BODY, Kind.ACCIDENT, Kind.COMEBACK)
PAYERS = {Kind.WARRANTY: OrderItem.Payer.WARRANTY, Kind.ACCIDENT: OrderItem.Payer.INSURANCE, Kind.COMEBACK: OrderItem.Payer.INTERNAL}
CAUSES = {"repair": 6, "part": 3, "operation": 1}
EXPLANATIONS = {"part": "新件存在早期失效，已按质保免费更换。", "operation": "底盘有磕碰痕迹，已当面请客户查看并说明。"}
HOUR_PRICE = Decimal(160)


def fill_orders(world, branch):
    rng = world.random(f"orders {branch.number}")
    for visit in branch.visits:
        if visit.comeback_of and visit.status == Visit.Status.HANDED_OVER:
            visit.comeback_cause = rng.choices(list(CAUSES), list(CAUSES.values()))[0]
            visit.comeback_explanation = EXPLANATIONS.get(visit.comeback_cause, "")
        if visit.handed_over_at and visit.kind in REPAIRS and rng.random() < FAILS:
            fail(world, branch, rng, visit)
        if visit.arrived_at > world.now - WITH_LINES and visit.status != Visit.Status.CANCELLED:
            sign(world, visit)
            itemise(world, visit)


def fail(world, branch, rng, visit):
    """Let the final inspection find something; the rework is done before the hand-over."""
    inspector, at = branch.staff[Role.INSPECTOR][0], max(visit.handed_over_at - MINUTE * 50, visit.arrived_at)
    for has_passed, later, findings in ((False, 0, rng.choice(REWORK)), (True, 35, "")):
        signed_at = min(at + MINUTE * later, visit.handed_over_at)
        world.books.enter(QualityCheck, visit.pk, "final", has_passed, True, findings, inspector.pk, signed_at)
        words = {"number": visit.number, "level": "final", "passed": has_passed, "findings": findings, "road_test": True}
        world.books.note("visit.check_signed", visit, signed_at, inspector, **words)


def sign(world, visit):
    name, at = visit.customer.name, min(visit.arrived_at + MINUTE * 8, world.now)
    world.books.enter(Agreement, visit.pk, "order", "", visit.estimate_ceiling, name, "writing", at, visit.advisor_id)
    world.books.note("visit.signed", visit, at, visit.advisor, number=visit.number, agreed_by=name)


def itemise(world, visit):
    """Write the estimate of the order as one line of labour and one of parts."""
    group = next(iter(sorted(groups_in(visit.work))), "maintenance" if visit.kind in Visit.MAINTENANCES else "other")
    payer = PAYERS.get(visit.kind, OrderItem.Payer.CUSTOMER)
    labour, parts = visit.labour_amount, visit.parts_amount
    if labour is None:
        labour = ((visit.estimate_ceiling or 0) * Decimal("0.3")).quantize(Decimal("1"))
        parts = ((visit.estimate_ceiling or 0) * Decimal("0.6")).quantize(Decimal("1"))
    hours = (labour / HOUR_PRICE).quantize(Decimal("0.1"))
    world.books.enter(OrderItem, visit.pk, "labour", visit.work[:120], group, hours, labour, payer)
    if parts:
        world.books.enter(OrderItem, visit.pk, "part", "所需配件与辅料", group, None, parts, payer)
