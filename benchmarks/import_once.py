"""Take one workbook in a process of its own: ``python -m benchmarks.import_once WAY FILE`` prints seconds and peak memory.

The floor reads the same cells with the same reader and writes them into one bare table: no checks, no customers, no cars, no events.
"""

import json
import os
import resource
import sys
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

import django
from python_calamine import CalamineWorkbook

STORE = "BENCH"


def measured(path, *, dry_run=False):
    from transfers.models import Kind
    from transfers.services import import_file

    return import_file(Kind.VISITS, path, store(), dry_run=dry_run).counts["created"]


def by_peer(path, *, name):
    from benchmarks import peer

    return peer.take(getattr(peer, name), path, store())


def store():
    from stores.models import Store

    return Store.objects.get(code=STORE)


def floor(path):
    from django.db import connection, transaction

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    width = len(next(rows))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({bare_columns(width)})")
        return (copy_upsert if connection.vendor == "postgresql" else many_upsert)(cursor, rows, width)


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


def server_seconds():
    """Return the processor time of the database's own process for our connection; 0 where it cannot be seen."""
    from django.db import connection

    connection.ensure_connection()
    status = Path(f"/proc/{connection.connection.info.backend_pid}/stat") if connection.vendor == "postgresql" else None
    if status is None or not status.exists():
        return 0
    words = status.read_text().rpartition(")")[2].split()
    return sum(map(int, words[11:13])) / os.sysconf("SC_CLK_TCK")


WAYS = {
    "measured": measured,
    "dry_run": partial(measured, dry_run=True),
    "floor": floor,
    "peer": partial(by_peer, name="OrderResource"),
    "peer_bulk": partial(by_peer, name="BulkOrderResource"),
}


def main(way, path):
    """Time the import alone: everything it needs is loaded before."""
    from transfers import services  # noqa: F401

    start, used, served = perf_counter(), process_time(), server_seconds()
    count = WAYS[way](path)
    seconds = {"seconds": perf_counter() - start, "processor_seconds": process_time() - used + server_seconds() - served}
    print(json.dumps(seconds | {"count": count, "peak_megabytes": peak_megabytes()}))


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
