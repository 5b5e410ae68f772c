"""Taking lists out: a small one at once, a large one by a worker. What is asked for is a row of ``ExportRun``."""

import logging
import tempfile
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.core.files import File
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.excel import write_workbook
from transfers.lists import LISTS
from transfers.models import ExportRun

logger = logging.getLogger(__name__)

AT_ONCE = 2_000
MOST_ROWS = 200_000
BATCH = 5_000


def found(list_code, query, user):
    """Return the filter set of a list for an address's filters."""
    return LISTS[list_code].found(SimpleNamespace(GET=QueryDict(query), user=user))


def export(list_code, query, *, by, reason):
    """Enter an export and make it at once where it is small; a large one waits for a worker. Return the ``ExportRun``."""
    filterset = found(list_code, query, by)
    if not filterset.is_valid():
        raise DomainError(_("One of the filters is wrong; mend it on the list and try again."), code="filter_wrong")
    number = filterset.qs.count()
    if not number:
        raise DomainError(_("The list is empty."), code="list_empty")
    if number > MOST_ROWS:
        raise DomainError(_("At most %(most)s rows go into one file; narrow the filters.") % {"most": f"{MOST_ROWS:,}"}, code="too_many_rows")
    run = ExportRun(list_code=list_code, query=query, reason=reason, by=by, language=translation.get_language(), time_zone=timezone.get_current_timezone_name())
    run.ask()
    if number <= AT_ONCE:
        carry_out(run)
    return run


def carry_out(run, now=None):
    """Make the file of an export that nobody works on. The person's rights are those of this moment (T9)."""
    now = now or timezone.now()
    if not run.start(now):
        return
    if not run.by.may("transfers.export"):
        return run.fail()
    try:
        with translation.override(run.language), timezone.override(ZoneInfo(run.time_zone)), tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.xlsx"
            row_count = write(run, path)
            with path.open("rb") as file:
                run.file.save("export.xlsx", File(file), save=False)
        run.finish(row_count)
    except Exception:
        # Whatever went wrong, the person may try again and learns that this file does not come.
        logger.exception("Export %s failed", run.pk)
        run.fail()


def write(run, path):
    """Write the workbook and return the number of its rows."""
    exported, filterset = LISTS[run.list_code], found(run.list_code, run.query, run.by)
    columns = exported.all_columns(filterset)
    days = [str(column.title) for column in columns if column.is_day]
    rows = Counted(cells(columns, filterset.qs, run.by))
    write_workbook(path, [column.title for column in columns], rows, title=str(exported.title), days=days, notes=notes(run, exported))
    return rows.number


def notes(run, exported):
    """Say in the file who took it out, when and what for: a copy that turns up elsewhere can be traced (T104)."""
    when = timezone.localtime(run.asked_at).strftime("%Y-%m-%d %H:%M")
    return [
        (_("List"), exported.title),
        (_("Taken out by"), f"{run.by} ({run.by.username})"),
        (_("At"), when),
        (_("What for"), run.reason),
        (_("Filters"), run.query or _("none")),
        (_("Number of the export"), run.pk),
    ]


def cells(columns, rows, user):
    """Yield the rows as cells, read and shaped column by column."""
    paths = list(dict.fromkeys(["store_id", *(path for column in columns for path in column.paths)]))
    places = {path: place for place, path in enumerate(paths)}
    revealed = user.store_ids_with("customers.reveal")
    read = rows.values_list(*paths).iterator(chunk_size=BATCH)
    while batch := list(islice(read, BATCH)):
        values = list(zip(*batch, strict=True))
        hidden = [] if revealed is None else [store_id not in revealed for store_id in values[0]]
        hidden = hidden if any(hidden) else []
        yield from zip(*(column.cells([values[places[path]] for path in column.paths], hidden) for column in columns), strict=True)


class Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows):
        self.rows, self.number = rows, 0

    def __iter__(self):
        for row in self.rows:
            self.number += 1
            yield row


def make_waiting(now=None):
    """Make what waits, also what a lost worker left behind."""
    now = now or timezone.now()
    for run in ExportRun.objects.waiting(now).order_by("asked_at"):
        carry_out(run, now)


def forget_outdated(now=None):
    """Delete the files whose time is over; who took what stays on record."""
    for run in ExportRun.objects.outdated(now or timezone.now()):
        run.file.delete(save=False)
        ExportRun.objects.filter(pk=run.pk).update(file="")
