"""Work advised in the last months: some still open, some decided."""

from demo.world import DAY
from visits.models import AdvisedWork, Visit

SPAN = 150
SHARE = 0.14
DECIDED = 0.45
Severity, Status = AdvisedWork.Severity, AdvisedWork.Status
# what, how pressing, price
WORK = [
    ("前制动片剩余3毫米，建议更换", Severity.SAFETY, 680),
    ("轮胎花纹深度接近极限，建议更换两条", Severity.SAFETY, 1560),
    ("空调滤芯较脏，建议更换", Severity.SOON, 150),
    ("蓄电池启动电压偏低，建议更换", Severity.SOON, 620),
    ("变速箱油到更换周期", Severity.LATER, 1280),
    ("雨刮片老化，有刮痕", Severity.LATER, 160),
]
REASONS = {Status.DONE_ELSEWHERE: ["已在修理厂更换", "朋友店里做了"], Status.REFUSED: ["准备换车，不做了", "觉得价格偏高，再考虑"]}


def advise(world, branch):
    """Let the advisors write down what cars need; on some of it the customers have decided."""
    rng = world.random(f"advice {branch.number}")
    lately = [visit for visit in branch.visits if visit.status == Visit.Status.HANDED_OVER and branch.day(visit.handed_over_at) >= world.today - DAY * SPAN]
    for visit in lately:
        if rng.random() < SHARE:
            decide(world, branch, rng, advised(world, branch, rng, visit))


def advised(world, branch, rng, visit):
    text, severity, price = rng.choice(WORK)
    due = {"due_on": branch.day(visit.handed_over_at) + DAY * rng.randint(20, 200)}
    if rng.random() < 0.4:
        due["due_mileage"] = visit.mileage + rng.randint(1, 8) * 1000
    at, by = visit.handed_over_at, visit.advisor
    fields = {"origin": AdvisedWork.Origin.INSPECTION, "severity": severity, "price_hint": price, "advised_at": at, "advised_by": by, "updated_at": at}
    item = world.books.add(AdvisedWork(store=branch.store, vehicle=visit.vehicle, visit=visit, text=text, **due, **fields))
    note(world, item, "advised_work.created", at, by, severity=severity)
    return item


def decide(world, branch, rng, item):
    at = item.advised_at + DAY * rng.randint(5, 40)
    if rng.random() > DECIDED or at >= world.now:
        return
    item.status = rng.choice(list(REASONS))
    item.reason, item.closed_by, item.closed_at, item.updated_at = rng.choice(REASONS[item.status]), item.advised_by, at, at
    note(world, item, f"advised_work.{item.status}", at, item.advised_by, reason=item.reason)


def note(world, item, code, at, by, **particulars):
    # The timeline of the owner shows it, though the row itself knows the car only.
    item.customer_id = item.vehicle.customer_id
    world.books.note(code, item, at, by, text=item.text, **particulars)
