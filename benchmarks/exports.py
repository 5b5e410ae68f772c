"""Taking out 100,000 repair orders as a workbook, against the writer given the same cells ready made."""

import tempfile
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from accounts.roles import Role
from benchmarks.rows import make_cars, make_store, make_user, make_visits, settle
from benchmarks.timing import Figure, alternate, seconds
from common.excel import write_workbook
from transfers import exports
from transfers.lists import LISTS
from transfers.models import ExportRun

ROWS, MOST, REPETITIONS = 100_000, 1.5, 3


def measure(scratch, scale):
    rows, now = scale(ROWS), timezone.now()
    scratch.copy("exports")
    store = make_store("BENCH")
    manager = make_user("manager", Role.CARE_MANAGER, store)
    cars = max(1, rows // 4)
    make_cars(store, cars)
    make_visits(store, (1, rows), cars, now - timedelta(days=730), now)
    settle()
    run = ExportRun(list_code="visits", by=manager, reason="benchmark", language="en", time_zone="Asia/Shanghai")
    columns = LISTS["visits"].columns
    titles = [column.title for column in columns]
    ready = list(exports.cells(columns, exports.found("visits", "", manager).qs, manager))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        times = alternate(lambda: seconds(exports.write, run, path), lambda: seconds(write_workbook, path, titles, ready), REPETITIONS)
    scratch.drop("exports")
    return [Figure("export of repair orders", rows, *times, MOST, REPETITIONS, "reference: the writer with ready cells")]
