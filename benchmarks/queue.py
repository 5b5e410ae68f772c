"""The queue and the next call, against the emptiest page a signed-in person can open."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from benchmarks.pages import Visitor, emptiest
from benchmarks.rows import car_of, instant, make_cars, make_rows, make_store, make_user, make_visits, settle, spread
from benchmarks.timing import Figure, alternate
from followups.models import FollowUp, Plan

DONE, OPEN, MOST, MOST_QUERIES, REPETITIONS = 1_000_000, 50_000, 2, 10, 25


def measure(scratch, scale):
    done, waiting, now = scale(DONE), scale(OPEN), timezone.now()
    scratch.copy("queue")
    agent = make_queue(done, waiting, now)
    visitor = Visitor(agent)
    figures = [figure(visitor, *page, done + waiting) for page in (("queue page", "followups:queue", "get"), ("next call", "followups:next", "post"))]
    scratch.drop("queue")
    return figures


def figure(visitor, name, address, method, rows):
    """Time one address and the emptiest page in turn, everything claimed put back in between."""
    address = reverse(address)
    put_back()
    queries = visitor.queries(address, method)

    def measured():
        put_back()
        return visitor.seconds(address, method)

    times = alternate(measured, lambda: visitor.seconds(emptiest()), REPETITIONS)
    return Figure(name, rows, *times, MOST, REPETITIONS, f"{queries} queries of at most {MOST_QUERIES}")


def put_back():
    FollowUp.objects.filter(claimed_by__isnull=False).update(claimed_by=None, claimed_at=None, lease_until=None)


def make_queue(done, waiting, now):
    """Fill one store: finished calls of two years, then those that wait; every hundredth of these is promised, every fiftieth urgent."""
    store = make_store("BENCH")
    agent, plan = make_user("agent", Role.CARE_AGENT, store), Plan.objects.get(code="service-3wd")
    total = done + waiting
    cars = max(1, total // 10)
    make_cars(store, cars)
    make_visits(store, (1, total), cars, now - timedelta(days=730), now - timedelta(days=2))
    shared = {"store": store.pk, "plan": plan.pk, "source_kind": "visit", "role": plan.role}
    links = {"source_id": "n", "visit": "n", "customer": car_of(cars), "vehicle": car_of(cars)}
    due = spread(now - timedelta(days=730), now - timedelta(days=5), (1, done))
    ending = {"status": FollowUp.Status.DONE, "attempt_count": 1, "outcome": "ok", "finished_by": agent.pk}
    make_rows(FollowUp, (1, done), shared | ending | {"priority": plan.priority}, **links, due_at=due, available_at=due, finished_at=due, first_attempt_at=due)
    numbers = (done + 1, total)
    promised = f"CASE WHEN n % 100 = 0 THEN {instant(int(now.timestamp()) - 600)} END"
    times = {"due_at": spread(now - timedelta(days=5), now + timedelta(days=3), numbers), "available_at": instant(int(now.timestamp()) - 3600)}
    make_rows(FollowUp, numbers, shared, **links, **times, promised_at=promised, priority=f"CASE WHEN n % 50 = 0 THEN 1 ELSE {plan.priority} END")
    settle()
    return agent
