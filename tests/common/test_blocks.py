"""A block of rows is parsed column by column and says the same as cell by cell would."""

from datetime import datetime

import pytest

from common import blocks
from common.blocks import read_blocks
from common.cells import BadCell, limited_text, moment
from common.excel import Column, Table

ASKED = []


def word(cell):
    ASKED.append(cell)
    if cell == "bad":
        raise BadCell("word_bad", "Bad: %(value)s", value=cell)
    return cell.upper()


def odd(value):
    return ("word_odd", "Odd", {}) if value == "ODD" else None


COLUMNS = [Column("key", ("Key",), limited_text(9), required=True, repeats=False), Column("word", ("Word",), word, check=odd), Column("at", ("At",), moment)]


@pytest.fixture(autouse=True)
def asked():
    ASKED.clear()
    return ASKED


def read(*rows, size=10):
    places = {"key": 0, "word": 1, "at": 2}
    table = Table(COLUMNS, places, {"key": "Key", "word": "Word", "at": "At"}, enumerate(map(list, rows), 2), ("Key", "Word", "At"))
    return list(read_blocks(table, "key", size))


def test_each_different_cell_is_parsed_once(asked):
    block, following = read(("a", "x", ""), ("b", "x", ""), ("c", "y", ""), ("d", "x", ""), size=2)
    assert (block.column("word"), following.column("word")) == (["X", "X"], ["Y", "X"])
    assert asked == ["x", "y"]


def test_no_more_cells_are_remembered_than_allowed(asked, monkeypatch):
    monkeypatch.setattr(blocks, "MOST_KNOWN", 2)
    read(("a", "x", ""), ("b", "y", ""), ("c", "z", ""), ("d", "x", ""))
    assert asked == ["x", "y", "z", "x"]


def test_bad_and_missing_cells_are_named_and_the_others_stand():
    (block,) = read(("a", "bad", "2026-01-02"), ("", "x", "?"), ("c", "odd", ""))
    found = {block.numbers[index]: [(note.column, note.code) for note in notes] for index, notes in block.errors.items()}
    assert found == {2: [("Word", "word_bad")], 3: [("Key", "key_missing"), ("At", "date_invalid")]}
    assert [(note.row, note.key, note.code) for note in block.warnings] == [(4, "c", "word_odd")]
    assert block.column("at") == [datetime(2026, 1, 2), None, None]


def test_true_is_not_taken_for_one():
    columns = [Column("key", ("Key",), limited_text(9))]
    rows = enumerate([["1"], [1.0], [True], [1]], 2)
    (block,) = read_blocks(Table(columns, {"key": 0}, {"key": "Key"}, rows, ("Key",)), "key", 10)
    assert block.column("key") == ["1", "1", "True", "1"]


def test_some_rows_make_a_block_of_their_own():
    (block,) = read(("a", "x", ""), ("b", "y", ""), ("c", "z", ""))
    picked = block.only([0, 2])
    assert (picked.keys, list(picked.each("word", "unknown"))) == (["a", "c"], [("X", None), ("Z", None)])
    assert picked.values(1) == {"key": "c", "word": "Z", "at": None}
