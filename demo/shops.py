"""Mystery shops: two years of full quotas, and this month's still to be completed."""

import math

from accounts.roles import Role
from demo import words
from demo.world import DAY, MINUTE
from surveys.models import Checklist, ItemScore, MysteryShop, Side
from surveys.scoring import checklist_score, rounded

Kind = MysteryShop.Kind
# Whom the auditor visits each month: role, checklist, kind, how often each; None is any one of the role.
ANNOUNCED = [(Role.SALESPERSON, Side.SALES, 2), (Role.SALES_MANAGER, Side.SALES, 1), (Role.SERVICE_ADVISOR, Side.AFTER_SALES, 1)]
COVERT = [(Role.SALESPERSON, Side.SALES), (Role.SERVICE_ADVISOR, Side.AFTER_SALES)]
LEFT_OUT = 0.03
DONE_THIS_MONTH = 0.6
NOT_APPLICABLE = 0.2
FULL_MARKS, HALF_MARKS = 0.78, 0.15


def visit_secretly(world, branch):
    """Score the shops of every month up to today; one is still a draft."""
    rng = world.random(f"shops {branch.number}")
    checklists = {each.side: each for each in Checklist.objects.in_use().prefetch_related("items").order_by("version")}
    for month, is_current in months(world):
        due = [(rng.choice(days_of(world, branch, month)), *what) for what in quota(branch, rng) if rng.random() > LEFT_OUT]
        due.sort(key=lambda shop: (shop[0], shop[1].pk))
        wanted = math.ceil(len(due) * DONE_THIS_MONTH) if is_current else len(due)
        for place, (day, employee, side, kind) in enumerate(due[:wanted]):
            is_draft = is_current and place == wanted - 1
            score(world, branch, rng, checklists[side], (employee, kind, day, is_draft))


def months(world):
    """Return ``[(first day of the month, is it the current one?)]`` of every month with a day before today."""
    firsts = sorted({day.replace(day=1) for day in world.days})
    return [(first, first == world.today.replace(day=1)) for first in firsts]


def days_of(world, branch, month):
    days = [day for day in world.days if day.replace(day=1) == month]
    return [day for day in days if branch.is_open(day)] or days


def quota(branch, rng):
    """Return ``[(employee, side, kind)]`` of what a month asks for."""
    announced = [(user, side, Kind.ANNOUNCED) for role, side, times in ANNOUNCED for user in branch.staff[role] for _time in range(times)]
    return announced + [(branch.anybody(rng, role), side, Kind.COVERT) for role, side in COVERT]


def score(world, branch, rng, checklist, what):
    """Enter one shop with the scores of its items; a draft is only begun."""
    employee, kind, day, is_draft = what
    auditor, at = branch.staff[Role.AUDITOR][0], branch.at(day, rng.randint(600, 990))
    shop = MysteryShop(store=branch.store, checklist=checklist, kind=kind, employee=employee, auditor=auditor, visited_on=day, created_at=at)
    world.books.add(shop)
    world.books.note("mystery_shop.created", shop, at, auditor, kind=kind, side=checklist.side)
    items = list(checklist.items.all())
    scored = items[: len(items) // 2] if is_draft else items
    marks = [(item, mark(rng, item, branch.skills.get(employee.pk))) for item in scored]
    for item, earned in marks:
        note = rng.choice(words.SHOP_NOTES) if earned is not None and earned < item.points and item.points < 10 else ""
        world.books.enter(ItemScore, shop.pk, item.pk, earned, earned is None, note)
    world.books.note("mystery_shop.entered", shop, at + MINUTE * 20, auditor, items=len(scored))
    if not is_draft:
        submit(world, rng, shop, marks, at + MINUTE * 45)


def mark(rng, item, skill):
    """Return the points an item earned, None where it did not apply."""
    if item.may_be_na and rng.random() < NOT_APPLICABLE:
        return None
    shift = skill.rating / 2 if skill else 0.0
    drawn = rng.random()
    if item.points >= 10:
        return rng.choice([8, 9, 9, 10])
    return item.points - (0 if drawn < FULL_MARKS + shift else 1 if drawn < FULL_MARKS + HALF_MARKS + shift else 2)


def submit(world, rng, shop, marks, at):
    shop.score, shop.submitted_at = rounded(checklist_score((earned, item.points) for item, earned in marks), 2), at
    shop.remark = rng.choice(words.SHOP_REMARKS)
    world.books.note("mystery_shop.submitted", shop, at, shop.auditor, score=str(shop.score), employee=shop.employee_id)
    if at > world.now - 60 * DAY:
        world.books.ring(shop.employee, "mystery_shop.submitted", shop, at, score=str(shop.score))
