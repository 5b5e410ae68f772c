"""Rows of a table on their way in: some thousands at a time, parsed column by column, which is several times quicker than row by row."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat

from django.utils.translation import gettext_lazy as _

from common.cells import BadCell, text
from common.excel import Note, Table, data_rows

# How many different cells of one column are remembered, so that a file of a million different ones does not fill the memory.
MOST_KNOWN = 50_000


@dataclass
class Block:
    """Some rows of a file. ``columns`` holds the parsed values under the names of the columns the file has; ``errors`` go by index, not by row number."""

    table: Table
    numbers: list
    keys: list
    cells: list
    columns: dict = field(default_factory=dict)
    errors: dict = field(default_factory=lambda: defaultdict(list))
    warnings: list = field(default_factory=list)

    def __len__(self):
        return len(self.numbers)

    def column(self, name):
        """Return the values of a column, nothing but None where the file lacks it."""
        return self.columns.get(name) or [None] * len(self)

    def each(self, *names):
        """Yield the values of the named columns row by row."""
        return zip(*(self.columns.get(name) or repeat(None, len(self)) for name in names), strict=True)

    def values(self, index):
        return {name: column[index] for name, column in self.columns.items()}

    def reject(self, index, name, code, message, params=None):
        self.errors[index].append(self.note(index, name, code, message, params))

    def warn(self, index, name, code, message, params=None):
        self.warnings.append(self.note(index, name, code, message, params))

    def note(self, index, name, code, message, params=None):
        return Note(self.numbers[index], self.keys[index], self.table.title(name), code, message, params or {})

    def only(self, indexes):
        """Return the rows at ``indexes`` as a block of their own; what was found in them stays behind."""
        if len(indexes) == len(self):
            return Block(self.table, self.numbers, self.keys, self.cells, self.columns)
        picked = ([each[index] for index in indexes] if each else each for each in (self.numbers, self.keys, self.cells))
        return Block(self.table, *picked, {name: [column[index] for index in indexes] for name, column in self.columns.items()})


class Known(dict):
    """The answers of a function, each given once: few cells of a file are unlike all others above them."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def __missing__(self, argument):
        if len(self) >= MOST_KNOWN:
            self.clear()
        answer = self[argument] = self.function(argument)
        return answer


class ColumnReader:
    """Parses the cells of one column and looks at the values."""

    def __init__(self, column, place):
        self.column, self.place = column, place
        self.parsed = Known(self.value).__getitem__ if column.repeats else self.value
        self.found = Known(column.check).__getitem__

    def read(self, block, cells):
        """Put the values of the column into the block, and what is wrong or odd with them."""
        if bool in set(map(type, cells)):
            # True equals 1 and would be taken for it.
            cells = [str(cell) if cell.__class__ is bool else cell for cell in cells]
        try:
            values = list(map(self.parsed, cells))
        except BadCell:
            values = [self.attempt(block, index, cell) for index, cell in enumerate(cells)]
        block.columns[self.column.name] = values
        if self.column.check:
            self.look_at(block, values)

    def value(self, cell):
        value = "" if cell is None or cell == "" else self.column.parse(cell)
        if value is not None and value != "":
            return value
        if self.column.required:
            raise BadCell(f"{self.column.name}_missing", _("A value is required here."))
        return None

    def attempt(self, block, index, cell):
        try:
            return self.parsed(cell)
        except BadCell as bad:
            block.reject(index, self.column.name, bad.code, bad.message, bad.params)
            return None

    def look_at(self, block, values):
        title = block.table.title(self.column.name)
        for number, key, value in zip(block.numbers, block.keys, values, strict=True):
            if value is not None and (found := self.found(value)):
                block.warnings.append(Note(number, key, title, *found))


def read_blocks(table: Table, key: str, size: int) -> Iterator[Block]:
    """Parse the data rows; ``key`` names the column that tells people which row is meant."""
    readers = [ColumnReader(column, table.places[column.name]) for column in table.columns if column.name in table.places]
    table.titles["key"] = table.titles[key]
    rows = data_rows(table)
    while some := list(islice(rows, size)):
        numbers, cells = map(list, zip(*some, strict=True))
        columns = list(zip(*cells, strict=False))
        block = Block(table, numbers, list(map(readable, columns[table.places[key]])), cells)
        for reader in readers:
            reader.read(block, columns[reader.place])
        yield block


def readable(cell):
    """Return the cell that names a row to people; an unreadable one names nothing."""
    try:
        return text(cell) or None
    except BadCell:
        return None
