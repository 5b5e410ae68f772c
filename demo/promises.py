"""What was promised to customers of the last weeks, in complaints and at the desk."""

from django.contrib.contenttypes.models import ContentType

from accounts.roles import Role
from complaints.models import Complaint
from demo.world import DAY
from visits.models import Promise

SPAN = 60
SHARE = 0.35
# What, worth in yuan, days until it must be kept.
OFFERS = [
    ("下次到店免费洗车一次", 60, 45),
    ("赠送空调滤芯一个并免工时更换", 150, 30),
    ("到货后第一时间通知并优先安排更换", None, 14),
    ("送小保养代金券200元", 200, 60),
    ("经理亲自致电说明处理结果", None, 5),
]


def promise(world, branch):
    """Let every third slip of the last weeks end with a promise; most old ones are kept, the newest are open."""
    rng = world.random(f"promises {branch.number}")
    slip_type = ContentType.objects.get_for_model(Complaint)
    slips = [slip for slip in world.books.rows[Complaint] if slip.store == branch.store and slip.opened_at >= world.now - DAY * SPAN]
    for slip in slips:
        if rng.random() < SHARE:
            keep(world, branch, rng, made(world, branch, rng, slip, slip_type))


def made(world, branch, rng, slip, slip_type):
    text, value, days = rng.choice(OFFERS)
    at, by, owner = slip.opened_at, branch.anybody(rng, Role.CARE_AGENT), branch.anybody(rng, Role.SERVICE_ADVISOR, Role.SERVICE_MANAGER)
    origin = {"origin_type": slip_type, "origin_id": slip.pk, "promised_at": at, "promised_by": by, "updated_at": at}
    due_on = branch.day(at) + DAY * days
    promised = Promise(store=branch.store, customer=slip.customer, vehicle=slip.vehicle, text=text, owner=owner, value=value, due_on=due_on, **origin)
    world.books.note("promise.created", world.books.add(promised), at, by, text=text, due_on=due_on.isoformat(), owner=owner.name)
    return promised


def keep(world, branch, rng, promised):
    at = promised.promised_at + DAY * rng.randint(3, 40)
    if at >= world.now:
        return
    promised.status, promised.closed_at, promised.closed_by, promised.updated_at = Promise.Status.REDEEMED, at, promised.owner, at
    world.books.note("promise.redeemed", promised, at, promised.owner, text=promised.text, number="")
