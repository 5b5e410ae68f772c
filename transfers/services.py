import gc
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from activity.models import Event
from activity.services import announce_days
from common.bulk import load
from common.excel import Note, open_table, parsed_rows, write_workbook
from customers.models import Customer, Vehicle
from followups.services import plan_due
from stores.models import Store
from transfers import customers, deliveries, visits
from transfers.archive import Archive
from transfers.models import ImportRun, Kind

CHUNK = 5000
# A run keeps this many notes of each kind for the page; the command prints all.
KEPT_NOTES = 500
READERS = {Kind.CUSTOMERS: customers, Kind.VISITS: visits, Kind.DELIVERIES: deliveries}


@dataclass
class Report:
    """What came of a file: row counts, and notes on rows that were rejected or deserve a look."""

    counts: Counter = field(default_factory=Counter)
    rejected: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    rejected_cells: list = field(default_factory=list)
    header: tuple = ()
    unknown_headers: list = field(default_factory=list)
    run: ImportRun | None = None

    def as_dict(self):
        counts = {name: self.counts[name] for name in ("created", "updated", "unchanged", "skipped")}
        return counts | {"rejected": [note.as_dict() for note in self.rejected], "warnings": [note.as_dict() for note in self.warnings]}


@dataclass
class Work:
    """What the readers share while one file is taken in."""

    store: Store
    archive: Archive
    run: ImportRun
    by: object
    now: object
    report: Report
    title: Callable
    days: set = field(default_factory=set)
    events: dict = field(default_factory=lambda: defaultdict(list))
    seen: set = field(default_factory=set)

    def __post_init__(self):
        self.zone = self.store.zone
        # Compared with the file's times, which are in this zone too: that is quicker.
        self.now = self.now.astimezone(self.zone)

    def aware(self, moment):
        """Return a file's local time in the store's zone."""
        return moment and moment.replace(tzinfo=self.zone)

    def touch(self, *moments):
        """Note the store days whose figures change."""
        for moment in moments:
            if moment is not None:
                self.days.add(moment.astimezone(self.zone).date())

    def reject(self, row, name, code, message):
        row.errors.append(Note(row.number, row.key, self.title(name), code, message, {}))

    def warn(self, row, name, code, message, **params):
        self.report.warnings.append(Note(row.number, row.key, self.title(name), code, message, params))

    def record(self, model, draft, customer_id, vehicle_id=None):
        """Keep the fact that ``draft`` was imported or changed, for the bulk load of events."""
        self.events[model, tuple(sorted(draft.changed))].append((draft.id, customer_id, vehicle_id))

    def record_archive(self, customers, vehicles):
        for customer in customers:
            self.record(Customer, customer, customer.id)
        for vehicle in vehicles:
            self.record(Vehicle, vehicle, vehicle.values["customer_id"], vehicle.id)

    def write_events(self):
        """Write the facts kept so far: one load for all rows of a table in which the same was changed."""
        for (model, changed), rows in self.events.items():
            code = f"{model._meta.model_name}.{'edited' if changed else 'imported'}"
            particulars = {"run": self.run.pk} | ({"fields": changed} if changed else {})
            subject_type = ContentType.objects.get_for_model(model).pk
            shared = {"store": self.store.pk, "at": self.now, "actor": self.by and self.by.pk, "code": code, "subject_type": subject_type}
            load(Event, ["subject_id", "customer_ref", "vehicle_ref"], rows, shared=shared | {"particulars": particulars})
        self.events.clear()


