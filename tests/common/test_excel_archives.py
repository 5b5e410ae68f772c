"""Workbooks are archives: what is wrong with one is found in its directory, before anything is unpacked."""

import stat
import zipfile

import pytest

from common.excel import FileRefused, open_table
from tests.transfers.files import ORDER_HEADER, order, orders
from visits.excel import VISIT_COLUMNS

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(path):
    with pytest.raises(FileRefused) as refused:
        open_table(path, VISIT_COLUMNS)
    return refused.value.code


@pytest.fixture
def book(tmp_path):
    return orders(tmp_path, order("RO1"))


def add(path, name, content=b"", mode=0):
    part = zipfile.ZipInfo(name)
    part.external_attr = mode << 16
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content, zipfile.ZIP_DEFLATED)


def test_a_workbook_with_a_harmless_extra_part_is_read(book):
    add(book, "xl\\media\\image1.png", b"x")
    assert open_table(book, VISIT_COLUMNS).header == tuple(ORDER_HEADER)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "xl/../../x", "..\\x"])
def test_a_part_that_points_out_of_the_archive_is_refused(book, name):
    """T87: path names inside."""
    add(book, name)
    assert refusal(book) == "file_unsafe"


def test_a_link_is_refused(book):
    """T87: symlink."""
    add(book, "xl/link", b"/etc/passwd", stat.S_IFLNK | 0o777)
    assert refusal(book) == "file_unsafe"


def test_thousands_of_parts_are_refused(book):
    """T87: thousands of parts."""
    with zipfile.ZipFile(book, "a") as archive:
        for number in range(600):
            archive.writestr(f"xl/part{number}", b"")
    assert refusal(book) == "file_bomb"


def test_a_part_that_unpacks_to_far_more_is_refused(book, monkeypatch):
    """T87: zip bomb, told by ratio and size without unpacking."""
    monkeypatch.setattr("common.excel.MOST_BYTES", 1_000_000)
    add(book, "xl/zeros", bytes(5_000_000))
    assert refusal(book) == "file_bomb"


def test_a_table_packed_once_more_is_named(book, tmp_path):
    """T87: nested archives are never opened, whatever the outer one is called."""
    packed = tmp_path / "packed.xlsx"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(book, "orders.xlsx")
    assert refusal(packed) == "file_is_archive"


def test_a_workbook_with_a_password_is_named(tmp_path):
    """T89: an encrypted workbook is told from a damaged one."""
    path = tmp_path / "orders.xlsx"
    path.write_bytes(OLE_START + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000))
    assert refusal(path) == "file_protected"
