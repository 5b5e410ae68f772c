"""Workbooks made to break a reader (T85, T86, T88, T92, T95)."""

import socket
import threading
import zipfile

import openpyxl
import pytest

from common.cells import BadCell, text
from common.excel import FileRefused, data_rows, open_table
from common.formulas import uncalculated
from tests.transfers.files import ORDER_HEADER, order, orders
from visits.excel import VISIT_COLUMNS


def rows_of(path):
    return list(data_rows(open_table(path, VISIT_COLUMNS)))


def rewritten(path, part, change):
    """Change one part of a workbook and return the path of the new one."""
    target = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for each in source.infolist():
            content = source.read(each)
            out.writestr(each, change(content) if each.filename == part else content)
    return target


SHEET = "xl/worksheets/sheet1.xml"


def test_a_million_styled_empty_rows_are_not_data(tmp_path):
    """T85."""
    empty = b"".join(b'<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>' % (number, number) for number in range(4, 1_000_000, 7))
    path = rewritten(orders(tmp_path, order("RO1"), order("RO2")), SHEET, lambda xml: xml.replace(b"</sheetData>", empty + b"</sheetData>"))
    assert [cells[0] for _number, cells in rows_of(path)] == ["RO1", "RO2"]


@pytest.mark.parametrize("size", [b"A1:XFD1048576", b"A1", b"B7:B7"])
def test_a_false_size_tag_is_not_believed(tmp_path, size):
    """T86."""

    def claim(xml):
        return xml.replace(b'<dimension ref="A1:Q3"', b'<dimension ref="' + size + b'"')

    path = rewritten(orders(tmp_path, order("RO1"), order("RO2")), SHEET, claim)
    assert size in zipfile.ZipFile(path).read(SHEET)
    assert [cells[0] for _number, cells in rows_of(path)] == ["RO1", "RO2"]


def test_the_last_column_of_a_sheet_costs_no_padding(tmp_path):
    """T86: 16,384 columns; a row is as wide as it is, and what has no header is not read."""
    stray = b'<c r="XFD2" t="inlineStr"><is><t>stray</t></is></c></row>'
    path = rewritten(orders(tmp_path, order("RO1")), SHEET, lambda xml: xml.replace(b"</row></sheetData>", stray + b"</sheetData>"))
    table = open_table(path, VISIT_COLUMNS)
    assert len(table.places) == len(ORDER_HEADER)
    assert [cells[0] for _number, cells in data_rows(table)] == ["RO1"]


@pytest.fixture
def trap():
    """A server that counts who connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        callers, is_over = [], threading.Event()

        def listen():
            while not is_over.is_set():
                try:
                    callers.append(server.accept()[1])
                except TimeoutError:
                    continue

        listener = threading.Thread(target=listen)
        listener.start()
        yield server.getsockname()[1], callers
        is_over.set()
        listener.join()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (98 + n, *[97 + n] * 8) for n in range(12)
) + b"]>"  # fmt: skip


def test_an_entity_bomb_is_refused_or_ignored(tmp_path):
    """T88: nothing is expanded."""

    def bomb(xml):
        return xml.replace(b"<worksheet", ENTITIES + b"<worksheet", 1).replace(b"</row></sheetData>", b'<c r="R2" t="str"><v>&m;</v></c></row></sheetData>')

    path = rewritten(orders(tmp_path, order("RO1")), SHEET, bomb)
    try:
        assert all(len(str(cell)) < 1000 for _number, cells in rows_of(path) for cell in cells)
    except FileRefused as refused:
        assert refused.code in {"file_unreadable", "header_missing"}


def test_nothing_outside_the_file_is_asked_for(tmp_path, trap):
    """T88: external entity, external link and DDE; a trap server hears nobody."""
    port, callers = trap
    address = f"http://127.0.0.1:{port}/x".encode()

    def point_out(xml):
        entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "' + address + b'">]>'
        more = b'<c r="R2"><f>cmd|\' /c calc\'!A0</f><v>1</v></c><c r="S2" t="str"><v>&e;</v></c></row></sheetData>'
        return xml.replace(b"<worksheet", entity + b"<worksheet", 1).replace(b"</row></sheetData>", more)

    path = rewritten(orders(tmp_path, order("RO1")), SHEET, point_out)
    with zipfile.ZipFile(path, "a") as archive:
        link = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="x" Target="'
        archive.writestr("xl/externalLinks/_rels/externalLink1.xml.rels", link + address + b'" TargetMode="External"/></Relationships>')
    try:
        rows_of(path)
    except FileRefused as refused:
        assert refused.code in {"file_unreadable", "header_missing"}
    assert callers == []


def test_a_formula_that_was_never_calculated_is_found(tmp_path):
    """T92: the reader would show such a cell as empty."""
    book = openpyxl.Workbook()
    book.active.title = "工单 & 结算"
    book.active.append(ORDER_HEADER)
    book.active.append(order("RO1", 合计金额="=O2+P2"))
    book.active.append(order("RO2"))
    path = tmp_path / "formulas.xlsx"
    book.save(path)
    assert uncalculated(path) == {"工单 & 结算": {2: [16]}}
    (_two, first), (_three, second) = rows_of(path)
    with pytest.raises(BadCell) as bad:
        text(first[16])
    assert bad.value.code == "formula_uncalculated"
    assert second[16] == "300.5"


def test_a_calculated_formula_is_its_value(tmp_path):
    path = rewritten(
        orders(tmp_path, order("RO1")), SHEET, lambda xml: xml.replace(b"</row></sheetData>", b'<c r="R2"><f>1+1</f><v>2</v></c></row></sheetData>')
    )
    assert uncalculated(path) == {}


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!"])
def test_an_error_in_a_cell_is_never_a_text(error):
    """T92."""
    with pytest.raises(BadCell) as bad:
        text(error)
    assert bad.value.code == "cell_error"


def test_a_number_too_long_for_a_workbook_is_refused():
    """T95: the last digits of 110101199003071234 are lost already."""
    with pytest.raises(BadCell) as bad:
        text(float(110101199003071234))
    assert bad.value.code == "digits_lost"
    assert text(13800000001.0) == "13800000001"
    assert text("110101199003071234") == "110101199003071234"