def import_file(kind, path, store, *, by=None, dry_run=False, name=None):
    """Take a file of a dealer system into ``store`` and return the ``Report``.

    Rows are known again by their own number (repair order, customer number, VIN of a delivery), so taking the same
    file twice changes nothing. All good rows are written in one transaction, or none; a bad row is reported and left out.
    Raises ``FileRefused`` when the file as a whole cannot be taken. A dry run does the same and writes nothing.
    """
    reader = READERS[kind]
    table = open_table(path, reader.COLUMNS)
    report = Report(header=table.header, unknown_headers=table.unknown_headers)
    with without_garbage_collection(), transaction.atomic():
        # One import at a time per store, so that two of the same file cannot run into each other (T47).
        Store.objects.select_for_update().get(pk=store.pk)
        run = ImportRun.objects.create(store=store, kind=kind, file_name=(name or Path(path).name)[:120], by=by)
        work = Work(store, Archive(store), run, by, timezone.now(), report, table.title)
        key = next(name for name in reader.KEYS if name in table.places)
        take_rows(work, reader, parsed_rows(table, key))
        work.record_archive(*work.archive.write_changes(work.now))
        work.write_events()
        announce_days(store.pk, *work.days)
        finish(report, run)
        transaction.set_rollback(dry_run)
    if not dry_run:
        plan_due(timezone.now())
    return report


def take_rows(work, reader, rows):
    """Take the rows chunk by chunk; a row whose identity came before replaces it and is not counted again."""
    checked = ((row, keep(work, reader, row)) for row in rows)
    for chunk in in_chunks(checked, CHUNK):
        good = [row for row, is_kept in chunk if is_kept]
        work.archive.read([row.values for row in good])
        latest = latest_only(work, good, reader.identity)
        for row, outcome in zip(latest, reader.take(work, latest), strict=True):
            identity = reader.identity(row)
            work.report.counts["skipped" if identity in work.seen else outcome] += 1
            work.seen.add(identity)
        work.write_events()


def in_chunks(rows, size):
    """Yield lists of ``size`` rows. PostgreSQL works on one list while the next is parsed and checked; SQLite works in this very process."""
    rows = iter(rows)
    yield from read_ahead(rows, size) if connection.vendor == "postgresql" else iter(lambda: list(islice(rows, size)), [])


def read_ahead(rows, size):
    # A thread starts with the default language; what it finds wrong is said in the reader's.
    with ThreadPoolExecutor(1, initializer=translation.activate, initargs=[translation.get_language()]) as reader:
        upcoming = reader.submit(lambda: list(islice(rows, size)))
        while chunk := upcoming.result():
            upcoming = reader.submit(lambda: list(islice(rows, size)))
            yield chunk


@contextmanager
def without_garbage_collection():
    """Rows on their way make no cycles; looking for some again and again costs a fifth of an import."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def keep(work, reader, row):
    """Note what is wrong or odd with the row; tell whether it is taken."""
    reader.check(work, row)
    if row.errors:
        work.report.rejected.extend(row.errors[:1])
        work.report.rejected_cells.append((row.number, row.cells, row.errors))
        return False
    work.report.warnings.extend(row.warnings)
    return True


def latest_only(work, rows, identity):
    """Leave out rows whose identity comes again further down; the later row wins and the repetition is reported."""
    last = {identity(row): row for row in rows}
    for row in rows:
        winner = last[identity(row)]
        if row is not winner:
            work.report.counts["skipped"] += 1
            message = _("This number stands in row %(row)d too; the later row counts.")
            work.report.warnings.append(Note(winner.number, winner.key, work.title("key"), "key_repeated", message, {"row": row.number}))
    return list(last.values())


def finish(report, run):
    """Keep the report with the run."""
    report.run = run
    for notes in (report.rejected, report.warnings):
        notes.sort(key=attrgetter("row"))
    for name in ("created", "updated", "unchanged", "skipped"):
        setattr(run, f"{name}_count", report.counts[name])
    run.rejected_count, run.warning_count = len(report.rejected), len(report.warnings)
    run.rejected = [note.as_dict() for note in report.rejected[:KEPT_NOTES]]
    run.warnings = [note.as_dict() for note in report.warnings[:KEPT_NOTES]]
    run.finished_at = timezone.now()
    run.save()


def write_rejected(report, path):
    """Write the rejected rows as they were with a reason column, to be mended and taken in again."""
    width = len(report.header)
    reasons = [_("Row"), _("Reason")]
    rows = ([*(list(cells) + [""] * width)[:width], number, reason_text(errors)] for number, cells, errors in report.rejected_cells)
    write_workbook(path, [*(str(title) for title in report.header), *(str(title) for title in reasons)], rows)


def reason_text(errors):
    return "; ".join(f"{note.column}: {note.as_dict()['message']}" for note in errors)
