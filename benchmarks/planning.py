"""Planning the calls after many hand-overs, against one plain INSERT … SELECT of the same rows."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.rows import make_cars, make_store, make_visits, settle
from benchmarks.timing import Figure, alternate, seconds
from common.bulk import listed, quoted
from followups.models import FollowUp
from followups.services import LOOK_BACK, plan_due

ROWS, MOST, REPETITIONS = 100_000, 3, 5
TABLE = FollowUp._meta.db_table


def measure(scratch, scale):
    rows, now = scale(ROWS), timezone.now()
    scratch.copy("planning")
    store = make_store("BENCH")
    cars = max(1, rows // 4)
    make_cars(store, cars)
    make_visits(store, (1, rows), cars, now - LOOK_BACK + timedelta(hours=1), now)
    settle()
    times = alternate(lambda: plan(rows, now), copy_plainly, REPETITIONS)
    scratch.drop("planning")
    return [Figure("planning follow-ups", rows, *times, MOST, REPETITIONS)]


def plan(rows, now):
    empty()
    passed = seconds(plan_due, now)
    if (planned := FollowUp.objects.count()) != rows:
        raise RuntimeError(f"{planned} follow-ups planned for {rows} hand-overs.")
    return passed


def copy_plainly():
    """Write the rows planned last by one statement into the same table."""
    columns = listed([field for field in FollowUp._meta.local_concrete_fields if not field.primary_key])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE planned AS SELECT {columns} FROM {quoted(TABLE)}")
        empty()
        # With its commit, where PostgreSQL checks the foreign keys: that of the plan is timed too.
        passed = seconds(in_transaction, cursor, f"INSERT INTO {quoted(TABLE)} ({columns}) SELECT {columns} FROM planned")
        cursor.execute("DROP TABLE planned")
    return passed


@transaction.atomic
def in_transaction(cursor, statement):
    cursor.execute(statement)


def empty():
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {quoted(TABLE)} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {quoted(TABLE)}")
