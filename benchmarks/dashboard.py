"""The dashboard over two years of many visits, against the same page over few."""

from datetime import timedelta

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from benchmarks.pages import Visitor
from benchmarks.rows import car_of, day_of, make_cars, make_rows, make_store, make_user, make_visits, settle, spread
from benchmarks.timing import Figure, alternate
from common.periods import Period
from followups.models import FollowUp, Plan
from kpis.facts import mark, refresh
from surveys.models import Questionnaire, Response

MANY, FEW, MOST, REPETITIONS = 1_000_000, 10_000, 1.3, 15
DAYS = 730


def measure(scratch, scale):
    many, few, now = scale(MANY), scale(FEW), timezone.now()
    databases = {number: make_history(scratch, number, now) for number in (many, few)}
    # The month before this one is whole in both.
    address = f"{reverse('kpis:dashboard')}?period={Period.containing(timezone.localdate(now)).moved(-1)}"
    times = alternate(*(lambda number=number: open_dashboard(scratch, databases[number], address) for number in databases), REPETITIONS)
    for number in databases:
        scratch.drop(f"dashboard_{number}")
    return [Figure("dashboard, 24 months", many, *times, MOST, REPETITIONS, f"reference: {few} visits")]


def open_dashboard(scratch, database, address):
    """Return the seconds of the page, once connection and caches are warm."""
    scratch.use(database)
    cache.clear()
    visitor = Visitor(User.objects.get(username="manager"))
    visitor.seconds(address)
    return visitor.seconds(address)


def make_history(scratch, number, now):
    """Make a database with ``number`` visits, a finished call for each and an answer for every second; sum up the facts."""
    name = scratch.copy(f"dashboard_{number}")
    store = make_store("BENCH")
    make_user("manager", Role.STORE_MANAGER, store)
    cars, numbers, start, end = max(1, number // 10), (1, number), now - timedelta(days=DAYS), now - timedelta(days=1)
    make_cars(store, cars)
    make_visits(store, numbers, cars, start, end)
    plan, moment, links = Plan.objects.get(code="service-3wd"), spread(start, end, numbers), {"customer": car_of(cars), "vehicle": car_of(cars), "visit": "n"}
    done = {"status": FollowUp.Status.DONE, "attempt_count": 1, "outcome": "ok", "plan": plan.pk, "source_kind": "visit", "role": plan.role}
    times = {"due_at": moment, "available_at": moment, "finished_at": moment, "first_attempt_at": moment}
    make_rows(FollowUp, numbers, {"store": store.pk, **done}, **links, source_id="n", **times)
    answered = {"questionnaire": Questionnaire.objects.filter(code="csi-5f").first().pk, "is_counted": True, "answered_weight": 1, "mood": "satisfied"}
    first_advisor = User.objects.get(username="advisor0").pk
    answers = {"served_on": day_of(moment), "submitted_at": moment, "points": "700 + n % 300", "employee": f"{first_advisor} + n % 8"}
    make_rows(Response, (1, max(1, number // 2)), {"store": store.pk, **answered}, **links, **answers)
    settle()
    mark(store.pk, {(now - timedelta(days=day)).date() for day in range(-1, DAYS + 2)})
    refresh(now=now)
    return name
