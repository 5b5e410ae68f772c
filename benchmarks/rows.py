"""Hundreds of thousands of rows for the benchmarks, made by the database itself."""

from datetime import timedelta

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from accounts.models import Membership, User
from accounts.roles import Role
from common.bulk import converted, listed, literals, quoted
from customers.models import Customer, Vehicle
from stores.models import Region, Store
from visits.models import Visit

ADVISORS = 8


def make_store(code):
    """Return a store with everything the product ships and its service advisors."""
    call_command("defaults", verbosity=0)
    store = Store.objects.create(code=code, name=code, region=Region.objects.create(code="bench", name="bench"))
    for number in range(ADVISORS):
        make_user(f"advisor{number}", Role.SERVICE_ADVISOR, store, name=f"顾问{number}")
    return store


def make_user(username, role, store, **fields):
    user = User.objects.create(username=username, **{"name": username, **fields})
    Membership.objects.create(user=user, role=role, store=store)
    return user


def make_rows(model, numbers, shared=None, **columns):
    """Insert one row for each ``n`` of ``numbers`` (first, last): ``columns`` are SQL over n, ``shared`` the same value in every row.

    Fields that are not named get their model default.
    """
    given = {model._meta.get_field(name): sql for name, sql in columns.items()}
    same = {model._meta.get_field(name): value for name, value in (shared or {}).items()}
    unnamed = [field for field in model._meta.local_concrete_fields if field not in given and field not in same and not field.primary_key]
    same = {field: converted(field, value) for field, value in (same | {field: field.get_default() for field in unnamed}).items()}
    with transaction.atomic(), connection.cursor() as cursor:
        cells = ", ".join([*given.values(), *(literal.replace("%%", "%") for literal in literals(cursor, same))])
        cursor.execute(f"INSERT INTO {quoted(model._meta.db_table)} ({listed([*given, *same])}) SELECT {cells} FROM {counting(*numbers)} AS numbers")
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def counting(first, last):
    if connection.vendor == "postgresql":
        return f"(SELECT generate_series({first}, {last}) AS n)"
    return f"(WITH RECURSIVE counted(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM counted WHERE n < {last}) SELECT n FROM counted)"


def spread(start, end, numbers):
    """Return SQL for the instant that lies as far between two instants as n lies between the first and last number."""
    first, last = numbers
    step = (end - start).total_seconds() / max(1, last - first)
    return instant(f"({int(start.timestamp())} + CAST((n - {first}) * {step:.6f} AS bigint))")


def instant(epoch):
    return f"to_timestamp({epoch})" if connection.vendor == "postgresql" else f"datetime({epoch}, 'unixepoch')"


def later(moment, span):
    seconds = int(span.total_seconds())
    return f"{moment} + interval '{seconds} seconds'" if connection.vendor == "postgresql" else f"datetime({moment}, '{seconds:+d} seconds')"


def day_of(moment):
    return f"CAST({moment} AS date)" if connection.vendor == "postgresql" else f"date({moment})"


def make_cars(store, number):
    """Insert ``number`` customers with one car each; both have the ids 1, 2, 3 …"""
    shared = {"store": store.pk}
    make_rows(Customer, (1, number), shared, id="n", name="'C' || n", phone="CAST(13000000000 + n AS varchar(11))")
    make_rows(Vehicle, (1, number), shared, id="n", customer="n", vin="'LGW' || CAST(10000000000000 + n AS varchar(14))", plate="'A' || n")


def make_visits(store, numbers, cars, start, end):
    """Insert visits handed over evenly between two instants; they get the numbers as ids."""
    handed_over = spread(start, end, numbers)
    advisors = list(User.objects.in_store(store).filter(memberships__role=Role.SERVICE_ADVISOR).order_by("pk").values_list("pk", flat=True))
    times = {"handed_over_at": handed_over, "promised_at": handed_over, "arrived_at": later(handed_over, -timedelta(hours=3))}
    people = {"customer": car_of(cars), "vehicle": car_of(cars), "advisor": f"{advisors[0]} + n % {len(advisors)}"}
    make_rows(Visit, numbers, {"store": store.pk, "status": Visit.Status.HANDED_OVER}, id="n", number="'V' || n", **people, **times)


def car_of(cars):
    return f"1 + n % {cars}"


def settle():
    """Let the database look at what it holds, as it does by itself some minutes later."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
