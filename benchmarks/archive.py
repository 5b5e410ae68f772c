"""Finding somebody among 100,000 customers, and the page of one with a long history, against the fifth of a second a desk waits (UX9, AR1)."""

from datetime import timedelta
from statistics import quantiles
from urllib.parse import quote

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from activity.models import Event
from benchmarks.pages import Visitor
from benchmarks.rows import instant, make_rows, make_store, make_user, make_visits, settle
from benchmarks.timing import Figure
from common.bulk import load
from customers.models import Customer, Vehicle
from customers.names import pinyin_key
from followups.models import FollowUp, Plan

CUSTOMERS, LIMIT, MOST_QUERIES, REPETITIONS = 100_000, 0.2, 12, 5
FAMILIES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
CARS, VISITS, CONTACTS = 5, 60, 200
# Every way of asking: phone, plate whole, end and part, VIN, name, its start and part, initials, pinyin; and what is not there.
QUESTIONS = ["3456", "13000034567", "沪A34567", "4567", "a345", "034567", "王伟芳", "李娜", "静丽", "wwf", "zhangmin", "chen", "沪Z99999", "甲乙丙"]


def measure(scratch, scale):
    number = scale(CUSTOMERS)
    scratch.copy("archive")
    visitor = Visitor(make_archive(number))
    search = reverse("customers:search")
    asked = [visitor.seconds(f"{search}?q={quote(text)}") for _repetition in range(REPETITIONS) for text in QUESTIONS]
    page = reverse("customers:detail", args=[1])
    opened = [visitor.seconds(page) for _repetition in range(REPETITIONS * 4)]
    queries = f"{visitor.queries(page)} queries of at most {MOST_QUERIES}"
    scratch.drop("archive")
    return [figure("search, p95", number, asked, f"{len(QUESTIONS)} ways of asking"), figure("customer page, p95", number, opened, queries)]


def figure(name, rows, times, notes):
    return Figure(name, rows, quantiles(times, n=20)[-1], LIMIT, 1, len(times), notes)


def make_archive(number):
    """Fill one store with named customers of one car each; the first has five cars, sixty visits and two hundred contacts."""
    store = make_store("BENCH")
    agent = make_user("agent", Role.CARE_AGENT, store)
    names = [FAMILIES[n % 20] + GIVEN[n // 20 % 20] + GIVEN[n // 400 % 20] for n in range(1, number + 1)]
    people = ((n, name, pinyin_key(name), f"130{n:08d}", f"{n:08d}"[-4:]) for n, name in enumerate(names, 1))
    load(Customer, ["id", "name", "name_key", "phone", "phone_tail"], list(people), shared={"store": store.pk})
    cars = ((n, n if n > CARS else 1, f"LGW{n:014d}", f"{n:06d}", f"沪A{n:05d}"[:8]) for n in range(1, number + 1))
    load(Vehicle, ["id", "customer_id", "vin", "vin_tail", "plate"], list(cars), shared={"store": store.pk})
    make_history(store, agent)
    settle()
    return agent


def make_history(store, agent):
    now, first = timezone.now(), {"store": store.pk, "customer": 1, "vehicle": 1}
    make_visits(store, (1, VISITS), 1, now - timedelta(days=1400), now - timedelta(days=2))
    plan, then = Plan.objects.get(code="service-3wd"), instant(int((now - timedelta(days=30)).timestamp()))
    ending = {"status": FollowUp.Status.DONE, "attempt_count": 1, "outcome": "ok", "finished_by": agent.pk, "priority": 5}
    times = dict.fromkeys(["due_at", "available_at", "finished_at", "first_attempt_at"], then)
    make_rows(FollowUp, (1, CONTACTS), first | ending | {"plan": plan.pk, "source_kind": "visit", "role": plan.role}, source_id="n", **times)
    kind = ContentType.objects.get_for_model(FollowUp).pk
    told = {"store": store.pk, "actor": agent.pk, "code": "followup.finished", "subject_type": kind, "customer_ref": 1, "vehicle_ref": 1}
    make_rows(Event, (1, CONTACTS), told | {"particulars": {"status": "done", "outcome": "ok"}}, subject_id="n", at=then)
