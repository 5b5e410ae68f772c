"""Cells of files of dealer systems: one parser per kind of value.

A parser returns a value or raises ``BadCell``. Dates, numbers and texts are taken in every spelling seen in exports;
what is ambiguous is refused, never guessed.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
# Stands in a cell whose formula was never calculated by the program that wrote the file (T92).
UNCALCULATED = "#FORMULA!"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:\s*T?\s*(上午|下午|am|pm)?\s*(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*(?:[:分]\s*(\d{1,2})(?:\.\d+)?\s*秒?)?分?\s*(am|pm)?)?",
    re.IGNORECASE,
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s*(\d{2}):?(\d{2}):?(\d{2})?)?")
# From here on a number in a workbook is rounded (T95).
LOSES_DIGITS = 1e15
SERIAL_BASE = datetime(1899, 12, 30)


class BadCell(Exception):
    """One cell is wrong: a stable code, a message saying what is accepted, and its values."""

    def __init__(self, code, message, **params):
        super().__init__(code)
        self.code, self.message, self.params = code, message, params


def squeezed(text) -> str:
    """Return a header without blanks, brackets' contents and signs, for comparing."""
    text = unicodedata.normalize("NFKC", str(text)).lower()
    return re.sub(r"\(.*?\)|\[.*?\]|【.*?】|[\s*:_\-./、]", "", text)


def text(cell) -> str:
    """Return the cell as trimmed text; whole numbers lose their ``.0``."""
    if cell.__class__ is str:
        value = cell.strip()
        if value == UNCALCULATED:
            raise BadCell("formula_uncalculated", _("The cell holds a formula without a stored value; open the file in Excel, save it and try again."))
        if value[:1] == "#" and value in ERRORS:
            raise BadCell("cell_error", _("The cell holds the error %(value)s."), value=value)
        if not value.isprintable() and CONTROL.search(value):
            raise BadCell("control_character", _("The cell holds a character that cannot be stored."))
        return value
    if isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= LOSES_DIGITS:
            raise BadCell("digits_lost", _("This number is so long that Excel has lost its last digits; format the column as text and fill it in again."))
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
        if not cell.microsecond and cell.tzinfo is None and 1900 <= cell.year <= 2099:
            return cell
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
    # Members of an enumeration become what is stored: cheaper to write, and the same to compare with.
    words = {word: str(value) for value, spellings in table.items() for word in spellings}
    squeezed_words = {squeezed(word): value for word, value in words.items()}

    def parse(cell):
        word = text(cell)
        return words.get(word) or squeezed_words.get(squeezed(word)) or Unknown(word, str(unknown))

    return parse


class Unknown(NamedTuple):
    """A word nobody knows, beside the value that stands in for it."""

    word: str
    value: object


def unknown_word(code, message):
    """Return a check that reports an ``Unknown`` value."""
    return lambda value: (code, message, {"value": value.word}) if value.__class__ is Unknown else None
