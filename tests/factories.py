"""Rows for tests, with fixed data: every default can be overruled by name."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from accounts.models import Membership, User
from accounts.roles import Role
from customers.models import Customer, Vehicle
from followups.models import FollowUp, Plan
from stores.calendar import Unit
from stores.models import BusinessHours, Department, Region, Store
from surveys.models import Side
from visits.models import Delivery, Visit

# A plain Wednesday morning in Shanghai (10:00), three working days before the next Monday.
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
numbers = count(1)

DEPARTMENTS = [
    (Department.Kind.SALES, "Sales", "销售部"),
    (Department.Kind.SERVICE, "Service", "售后服务部"),
    (Department.Kind.WORKSHOP, "Workshop", "维修车间"),
    (Department.Kind.CARE, "Customer care", "客户关爱部"),
    (Department.Kind.MANAGEMENT, "Management", "总经理室"),
]


def make_store(code="S01", region=None, **fields):
    """A store open every day 08:30–12:00 and 13:00–18:00, with its departments."""
    region = region or Region.objects.get_or_create(code="east", defaults={"name": "East"})[0]
    store = Store.objects.create(code=code, region=region, **{"name": f"Store {code}", **fields})
    for weekday in range(1, 8):
        BusinessHours.objects.create(store=store, weekday=weekday, opens=time(8, 30), closes=time(12))
        BusinessHours.objects.create(store=store, weekday=weekday, opens=time(13), closes=time(18))
    for kind, name_en, name_zh in DEPARTMENTS:
        Department.objects.create(store=store, kind=kind, name_en=name_en, name_zh=name_zh)
    return store


def make_user(username, role=None, store=None, *, region=None, is_group=False, **fields):
    user = User.objects.create(username=username, **{"name": username.capitalize(), "language": "en", **fields})
    if role:
        Membership.objects.create(user=user, role=role, store=store, region=region, is_group=is_group)
    return user


def make_customer(store, **fields):
    number = next(numbers)
    return Customer.objects.create(store=store, **{"name": f"Customer {number}", "phone": f"138{number:08d}", **fields})


def make_vehicle(store, customer=None, **fields):
    number = next(numbers)
    customer = customer or make_customer(store)
    return Vehicle.objects.create(
        store=store, customer=customer, **{"vin": f"LSVAA0000N2{number:06d}", "plate": f"沪A{number:05d}", "model": "Model A", **fields}
    )


def make_visit(store, vehicle=None, **fields):
    """A visit still in the shop: arrived at NOW, promised two hours later, unless told otherwise."""
    vehicle = vehicle or make_vehicle(store)
    defaults = {"number": f"T{next(numbers):06d}", "arrived_at": NOW, "promised_at": NOW.replace(hour=4), "kind": Visit.Kind.MAINTENANCE}
    return Visit.objects.create(store=store, vehicle=vehicle, customer=vehicle.customer, **{**defaults, **fields})


def make_handed_over(store, at=NOW, **fields):
    """A visit already handed over at ``at``; nothing is planned or recorded for it."""
    return make_visit(store, **{"status": Visit.Status.HANDED_OVER, "arrived_at": at.replace(hour=0), "promised_at": at, "handed_over_at": at, **fields})


def make_delivery(store, vehicle=None, **fields):
    vehicle = vehicle or make_vehicle(store, plate="")
    return Delivery.objects.create(store=store, vehicle=vehicle, customer=vehicle.customer, **{"delivered_at": NOW, **fields})


def on(day: str) -> date:
    return date.fromisoformat(day)


def make_plan(code="service-3wd", **fields):
    """The plan for calls three working days after service, valid for ever; what it lacks it does not need."""
    defaults = {"name_en": code, "name_zh": code, "trigger": Plan.Trigger.HAND_OVER, "side": Side.AFTER_SALES, "offset": 3, "unit": Unit.WORKING_DAYS}
    return Plan.objects.create(code=code, **{**defaults, "role": Role.CARE_AGENT, "valid_from": date(2020, 1, 1), **fields})


def make_followup(store, plan=None, customer=None, **fields):
    """A call to make: callable since NOW minus a day, due at NOW plus a day, for any care agent of the store."""
    plan = plan or Plan.objects.filter(code="service-3wd").first() or make_plan()
    source = {"source_kind": "visit", "source_id": next(numbers), "role": plan.role, "priority": plan.priority}
    times = {"due_at": NOW + timedelta(days=1), "available_at": NOW - timedelta(days=1)}
    return FollowUp.objects.create(store=store, plan=plan, customer=customer or make_customer(store), **{**source, **times, **fields})
