"""Tables from files of dealer systems: find the sheet and the header, parse row by row, say what is wrong where.

A column declares its headers in both languages and a parser of ``common.cells``.
"""

import csv
import io
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum
from rustpy_xlsxwriter import FastExcel, Format

from common.cells import UNCALCULATED, squeezed
from common.errors import DomainError
from common.formulas import uncalculated

MOST_BYTES = 60 * 1024 * 1024
MOST_UNPACKED = 600 * 1024 * 1024
MOST_RATIO = 200
MOST_PARTS = 500
MOST_ROWS = 300_000
HEADER_WITHIN = 30
BLANK_ROWS_END = 1_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# The stream that holds a newer workbook once it has a password.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# One of these is in every xlsx, xlsm and xlsb, or in every ods.
WORKBOOK_PARTS = {"[Content_Types].xml", "content.xml"}
FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
TOTALS = re.compile(r"(?:本页|本表)?(?:合计|总计|小计|累计)[:：]?.*|(?:grand )?totals?:?|sum:?", re.IGNORECASE)


class FileRefused(DomainError):
    """The file as a whole cannot be taken."""

    code = "file_refused"


class Note(NamedTuple):
    """Something to report about one row; ``key`` is the row's own number in its system, ``column`` the header as in the file."""

    row: int
    key: str | None
    column: str
    code: str
    message: str
    params: dict

    def as_dict(self):
        return {
            "row": self.row,
            "key": self.key,
            "column": self.column,
            "code": self.code,
            "message": str(self.message) % self.params if self.params else str(self.message),
        }


@dataclass(frozen=True)
class Column:
    """``check`` looks at a parsed value and returns ``(code, message, params)`` when it deserves a warning.

    ``repeats`` is set to False where nearly every row has a value of its own, so that remembering them is of no use.
    """

    name: str
    headers: tuple[str, ...]
    parse: Callable
    required: bool = False
    check: Callable | None = None
    repeats: bool = True


def spelled(headers: str) -> tuple[str, ...]:
    """Return the spellings of a header, given with bars between them; the first one names the column to people."""
    return tuple(headers.split("|"))


@dataclass
class Table:
    """The found header and the rows below it; row numbers are those a person sees in the file."""

    columns: list[Column]
    places: dict[str, int]
    titles: dict[str, str]
    raw_rows: Iterator
    header: tuple
    unknown_headers: list[str] = field(default_factory=list)

    def title(self, name):
        return self.titles.get(name) or next((column.headers[0] for column in self.columns if column.name == name), name)


def open_table(path, columns) -> Table:
    """Find header and sheet by content; raise ``FileRefused`` naming what is missing."""
    number, header, rows = find_header(path, columns)
    return match_header(header, columns, numbered(rows(), number))


def unknown_headers(path, columns):
    """Return the headers of the file no column claims, also where a required column is missing."""
    _number, header, _rows = find_header(path, columns)
    known = {squeezed(spelling) for column in columns for spelling in column.headers}
    return [cell.strip() for cell in header if isinstance(cell, str) and cell.strip() and squeezed(cell) not in known]


def find_header(path, columns):
    """Return row number and cells of the header, and the walk over the rows of its sheet."""
    path = Path(path)
    if not path.is_file():
        raise FileRefused(_("There is no such file."), code="file_missing")
    sheets = list(candidate_sheets(path))
    found = [(score_header(row, columns), -index, number, row, rows) for index, rows in enumerate(sheets) for number, row in top_rows(rows)]
    score, _sheet, number, header, rows = max(found, key=lambda each: (each[0], each[1], -each[2]), default=(0, 0, 0, (), None))
    if score < 2:
        raise FileRefused(
            _("No header row was found; expected columns such as %(headers)s.") % {"headers": ", ".join(c.headers[0] for c in columns[:6])},
            code="header_missing",
        )
    return number, header, rows


def candidate_sheets(path):
    """Yield one callable per sheet; each call starts a fresh walk over the sheet's rows."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise FileRefused(_("The file is empty."), code="file_empty")
    if path.stat().st_size > MOST_BYTES:
        raise FileRefused(_("The file is larger than %(limit)d MB.") % {"limit": MOST_BYTES >> 20}, code="file_too_large")
    if start.startswith((ZIP, OLE)):
        yield from workbook_sheets(path, start)
    else:
        text = decoded(path.read_bytes())
        if text.lstrip()[:200].lower().startswith(("<html", "<!doctype", "<?xml", "<table")):
            raise FileRefused(_("This is a web page, not a table; open it in Excel and save it as xlsx."), code="file_is_html")
        yield lambda: text_rows(text)


def workbook_sheets(path, start):
    if start.startswith(ZIP):
        check_archive(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible]
        loaded = [workbook.get_sheet_by_name(sheet.name) for sheet in sheets]
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, PasswordError) or ENCRYPTED in path.read_bytes():
            raise FileRefused(_("The workbook is protected by a password; save it without one and try again."), code="file_protected") from error
        raise FileRefused(_("The workbook cannot be read; it may be damaged or protected by a password."), code="file_unreadable") from error
    open_formulas = uncalculated(path) if start.startswith(ZIP) else {}
    for sheet in loaded:
        if sheet.end and sheet.end[0] > MOST_ROWS:
            raise FileRefused(_("The sheet has more than %(limit)d rows; split the file.") % {"limit": MOST_ROWS}, code="too_many_rows")
        yield lambda sheet=sheet: marked(enumerate(sheet.iter_rows(), 1), open_formulas.get(sheet.name))


def marked(rows, marks):
    """Put the mark of an uncalculated formula where the reader sees nothing."""
    return (with_marks(*row, marks) for row in rows) if marks else rows


def with_marks(number, cells, marks):
    for place in marks.get(number, ()):
        cells[place] = UNCALCULATED
    return number, cells


def check_archive(path):
    """Look at the archive's directory before anything is unpacked (T87)."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise FileRefused(_("The workbook cannot be read; it may be damaged or protected by a password."), code="file_unreadable") from error
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or (unpacked > MOST_BYTES and unpacked / packed > MOST_RATIO):
        raise FileRefused(_("The workbook unpacks to an unreasonable size."), code="file_bomb")
    if any(is_unsafe(part) for part in parts):
        raise FileRefused(_("The workbook holds parts with unsafe names; open it in Excel and save it anew."), code="file_unsafe")
    if not WORKBOOK_PARTS & {part.filename for part in parts}:
        raise FileRefused(_("This is a packed archive; unpack it and choose the table inside."), code="file_is_archive")


