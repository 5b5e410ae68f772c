"""Tables from files of dealer systems: find the sheet and the header, parse cell by cell, say what is wrong where.

A column declares its headers in both languages and a parser; a parser returns a value or raises ``BadCell``.
Dates, numbers and texts are taken in every spelling seen in exports; what is ambiguous is refused, never guessed.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
from rustpy_xlsxwriter import FastExcel

from common.errors import DomainError

MOST_BYTES = 60 * 1024 * 1024
MOST_UNPACKED = 600 * 1024 * 1024
MOST_RATIO = 200
MOST_PARTS = 500
MOST_ROWS = 300_000
HEADER_WITHIN = 30
BLANK_ROWS_END = 1_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
TOTALS = re.compile(r"(?:本页|本表)?(?:合计|总计|小计|累计)[::]?.*|(?:grand )?totals?:?|sum:?", re.IGNORECASE)


class FileRefused(DomainError):
    """The file as a whole cannot be taken."""

    code = "file_refused"


class BadCell(Exception):
    """One cell is wrong: a stable code, a message saying what is accepted, and its values."""

    def __init__(self, code, message, **params):
        super().__init__(code)
        self.code, self.message, self.params = code, message, params


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
    """``check`` looks at a parsed value and returns ``(code, message, params)`` when it deserves a warning."""

    name: str
    headers: tuple[str, ...]
    parse: Callable
    required: bool = False
    check: Callable | None = None


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
    return match_header(header, columns, numbered(rows(), number))


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
        raise FileRefused(_("The workbook cannot be read; it may be damaged or protected by a password."), code="file_unreadable") from error
    for sheet in loaded:
        if sheet.end and sheet.end[0] > MOST_ROWS:
            raise FileRefused(_("The sheet has more than %(limit)d rows; split the file.") % {"limit": MOST_ROWS}, code="too_many_rows")
        yield lambda sheet=sheet: enumerate(sheet.iter_rows(), 1)


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
    return (each for each in rows if each[0] > header_number)


def top_rows(rows):
    for number, row in rows():
        if number > HEADER_WITHIN:
            return
        yield number, row


def squeezed(text) -> str:
    """Return a header without blanks, brackets' contents and signs, for comparing."""
    text = unicodedata.normalize("NFKC", str(text)).lower()
    return re.sub(r"\(.*?\)|\[.*?\]|【.*?】|[\s*:_\-./、]", "", text)


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


class Row(NamedTuple):
    number: int
    key: str | None
    cells: list
    values: dict
    errors: list
    warnings: list


def parsed_rows(table: Table, key: str) -> Iterator[Row]:
    """Parse every data row; blank rows, repeated headers and totals are passed over, ``key`` names the column that identifies a row."""
    readers = [(c.name, table.places[c.name], c.parse, c.required, c.check) for c in table.columns if c.name in table.places]
    key_place = table.places[key]
    table.titles["key"] = table.titles[key]
    blanks = 0
    for number, cells in table.raw_rows:
        if not any(cells):
            blanks += 1
            if blanks >= BLANK_ROWS_END:
                return
            continue
        blanks = 0
        if is_not_data(cells, table.header):
            continue
        yield parsed_row(number, cells, readers, key_place, table)


def is_not_data(cells, header):
    """Tell whether the row is a line of totals or the header printed again."""
    first = next((cell for cell in cells if cell not in ("", None)), "")
    return isinstance(first, str) and (TOTALS.fullmatch(first.strip()) is not None or tuple(cells) == header)


def parsed_row(number, cells, readers, key_place, table):
    """Parse one row; this is the hot loop of every import, so it asks each cell as little as it can."""
    if len(cells) < len(table.header):
        cells = [*cells, *[""] * (len(table.header) - len(cells))]
    key = text(cells[key_place]) or None
    values, errors, warnings = {}, [], []
    for name, place, parse, required, check in readers:
        cell = cells[place]
        try:
            value = None if cell == "" or cell is None else parse(cell)
        except BadCell as bad:
            errors.append(Note(number, key, table.titles[name], bad.code, bad.message, bad.params))
            continue
        if value is None or value == "":
            value = None
            if required:
                errors.append(Note(number, key, table.titles[name], f"{name}_missing", _("A value is required here."), {}))
        elif check is not None and (found := check(value)):
            warnings.append(Note(number, key, table.titles[name], *found))
        values[name] = value
    return Row(number, key, cells, values, errors, warnings)


# Parsers of cells.

ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:\s*T?\s*(上午|下午|am|pm)?\s*(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*(?:[:分]\s*(\d{1,2})(?:\.\d+)?\s*秒?)?分?\s*(am|pm)?)?",
    re.IGNORECASE,
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s*(\d{2}):?(\d{2}):?(\d{2})?)?")
SERIAL_BASE = datetime(1899, 12, 30)


def text(cell) -> str:
    """Return the cell as trimmed text; whole numbers lose their ``.0``."""
    if cell.__class__ is str:
        value = cell.strip()
        if value[:1] == "#" and value in ERRORS:
            raise BadCell("cell_error", _("The cell holds the error %(value)s."), value=value)
        if not value.isprintable() and CONTROL.search(value):
            raise BadCell("control_character", _("The cell holds a character that cannot be stored."))
        return value
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None else str(cell)


