"""The columns of a kind of file as one store's dealer system writes them (AR5)."""

from collections import defaultdict
from dataclasses import replace

from common.cells import choice
from transfers.models import FileMapping
from visits.excel import KINDS
from visits.models import Visit

Part = FileMapping.Part


def columns_for(columns, store, kind):
    """Return the columns with the headers and visit types this store's files have been told to mean."""
    headers, words = defaultdict(list), defaultdict(list)
    meant = {Part.HEADER: headers, Part.VISIT_KIND: words}
    for part, word, meaning in FileMapping.objects.filter(store=store, kind=kind, part__in=meant).values_list("part", "word", "meaning"):
        meant[part][meaning].append(word)
    return [with_words(with_headers(column, headers), words) for column in columns] if headers or words else columns


def with_headers(column, headers):
    return replace(column, headers=(*column.headers, *headers[column.name])) if column.name in headers else column


def with_words(column, words):
    if column.name != "kind" or not words:
        return column
    # A word somebody has given a meaning means that, whatever we took it for.
    own = {word for some in words.values() for word in some}
    table = {kind: [*words.get(kind, []), *(word for word in spellings if word not in own)] for kind, spellings in KINDS.items()}
    return replace(column, parse=choice(table, Visit.Kind.OTHER))
