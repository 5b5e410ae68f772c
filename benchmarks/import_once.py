"""Take one workbook in a process of its own: ``python -m benchmarks.import_once measured|floor FILE`` prints seconds and peak memory.

The floor reads the same cells with the same reader and writes them into one bare table: no checks, no customers, no cars, no events.
"""

import json
import resource
import sys
from itertools import islice
from pathlib import Path
from time import perf_counter

import django
from python_calamine import CalamineWorkbook

STORE = "BENCH"


def measured(path):
    from stores.models import Store
    from transfers.models import Kind
    from transfers.services import import_file

    store = Store.objects.get(code=STORE)
    start = perf_counter()
    report = import_file(Kind.VISITS, path, store)
    return perf_counter() - start, report.counts["created"]


def floor(path):
    from django.db import connection, transaction

    start = perf_counter()
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    width = len(next(rows))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({bare_columns(width)})")
        count = (copy_upsert if connection.vendor == "postgresql" else many_upsert)(cursor, rows, width)
    return perf_counter() - start, count


def bare_columns(width):
    """Column 0 is the order number, 6 to 8 are moments, the last three and the mileage numbers."""
    types = {0: "text PRIMARY KEY", 6: "timestamp", 7: "timestamp", 8: "timestamp", 13: "numeric", 16: "numeric", 17: "numeric", 18: "numeric"}
    return ", ".join(f"c{index} {types.get(index, 'text')}" for index in range(width))


def overwrite(width):
    return "ON CONFLICT (c0) DO UPDATE SET " + ", ".join(f"c{index} = excluded.c{index}" for index in range(1, width))


def copy_upsert(cursor, rows, width):
    cursor.execute("CREATE TEMPORARY TABLE stage ON COMMIT DROP AS SELECT * FROM bare WITH NO DATA")
    with cursor.copy("COPY stage FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"INSERT INTO bare SELECT * FROM stage {overwrite(width)}")
    return cursor.rowcount


def many_upsert(cursor, rows, width):
    places = ", ".join(["%s"] * width)
    count = 0
    while batch := list(islice(rows, 5000)):
        cursor.executemany(f"INSERT INTO bare VALUES ({places}) {overwrite(width)}", batch)
        count += len(batch)
    return count


def peak_megabytes():
    """Return the most memory this process ever held; Linux tells it without what the parent held before."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    django.setup()
    seconds, count = {"measured": measured, "floor": floor}[sys.argv[1]](sys.argv[2])
    print(json.dumps({"seconds": seconds, "count": count, "peak_megabytes": peak_megabytes()}))
