"""Formulas in a workbook that hold no value: the reader shows such a cell as empty, so they are looked for in the sheet's own text (T92)."""

import re
import zipfile
from collections import defaultdict
from posixpath import join, normpath

CHUNK = 1 << 20
# A cell of a formula without a value, and the end of any cell.
CELL = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>(?:(?!</c>).)*?<f[ >/](?:(?!</c>).)*?</c>', re.DOTALL)
VALUE = re.compile(rb"<v[^>]*>[^<]")
END = b"</c>"
SHEET = re.compile(rb"<sheet [^>]*>")
RELATION = re.compile(rb"<Relationship [^>]*>")
ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
ESCAPES = {b"&amp;": b"&", b"&lt;": b"<", b"&gt;": b">", b"&quot;": b'"', b"&apos;": b"'"}


def uncalculated(path):
    """Return ``{sheet name: {row number: [places from 0]}}`` of the formulas without a value; nothing for what is no xlsx."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
            return {}
        parts = sheet_parts(archive)
        return {name: found for name, part in parts.items() if part in names and (found := of_sheet(archive, part))}


def sheet_parts(archive):
    """Return ``{sheet name: part of the archive}``."""
    targets = {facts[b"Id"]: facts.get(b"Target", b"").decode() for facts in attributes(archive.read("xl/_rels/workbook.xml.rels"), RELATION) if b"Id" in facts}
    sheets = attributes(archive.read("xl/workbook.xml"), SHEET)
    return {unescaped(facts.get(b"name", b"")): part_of(targets.get(facts.get(b"r:id"), "")) for facts in sheets}


def attributes(text, pattern):
    return [dict(ATTRIBUTE.findall(element)) for element in pattern.findall(text)]


def part_of(target):
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


def unescaped(name):
    for written, meant in ESCAPES.items():
        name = name.replace(written, meant)
    return name.decode()


def of_sheet(archive, part):
    found, rest = defaultdict(list), b""
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            whole, _end, rest = (rest + chunk).rpartition(END)
            if b"<f" in whole:
                note(found, whole + END)
    return dict(found)


def note(found, text):
    for cell in CELL.finditer(text):
        # A text the formula made empty is a value too.
        if not VALUE.search(cell[0]) and b't="str"' not in cell[0]:
            found[int(cell[2])].append(place_of(cell[1]))


def place_of(letters):
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
