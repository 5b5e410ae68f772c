"""Taking in repair orders against reading the same file and writing its cells into one bare table."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from benchmarks.import_once import STORE
from benchmarks.orders import write_orders
from benchmarks.rows import make_store
from benchmarks.scratch import address
from benchmarks.timing import Figure, alternate

ROWS, MOST, MOST_MEGABYTES, REPETITIONS = 100_000, 3, 400, 3


def measure(scratch, scale):
    rows = scale(ROWS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.xlsx"
        write_orders(path, rows, timezone.now())
        peaks = []
        times = alternate(lambda: run(scratch, "measured", path, rows, peaks), lambda: run(scratch, "floor", path, rows, []), REPETITIONS)
    notes = f"peak memory {max(peaks):.0f} MB of at most {MOST_MEGABYTES} MB"
    return [Figure("import of repair orders", rows, *times, MOST, REPETITIONS, notes)]


def run(scratch, way, path, rows, peaks):
    """Take the file into a fresh database in a fresh process and return the seconds it took."""
    scratch.copy("import")
    make_store(STORE)
    answer = in_own_process(way, path)
    scratch.drop("import")
    if answer["count"] != rows:
        raise RuntimeError(f"{way}: {answer['count']} rows of {rows} were taken in.")
    peaks.append(answer["peak_megabytes"])
    return answer["seconds"]


def in_own_process(way, path):
    settings_of_it = {"DATABASE_URL": address(), "SECRET_KEY": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE, "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "benchmarks.import_once", way, str(path)]
    return json.loads(subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ | settings_of_it, stdout=subprocess.PIPE, check=True).stdout)
