"""Who makes calls when, from Monday of this week on for two weeks, and the follow-up reports of the last weeks."""

from datetime import time, timedelta

from accounts.roles import Role
from followups.models import Report, Shift
from followups.reporting import figures_of

SPANS = [(time(9), time(18)), (time(10), time(19))]
WEEKS = 4


def plan_shifts(world, branch):
    """Give every care agent five days a week; the two are off on different days."""
    monday = world.today - timedelta(days=world.today.weekday())
    agents = branch.staff[Role.CARE_AGENT]
    shifts = [
        Shift(store=branch.store, person=agent, date=monday + timedelta(days=day), starts=SPANS[place % 2][0], ends=SPANS[place % 2][1])
        for place, agent in enumerate(agents)
        for day in range(14)
        if day % 7 not in (6, place)
    ]
    Shift.objects.bulk_create(shifts)


def write_reports(world):
    """Keep the reports the last Mondays would have brought."""
    monday = world.today - timedelta(days=world.today.weekday())
    for branch in world.branches:
        for week in range(1, WEEKS + 1):
            first = monday - timedelta(weeks=week)
            last = first + timedelta(days=6)
            made_at = branch.at(last + timedelta(days=1), 390)
            Report.objects.create(
                store=branch.store, period=Report.Period.WEEK, first_day=first, last_day=last, made_at=made_at, figures=figures_of(branch.store, first, last)
            )