def limited_text(limit):
    def parse(cell):
        # Nearly all cells are short and plain.
        if cell.__class__ is str and len(cell) <= limit and cell.isprintable() and cell[0] != "#":
            return cell.strip()
        value = text(cell)
        if len(value) > limit:
            raise BadCell("text_too_long", _("The text may have at most %(limit)d characters."), limit=limit)
        return value

    return parse


def amount(cell) -> Decimal:
    """Return money; thousands separators and currency signs are taken, words are not."""
    if cell.__class__ is float or cell.__class__ is int:
        return Decimal(int(cell)) if 0 <= cell < 10**10 and cell == int(cell) else money(Decimal(repr(cell)), cell)
    value = re.sub(r"[,\s¥¥$元]", "", unicodedata.normalize("NFKC", text(cell)))
    if not NUMBER.fullmatch(value):
        raise BadCell("amount_not_number", _("“%(value)s” is not an amount of money."), value=text(cell))
    return money(Decimal(value), cell)


def money(value, cell):
    if value < 0:
        raise BadCell("amount_negative", _("The amount must not be negative."))
    if value >= 10**10 or not value.is_finite():
        raise BadCell("amount_too_large", _("The amount “%(value)s” is too large."), value=str(cell))
    return value.quantize(Decimal("0.01"))


def whole_number(cell) -> int:
    """Return a count; ``12万`` is 120000, units such as km are cut."""
    if cell.__class__ is float or cell.__class__ is int:
        value = cell
    else:
        digits = re.sub(r"[,\s]|公里|千米|km", "", unicodedata.normalize("NFKC", text(cell)), flags=re.IGNORECASE)
        scale = 10_000 if digits.lower().endswith(("万", "w")) else 1
        digits = digits[:-1] if scale > 1 else digits
        if not NUMBER.fullmatch(digits):
            raise BadCell("number_invalid", _("“%(value)s” is not a number."), value=text(cell))
        value = Decimal(digits) * scale
    if value < 0:
        raise BadCell("number_negative", _("The number must not be negative."))
    if value > 9_999_999:
        raise BadCell("number_too_large", _("The number is too large."))
    return int(value)


def moment(cell) -> datetime:
    """Return a local date and time without zone; a date alone is its midnight."""
    if cell.__class__ is datetime:
        return plausible(cell.replace(microsecond=0, tzinfo=None) if cell.microsecond or cell.tzinfo else cell)
    if cell.__class__ is date:
        return plausible(datetime(cell.year, cell.month, cell.day))
    if isinstance(cell, (int, float)):
        return serial_moment(cell)
    return plausible(text_moment(text(cell)))


def day(cell) -> date:
    return moment(cell).date()


def text_moment(value):
    plain = unicodedata.normalize("NFKC", value).strip()
    found = MOMENT.fullmatch(plain)
    try:
        if found:
            year, month, on, half, hour, minute, second, half_after = found.groups()
            return datetime(int(year), int(month), int(on)) + clock(half or half_after, hour, minute, second)
        found = COMPACT.fullmatch(plain)
        if found:
            year, month, on, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, on, hour, minute, second)
    except ValueError:
        pass
    raise BadCell("date_invalid", _("“%(value)s” is not a date; accepted are for example 2026-03-05 14:30 or 2026年3月5日."), value=value)


def clock(half, hour, minute, second):
    if hour is None:
        return timedelta()
    hour = int(hour)
    if half and half.lower() in ("下午", "pm") and hour < 12:
        hour += 12
    elif half and half.lower() in ("上午", "am") and hour == 12:
        hour = 0
    whole = time(hour, int(minute), int(second or 0))
    return timedelta(hours=whole.hour, minutes=whole.minute, seconds=whole.second)


def serial_moment(cell):
    """Read Excel's day number, but only where it can be nothing else (1990 to 2099)."""
    if not 32_874 <= cell < 73_051:
        raise BadCell("date_invalid", _("“%(value)s” is not a date; accepted are for example 2026-03-05 14:30 or 2026年3月5日."), value=text(cell))
    return SERIAL_BASE + timedelta(seconds=round(cell * 86_400))


def plausible(value):
    if not 1900 <= value.year <= 2099:
        raise BadCell("date_out_of_range", _("The year %(year)d cannot be right."), year=value.year)
    return value


def choice(table: dict, unknown):
    """Return a parser that looks words up; an unknown word becomes ``unknown`` and keeps itself for the report."""
    words = {word: value for value, spellings in table.items() for word in spellings}
    squeezed_words = {squeezed(word): value for word, value in words.items()}

    def parse(cell):
        word = text(cell)
        return words.get(word) or squeezed_words.get(squeezed(word)) or Unknown(word, unknown)

    return parse


class Unknown(NamedTuple):
    """A word nobody knows, beside the value that stands in for it."""

    word: str
    value: object


def unknown_word(code, message):
    """Return a check that reports an ``Unknown`` value."""
    return lambda value: (code, message, {"value": value.word}) if value.__class__ is Unknown else None


# Writing.

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "=", "+", "-", "@")


def write_workbook(path, headers, rows):
    """Write one sheet of plain rows; texts stay texts, whatever they begin with."""
    FastExcel(str(path)).sheet("Sheet1", (dict(zip(headers, row, strict=True)) for row in rows)).save()


def defused(value):
    """Return text that no spreadsheet takes for a formula when it comes from a CSV file (T102)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value
