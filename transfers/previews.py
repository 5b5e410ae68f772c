"""A file looked at before anything of it is taken: what was recognised, what would come of it, what is not understood (AR5, AR6)."""

from itertools import islice

from common.excel import FileRefused, data_rows, open_table, unknown_headers
from common.words import in_language
from transfers.columns import columns_for
from transfers.models import IncomingFile
from transfers.services import READERS, import_file

SAMPLES = 3
SHOWN = 20


def check(incoming):
    """Check the kept file without writing, and keep what was found for its page."""
    path = incoming.file.path
    try:
        report = import_file(incoming.kind, path, incoming.store, by=incoming.by, dry_run=True, name=incoming.name)
    except FileRefused as refused:
        incoming.keep_check({"refusal": str(refused.message), "unknown": unclaimed(incoming, path)})
        return
    found = report.as_dict()
    incoming.keep_check(
        {
            "counts": {name: found[name] for name in ("created", "updated", "unchanged", "skipped")} | {"rejected": len(found["rejected"])},
            "rejected": found["rejected"][:SHOWN],
            "warnings": found["warnings"][:SHOWN],
            "warning_count": len(found["warnings"]),
            "columns": recognised(incoming, path),
            "unknown": report.unknown_headers,
            "words": unknown_words(report, "kind_unknown"),
            "people": unknown_words(report, "advisor_unknown", "salesperson_unknown"),
        }
    )


def recognised(incoming, path):
    """Return ``[{title, field, samples}]`` in the order of the file."""
    columns = columns_for(READERS[incoming.kind].COLUMNS, incoming.store, incoming.kind)
    table = open_table(path, columns)
    rows = [cells for _number, cells in islice(data_rows(table), SAMPLES)]
    places = sorted(table.places.items(), key=lambda each: each[1])
    return [{"title": table.title(name), "field": name, "samples": [str(cells[place]) for cells in rows]} for name, place in places]


def column_label(column):
    """Return how the reader's language calls a column of ours."""
    english = next((spelling for spelling in column.headers if spelling.isascii()), column.headers[0])
    return in_language(english, column.headers[0])


def unclaimed(incoming, path):
    """Return the headers nobody claims of a file that is refused, nothing where even the header is not found."""
    try:
        return unknown_headers(path, columns_for(READERS[incoming.kind].COLUMNS, incoming.store, incoming.kind))
    except FileRefused:
        return []


def unknown_words(report, *codes):
    """Return the words warned about with one of ``codes``, each once."""
    return sorted({note.params["value"] for note in report.warnings if note.code in codes})


def forget(now):
    """Discard the checked files nobody has decided on."""
    for incoming in IncomingFile.objects.forgotten(now):
        incoming.discard()
