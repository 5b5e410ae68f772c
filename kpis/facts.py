"""Facts: the figures of each store day, computed from the source rows by the database and summed per month.

A change marks its store days dirty; ``refresh`` computes dirty days again. Doing so twice, late or in parallel changes nothing.
"""

from datetime import date, timedelta
from itertools import groupby

from django.db import connection, models, transaction
from django.db.models import Count, F, Min, Sum, Value
from django.db.models.functions import Cast, Coalesce, TruncMonth
from django.utils import timezone

from kpis.models import DailyFact, DirtyDay, MonthlyFact
from kpis.parts import PARTS, RIPENING, by_zone
from stores.models import Store

KEYS = ["store_id", "part", "detail_ref", "employee_ref"]
SUMS = ["n", "numerator", "total", "squares"]
LARGEST_GAP = timedelta(days=7)
LONGEST_RUN = timedelta(days=366)
DELETED_AT_ONCE = 5000


def mark(store_id, days):
    """Mark store days dirty, in the transaction of the change."""
    DirtyDay.objects.bulk_create([DirtyDay(store_id=store_id, date=day) for day in sorted(days)], batch_size=1000)


def refresh(*, stores=None, first=date.min, last=date.max, now=None):
    """Compute the dirty days of ``stores`` (all when None) between two days again; return how many there were."""
    now = now or timezone.now()
    marks = DirtyDay.objects.ripe(now).filter(date__gte=first, date__lte=last)
    if stores is not None:
        marks = marks.filter(store__in=[store.pk for store in stores])
    dirty = list(Store.objects.filter(pk__in=marks.values("store")))
    return sum(refresh_zone(same_zone, first, last, now) for same_zone in by_zone(dirty).values())


@transaction.atomic
def refresh_zone(stores, first, last, now):
    """Compute the dirty days of stores of one time zone.

    1. Lock the stores, so that two refreshes never write the same facts; on SQLite the transaction itself does.
    2. Read the marks, then compute: what commits in between is computed, and its mark stays for the next time.
    3. Delete exactly the marks that were read.
    """
    store_ids = [store.pk for store in Store.objects.select_for_update(no_key=True).filter(pk__in=[store.pk for store in stores]).order_by("pk")]
    marks = list(DirtyDay.objects.ripe(now).filter(store__in=store_ids, date__gte=first, date__lte=last).values_list("pk", "date"))
    days = sorted({day for _pk, day in marks})
    for start, end in runs(days):
        replace(stores, start, end, now)
    sum_months(stores, {day.replace(day=1) for day in days})
    pks = [pk for pk, _day in marks]
    for index in range(0, len(pks), DELETED_AT_ONCE):
        DirtyDay.objects.filter(pk__in=pks[index : index + DELETED_AT_ONCE]).delete()
    return len(days)


def runs(days):
    """Gather days that lie close together into spans (first, last), which are computed in one go."""
    spans = []
    for day in days:
        if spans and day - spans[-1][1] <= LARGEST_GAP and day - spans[-1][0] < LONGEST_RUN:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return spans


def replace(stores, first, last, now):
    """Write the daily facts of stores of one time zone anew."""
    store_ids = [store.pk for store in stores]
    DailyFact.objects.filter(store__in=store_ids, date__gte=first, date__lte=last).delete()
    for part in PARTS.values():
        insert_from(DailyFact, ["date", *KEYS, *SUMS], daily_sums(part, stores, first, last, now))
    DirtyDay.objects.filter(store__in=store_ids, date__gte=first, date__lte=last, ripe_at__gt=now).delete()
    DirtyDay.objects.bulk_create(ripening(stores, first, last, now), batch_size=1000)


def daily_sums(part, stores, first, last, now):
    """Return the rows of ``part`` summed per store, local day, detail and employee, in the column order of a fact."""
    numerator = Count("pk", filter=part.numerator) if part.numerator is not None else Value(0)
    total, squares = (
        (Coalesce(Sum(part.points), 0, output_field=DECIMAL), Coalesce(Sum(square(part.points)), 0, output_field=FINE)) if part.points else (Value(0), Value(0))
    )
    groups = {
        "fact_date": part.local_day(stores[0].zone, first, last),
        "fact_store": F(part.store),
        "fact_part": Value(part.code),
        "fact_detail": F(part.detail) if part.detail else Value(0),
        "fact_employee": part.employee,
    }
    sums = {"fact_n": Count("pk"), "fact_numerator": numerator, "fact_total": total, "fact_squares": squares}
    rows = part.counted(now).filter(part.within(stores, first, last)).order_by()
    return rows.annotate(**groups).values(*groups).annotate(**sums).values_list(*groups, *sums)


DECIMAL = DailyFact._meta.get_field("total")
FINE = DailyFact._meta.get_field("squares")


def square(path):
    return models.ExpressionWrapper(Cast(path, DECIMAL) * Cast(path, DECIMAL), output_field=FINE)


def ripening(stores, first, last, now):
    """Return a mark for each of these store days on which a row is still to fall due, ripe at the earliest of them."""
    for part in RIPENING:
        rows = part.waiting(now).filter(part.within(stores, first, last)).order_by()
        days = rows.annotate(fact_date=part.local_day(stores[0].zone, first, last)).values("fact_date", part.store).annotate(ripe_at=Min(part.due))
        for row in days:
            yield DirtyDay(store_id=row[part.store], date=row["fact_date"], ripe_at=row["ripe_at"])


def sum_months(stores, months):
    """Write the monthly facts of the given months anew from the daily ones."""
    store_ids = [store.pk for store in stores]
    MonthlyFact.objects.filter(store__in=store_ids, month__in=months).delete()
    for first, last in month_spans(months):
        daily = DailyFact.objects.filter(store__in=store_ids, date__gte=first, date__lte=last).annotate(fact_month=TruncMonth("date"))
        sums = {f"sum_{name}": Sum(name) for name in SUMS}
        insert_from(MonthlyFact, ["month", *KEYS, *SUMS], daily.values("fact_month", *KEYS).annotate(**sums).values_list("fact_month", *KEYS, *sums))


def month_spans(months):
    """Return (first day, last day) of each unbroken row of months."""
    numbers = sorted(month.year * 12 + month.month - 1 for month in months)
    for _key, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        row = [number for _index, number in group]
        yield date(row[0] // 12, row[0] % 12 + 1, 1), date((row[-1] + 1) // 12, (row[-1] + 1) % 12 + 1, 1) - timedelta(days=1)


def insert_from(model, columns, queryset):
    """Insert what ``queryset`` selects, without a round trip through Python."""
    quote = connection.ops.quote_name
    select, params = queryset.query.sql_with_params()
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select}", params)