def is_unsafe(part):
    """Tell whether a part points out of the archive, by its name or as a link."""
    # Some exporters separate folders as Windows does.
    name = PurePosixPath(part.filename.replace("\\", "/"))
    return name.is_absolute() or ".." in name.parts or stat.S_ISLNK(part.external_attr >> 16)


def decoded(content: bytes) -> str:
    """Decode by byte-order mark, then strict UTF-8, then GB18030."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileRefused(_("The text is neither UTF-8 nor GB18030."), code="encoding_unknown")


def text_rows(text):
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for row in reader:
        yield reader.line_num, row


def numbered(rows, header_number):
    return dropwhile(lambda row: row[0] <= header_number, rows)


def top_rows(rows):
    for number, row in rows():
        if number > HEADER_WITHIN:
            return
        yield number, row


def score_header(row, columns):
    cells = {squeezed(cell) for cell in row if isinstance(cell, str) and cell}
    return sum(any(squeezed(header) in cells for header in column.headers) for column in columns)


def match_header(header, columns, rows):
    cells = {}
    for index, cell in enumerate(header):
        if isinstance(cell, str) and cell.strip():
            cells.setdefault(squeezed(cell), index)
    places = {}
    for column in columns:
        for spelling in column.headers:
            index = cells.get(squeezed(spelling))
            if index is not None and index not in places.values():
                places[column.name] = index
                break
    missing = [column.headers[0] for column in columns if column.required and column.name not in places]
    if missing:
        raise FileRefused(_("These columns are missing: %(headers)s.") % {"headers": ", ".join(missing)}, code="column_missing")
    unknown = [str(header[index]) for index in cells.values() if index not in places.values()]
    return Table(list(columns), places, {name: str(header[index]).strip() for name, index in places.items()}, rows, tuple(header), unknown)


def data_rows(table: Table) -> Iterator:
    """Yield ``(row number, cells)`` of every data row; blank rows, repeated headers and totals are passed over."""
    width, blanks = len(table.header), 0
    for number, cells in table.raw_rows:
        if not any(cells):
            blanks += 1
            if blanks >= BLANK_ROWS_END:
                return
            continue
        blanks = 0
        if is_not_data(cells, table.header):
            continue
        yield number, cells if len(cells) >= width else [*cells, *[""] * (width - len(cells))]


def is_not_data(cells, header):
    """Tell whether the row is a line of totals or the header printed again."""
    first = cells[0] or next((cell for cell in cells if cell not in ("", None)), "")
    return isinstance(first, str) and ((first in header and tuple(cells) == header) or TOTALS.fullmatch(first.strip()) is not None)


def write_workbook(path, headers, rows, *, title="Sheet1", days=(), notes=()):
    """Write one sheet of plain rows under a fixed header; texts stay texts, whatever they begin with.

    Two headers of one name get numbers. ``days`` are the headers of columns that hold dates without a time; ``notes``, pairs of
    words, make up a sheet of their own.
    """
    headers = distinct(headers)
    day = Format().set_num_format("yyyy-mm-dd")
    formats = {"column_width": 16, "autofilter": True, "column_formats": {header: day for header in headers if header in days}}
    workbook = FastExcel(str(path)).format(datetime_format="yyyy-mm-dd hh:mm", bold_headers=True).freeze(row=1)
    workbook.sheet(title, (dict(zip(headers, row, strict=True)) for row in rows), **formats)
    if notes:
        (name, value), *others = notes
        workbook.sheet(str(_("About this file")), [{str(name): str(one), str(value): str(other)} for one, other in others], column_width=40)
    workbook.save()


def write_sheets(path, sheets):
    """Write several sheets of plain rows, given as ``(title, headers, rows)``; the rows are read once and few."""
    workbook = FastExcel(str(path)).format(datetime_format="yyyy-mm-dd hh:mm", bold_headers=True).freeze(row=1)
    for title, (_title, headers, rows) in zip(sheet_titles(title for title, *_rest in sheets), sheets, strict=True):
        headers = distinct(headers)
        workbook.sheet(title, [dict(zip(headers, row, strict=True)) for row in rows], column_width=20)
    workbook.save()


def sheet_titles(titles):
    """Return titles Excel takes: no signs of its own, at most 31 characters."""
    return distinct(FORBIDDEN_IN_TITLE.sub(" ", str(title))[:27] for title in titles)


def distinct(headers):
    """Number the headers that come again, so that no column swallows another."""
    seen = Counter()
    named = []
    for header in map(str, headers):
        seen[header] += 1
        named.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return named
