"""What transfers hear from below: a person is forgotten, and files and reports hold copies (T123)."""

import json
from pathlib import Path
from urllib.parse import unquote_plus

from django.conf import settings
from django.dispatch import receiver

from activity.models import Event
from common.excel import FileRefused, candidate_sheets
from customers.signals import forgetting
from transfers.feeds import FOLDER
from transfers.models import ExportRun, Feed, ImportRun, ImportTrace, IncomingFile


@receiver(forgetting)
def forget_copies(sender, store_id, rows, words, **kwargs):
    forget_traces(store_id, {label.lower(): set(ids) for label, ids in rows.items()})
    for run in ImportRun.objects.filter(store=store_id):
        forget_notes(run, words)
    for incoming in IncomingFile.objects.filter(store=store_id):
        forget_incoming(incoming, words)
    for feed in Feed.objects.filter(store=store_id):
        forget_originals(feed, words)
    forget_exports(words)


def forget_traces(store_id, gone):
    """Leave the person's rows out of what an undo would turn back: it finds nothing to do there."""
    for trace in ImportTrace.objects.filter(run__store=store_id):
        left = {
            label: [[names, [row for row in changed if row[0] not in gone.get(label, ())]] for names, changed in sets] for label, sets in trace.updated.items()
        }
        if left != trace.updated:
            ImportTrace.objects.filter(pk=trace.pk).update(updated=left)


def forget_notes(run, words):
    """Take the lines about the person out of the report, and the file of rejected rows if it names the person."""
    notes = {name: [note for note in getattr(run, name) if not speaks_of(note, words)] for name in ("rejected", "warnings", "kept")}
    changed = {name: left for name, left in notes.items() if len(left) != len(getattr(run, name))}
    if changed:
        ImportRun.objects.filter(pk=run.pk).update(**changed)
    if run.rejected_file and file_names(run.rejected_file.path, words):
        run.rejected_file.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(rejected_file="")


def forget_incoming(incoming, words):
    """Give up a file not taken in yet that names the person: taking it in would bring the person back. It can be sent again without that row."""
    if speaks_of(incoming.report, words) or any(word in incoming.refusal for word in words):
        IncomingFile.objects.filter(pk=incoming.pk).update(report={}, refusal="")
    if incoming.file and file_names(incoming.file.path, words):
        incoming.file.delete(save=False)
        IncomingFile.objects.filter(pk=incoming.pk).update(file="", status=IncomingFile.Status.REFUSED, refusal_code="person_erased")


def forget_originals(feed, words):
    """Delete the files put aside that name the person; what they brought is in the archive."""
    for path in (settings.DATA_DIR / FOLDER / feed.folder).glob("*/*"):
        if path.is_file() and file_names(path, words):
            path.unlink()


def forget_exports(words):
    for run in ExportRun.objects.exclude(file=""):
        if file_names(run.file.path, words):
            run.file.delete(save=False)
            ExportRun.objects.filter(pk=run.pk).update(file="")
    asked = [run.pk for run in ExportRun.objects.exclude(query="") if speaks_of(unquote_plus(run.query), words)]
    ExportRun.objects.filter(pk__in=asked).update(query="")
    made = [event for event in Event.objects.filter(code="export.made").exclude(particulars__filters="") if names_in_filters(event, words)]
    for event in made:
        event.particulars |= {"filters": ""}
    Event._base_manager.bulk_update(made, ["particulars"])


def names_in_filters(event, words):
    return speaks_of(unquote_plus(event.particulars.get("filters", "")), words)


def speaks_of(value, words):
    text = json.dumps(value, ensure_ascii=False)
    return any(word in text for word in words)


def file_names(path, words):
    """Tell whether a table or text file names the person; a file nobody can read is searched byte by byte."""
    if not Path(path).exists():
        return False
    try:
        return any(any(word in str(cell) for word in words) for rows in candidate_sheets(Path(path)) for _number, row in rows() for cell in row if cell)
    except FileRefused:
        content = Path(path).read_bytes()
        return any(word.encode(encoding, "ignore") in content for word in words for encoding in ("utf-8", "gb18030"))
