"""Taking in repair orders against reading the same file and writing its cells into one bare table, and against the usual package for it."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks.import_once import STORE
from benchmarks.orders import write_orders
from benchmarks.rows import make_store
from benchmarks.scratch import address
from benchmarks.timing import Figure

ROWS, PEER_ROWS, REPETITIONS = 100_000, 10_000, 3
MOST = {"sqlite": 3, "postgresql": 2}
MOST_MEGABYTES = {"sqlite": 400, "postgresql": 300}
MOST_OF_IMPORT = 0.6
PEERS = {"peer_bulk": ("import against django-import-export, bulk", 1 / 4), "peer": ("import against django-import-export", 1 / 15)}


def measure(scratch, scale):
    with tempfile.TemporaryDirectory() as folder:
        figures = against_floor(Runs(scratch, Path(folder), scale(ROWS)))
        if find_spec("import_export"):
            figures += against_peers(Runs(scratch, Path(folder), scale(PEER_ROWS)))
        else:
            figures += [missing(name, scale(PEER_ROWS), most) for name, most in PEERS.values()]
    return figures


def against_floor(runs):
    for _number in range(REPETITIONS):
        runs.go("measured", "floor", "dry_run")
    processor = f"by processor time {runs.ratio('measured', 'floor', 'processor_seconds'):.2f} ×"
    peak, most = max(runs.all("measured", "peak_megabytes")), MOST_MEGABYTES[connection.vendor]
    notes = f"{processor}, peak memory {peak:.0f} MB of at most {most} MB"
    dry = f"reference: the import; by processor time {runs.ratio('dry_run', 'measured', 'processor_seconds'):.2f} ×"
    return [
        runs.figure("import of repair orders", "measured", "floor", MOST[connection.vendor], notes),
        runs.figure("dry run of the same", "dry_run", "measured", MOST_OF_IMPORT, dry),
    ]


def against_peers(runs):
    """The peers take minutes for what takes us seconds, so they get a smaller file, and one run each."""
    runs.go("measured", *PEERS)
    return [
        runs.figure(name, "measured", way, most, f"{1 / runs.ratio('measured', way, 'seconds'):.1f} × as fast of at least {1 / most:.0f} ×")
        for way, (name, most) in PEERS.items()
    ]


def missing(name, rows, most):
    return Figure(name, rows, None, None, most, 0, "not measured: django-import-export comes with requirements-dev.txt")


@dataclass
class Runs:
    """Imports of one file, each into a fresh database in a fresh process, and what they answered."""

    scratch: object
    folder: Path
    rows: int
    answers: dict = field(default_factory=dict)

    def __post_init__(self):
        self.path = self.folder / f"orders{self.rows}.xlsx"
        write_orders(self.path, self.rows, timezone.now())

    def go(self, *ways):
        """Take the file once in each of the ways, in turn."""
        for way in ways:
            self.scratch.copy("import")
            make_store(STORE)
            answer = in_own_process(way, self.path)
            self.scratch.drop("import")
            if answer["count"] != self.rows:
                raise RuntimeError(f"{way}: {answer['count']} rows of {self.rows} were taken in.")
            self.answers.setdefault(way, []).append(answer)

    def all(self, way, name):
        return [answer[name] for answer in self.answers[way]]

    def ratio(self, way, reference, name):
        return median(self.all(way, name)) / median(self.all(reference, name))

    def figure(self, name, way, reference, most, notes):
        times = (median(self.all(each, "seconds")) for each in (way, reference))
        return Figure(name, self.rows, *times, most, len(self.answers[way]), notes)


def in_own_process(way, path):
    settings_of_it = {"DATABASE_URL": address(), "SECRET_KEY": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE, "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.import_once", way, str(path)]
    return json.loads(subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ | settings_of_it, stdout=subprocess.PIPE, check=True).stdout)
