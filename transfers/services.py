import gc
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from activity.services import announce_days
from common.blocks import read_blocks
from common.bulk import acquaint
from common.excel import open_table, write_workbook
from followups.services import plan_due
from stores.models import Store
from transfers import customers, deliveries, visits
from transfers.archive import Archive
from transfers.columns import columns_for
from transfers.models import KEPT_NOTES, ImportRun, ImportTrace, Kind
from transfers.plausible import check_columns
from transfers.traces import keep_trace
from transfers.work import OUTCOMES, Report, Work

BLOCK = 4000
READERS = {Kind.CUSTOMERS: customers, Kind.VISITS: visits, Kind.DELIVERIES: deliveries}


def import_file(kind, path, store, *, by=None, dry_run=False, name=None):
    """Take a file of a dealer system into ``store`` and return the ``Report``.

    Rows are known again by their own number (repair order, customer number, VIN of a delivery), so taking the same
    file twice changes nothing. All good rows are written in one transaction, or none; a bad row is reported and left out.
    Raises ``FileRefused`` when the file as a whole cannot be taken. A dry run does the same and writes nothing.
    """
    reader = READERS[kind]
    table = open_table(path, columns_for(reader.COLUMNS, store, kind))
    report = Report(header=table.header, titles=dict(table.titles), unknown_headers=table.unknown_headers)
    with without_garbage_collection(), transaction.atomic():
        # One import at a time per store, so that two of the same file cannot run into each other (T47).
        Store.objects.select_for_update().get(pk=store.pk)
        run = ImportRun.objects.create(store=store, kind=kind, file_name=(name or Path(path).name)[:120], by=by)
        work = Work(store, Archive(store), run, by, timezone.now(), report, dry_run)
        key = next(name for name in reader.KEYS if name in table.places)
        take_rows(work, reader, read_blocks(table, key, BLOCK))
        work.close_archive()
        announce_days(store.pk, *work.days)
        finish(report, run, dry_run)
        if not dry_run:
            keep_trace(report, run, work.now)
        transaction.set_rollback(dry_run)
    if not dry_run:
        plan_due(timezone.now())
    return report


def take_rows(work, reader, blocks):
    """Take the rows block by block; a row whose identity came before replaces it and is not counted again."""
    for block in ahead(good_rows(work, reader, block) for block in blocks):
        latest = latest_only(work, block, reader.identities(block))
        work.archive.read(latest)
        is_first = not work.seen
        work.count(reader.identities(latest), reader.take(work, latest))
        if is_first:
            acquaint(*reader.MODELS)
        work.report.warnings += latest.warnings


def good_rows(work, reader, block):
    """Note what is wrong or odd with the rows of the block and return those that can be taken."""
    check_columns(block)
    reader.check(work, block)
    report, errors = work.report, block.errors
    for index in sorted(errors):
        report.rejected.append(errors[index][0])
        report.rejected_cells.append((block.numbers[index], block.cells[index], errors[index]))
    rejected = {block.numbers[index] for index in errors}
    report.warnings += [note for note in block.warnings if note.row not in rejected]
    good = block.only([index for index in range(len(block)) if index not in errors])
    # The cells as they stood are of no use any more.
    good.cells = []
    return good


def latest_only(work, block, identities):
    """Leave out rows whose identity comes again further down; the later row wins and the repetition is reported."""
    last = {identity: index for index, identity in enumerate(identities)}
    latest = block.only(sorted(last.values()))
    for index, identity in enumerate(identities):
        if (winner := last[identity]) != index:
            work.report.counts["skipped"] += 1
            message = _("This number stands in row %(row)d too; the later row counts.")
            work.report.warnings.append(block.note(winner, "key", "key_repeated", message, {"row": block.numbers[index]}))
    return latest


def ahead(blocks):
    """Yield the blocks. PostgreSQL works on one while the next is parsed and checked; SQLite works in this very process."""
    return read_ahead(iter(blocks)) if connection.vendor == "postgresql" else blocks


def read_ahead(blocks):
    # A thread starts with the default language; what it finds wrong is said in the reader's.
    with ThreadPoolExecutor(1, initializer=translation.activate, initargs=[translation.get_language()]) as reader:
        upcoming = reader.submit(next, blocks, None)
        while (block := upcoming.result()) is not None:
            upcoming = reader.submit(next, blocks, None)
            yield block


@contextmanager
def without_garbage_collection():
    """Rows on their way make no cycles; looking for some again and again costs a fifth of an import."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def finish(report, run, dry_run):
    """Keep the report with the run."""
    report.run = run
    for notes in (report.rejected, report.warnings):
        notes.sort(key=attrgetter("row"))
    for name in OUTCOMES:
        setattr(run, f"{name}_count", report.counts[name])
    run.rejected_count, run.warning_count = len(report.rejected), len(report.warnings)
    run.rejected = [note.as_dict() for note in report.rejected[:KEPT_NOTES]]
    run.warnings = [note.as_dict() for note in report.warnings[:KEPT_NOTES]]
    run.finished_at = timezone.now()
    if report.rejected and not dry_run:
        keep_rejected(report, run)
    run.save()


def keep_rejected(report, run):
    """Keep all rejected rows with the run, for the person to mend and take in again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rejected.xlsx"
        write_rejected(report, path)
        with path.open("rb") as file:
            run.rejected_file.save(path.name, File(file), save=False)


def forget_outdated(now=None):
    """Delete what is kept of customers' data beside the report when its time is over."""
    for run in ImportRun.objects.outdated(now or timezone.now()):
        ImportTrace.objects.filter(run=run).delete()
        run.rejected_file.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(rejected_file="")


def write_rejected(report, path):
    """Write the rejected rows as they were with a reason column, to be mended and taken in again."""
    width = len(report.header)
    reasons = [_("Row"), _("Reason")]
    rows = ([*(list(cells) + [""] * width)[:width], number, reason_text(errors)] for number, cells, errors in report.rejected_cells)
    write_workbook(path, [*(str(title) for title in report.header), *(str(title) for title in reasons)], rows)


def reason_text(errors):
    return "; ".join(f"{note.column}: {note.as_dict()['message']}" for note in errors)
