"""Visitors of the showroom in the last weeks: most leave a phone, some buy, some are lost."""

from accounts.roles import Role
from customers.models import Customer
from customers.names import pinyin_key
from demo.names import MODELS, customer_name, phone
from demo.world import DAY
from leads.models import Lead

WEEKS = 6
VISITORS = 60
REASONS = ["价格超出预算", "选择了其他品牌", "暂缓购车计划", "颜色无现车"]


def show_visitors(world, branch):
    rng = world.random(f"leads {branch.number}")
    for _visitor in range(VISITORS):
        day = branch.next_open(world.today - DAY * rng.randint(1, WEEKS * 7))
        came_at = branch.at(min(day, world.today), rng.randint(540, 1020))
        if came_at < world.now:
            welcome(world, branch, rng, came_at)


def welcome(world, branch, rng, came_at):
    number, is_captured = next(world.numbers), rng.random() < 0.76
    name = customer_name(number) if is_captured else ""
    level = rng.choices(Lead.Level.values, [2, 3, 4, 3])[0]
    salesperson = branch.anybody(rng, Role.SALESPERSON)
    lead = Lead(
        store=branch.store,
        name=name,
        name_key=pinyin_key(name),
        phone=phone(number) if is_captured else "",
        channel=rng.choices([Customer.Channel.SHOWROOM, Customer.Channel.PHONE, Customer.Channel.ONLINE, Customer.Channel.REFERRAL], [8, 2, 2, 1])[0],
        came_at=came_at,
        wanted=rng.choice(MODELS)[0] if rng.random() < 0.8 else "",
        level=level,
        salesperson=salesperson,
        next_contact_on=branch.day(came_at) + DAY * Lead.DAYS[level] if is_captured else None,
        created_by=salesperson,
        updated_at=came_at,
    )
    if is_captured and rng.random() < 0.25:
        lead.status, lead.lost_reason, lead.closed_at, lead.next_contact_on = Lead.Status.LOST, rng.choice(REASONS), min(came_at + 3 * DAY, world.now), None
    world.books.add(lead)
    world.books.note("lead.created", lead, came_at, salesperson, channel=lead.channel, level=level)
