"""What an import made and changed, as short as it goes: spans of ids, and changes with their fields named once."""

from collections import defaultdict

from transfers.models import ImportTrace


def keep_trace(report, run, at):
    """Keep with the run what undoing it needs."""
    created = {model._meta.label_lower: spans(pks) for model, pks in report.created.items() if pks}
    updated = {model._meta.label_lower: changes(report, model) for model in report.updated if report.updated[model]}
    ImportTrace.objects.create(run=run, at=at, created=created, updated=updated)


def spans(pks):
    """Return ids as ``[first, last]`` of each unbroken span."""
    found = []
    for pk in sorted(pks):
        if found and found[-1][1] == pk - 1:
            found[-1][1] = pk
        else:
            found.append([pk, pk])
    return found


def changes(report, model):
    """Return ``[fields, [[id, before …, after …], …]]`` for each set of fields changed together; a row new with the file goes as a whole."""
    new, alike = set(report.created[model]), defaultdict(list)
    for pk, before in report.updated[model].items():
        if pk not in new:
            names, after = tuple(sorted(before)), report.after[model][pk]
            alike[names].append([pk, *(plain(before[name]) for name in names), *(plain(after[name]) for name in names)])
    return [[names, rows] for names, rows in alike.items()]


def plain(value):
    """Return a value as JSON can hold it, nothing lost; the field reads it again."""
    return value if value is None or isinstance(value, (str, int)) else str(value)
