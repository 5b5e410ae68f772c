"""Copies in imports and exports go with the person (T123)."""

from datetime import timedelta

import openpyxl
import pytest
from django.conf import settings as site
from django.core.files.base import ContentFile

from customers.models import Customer
from customers.rights.erasing import erase
from tests.transfers.files import ORDER_HEADER, order, orders, workbook
from transfers.exports import export
from transfers.feeds import FOLDER
from transfers.models import ExportRun, Feed, ImportRun, ImportTrace, IncomingFile
from transfers.services import import_file
from transfers.undo import undo_import

NAME, PHONE = "金丝雀", "13777770000"
OWN = {"客户姓名": NAME, "送修人": NAME, "送修人电话": PHONE}


@pytest.fixture
def person(store, tmp_path):
    """Somebody who came by a file and was changed by a second one."""
    import_file("visits", orders(tmp_path, order("RO1", **OWN)), store)
    import_file("visits", orders(tmp_path, order("RO1", 故障描述=f"{NAME}说有异响", **OWN)), store)
    return Customer.objects.get(name=NAME)


def test_the_trace_of_an_import_forgets_the_person(person, store, care_manager):
    assert NAME in str(ImportTrace.objects.latest("pk").updated)
    erase(person)
    assert not any(NAME in str(trace.updated) or PHONE in str(trace.updated) for trace in ImportTrace.objects.all())
    undo_import(ImportRun.objects.latest("pk"), by=care_manager, now=ImportRun.objects.latest("pk").finished_at + timedelta(minutes=1))
    assert Customer.everyone.get(pk=person.pk).name == f"#{person.pk}"


def test_rejected_rows_and_their_report_forget_the_person(person, store, tmp_path):
    run = import_file("visits", orders(tmp_path, order("RO9", 进厂时间=f"{NAME} gestern", **OWN), order("RO8", 进厂时间="gestern")), store).run
    path = run.rejected_file.path
    assert NAME in {cell.value for row in openpyxl.load_workbook(path).active for cell in row}
    erase(person)
    run.refresh_from_db()
    assert (run.rejected_file.name, run.rejected_count) == ("", 2)
    assert NAME not in str(run.rejected) and len(run.rejected) == 1


def test_a_rejected_file_without_the_person_stays(person, store, tmp_path):
    run = import_file(
        "visits",
        orders(tmp_path, order("RO8", 客户姓名="别人", 送修人="别人", 送修人电话="13900001111", 车牌号="沪B11111", 车架号="", 进厂时间="gestern")),
        store,
    ).run
    erase(person)
    run.refresh_from_db()
    assert run.rejected_file.name


def test_an_original_not_taken_in_yet_is_given_up(person, store, tmp_path):
    content = orders(tmp_path, order("RO7", **OWN)).read_bytes()
    waiting = IncomingFile(store=store, kind="visits", name="orders.xlsx", digest="1" * 64, report={"columns": [{"samples": [NAME]}]})
    waiting.file.save("incoming", ContentFile(content))
    erase(person)
    waiting.refresh_from_db()
    assert (waiting.file.name, waiting.report, waiting.status, waiting.refusal_code) == ("", {}, "refused", "person_erased")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_an_original_put_aside_goes(person, store, encoding):
    feed = Feed.objects.create(store=store, kind="visits", folder="erased-dms")
    folder = site.DATA_DIR / FOLDER / feed.folder / "taken"
    folder.mkdir(parents=True, exist_ok=True)
    named, other = folder / "named.csv", folder / "other.csv"
    named.write_bytes(f"客户姓名,电话\n{NAME},{PHONE}\n".encode(encoding))
    other.write_bytes("客户姓名,电话\n别人,13900001111\n".encode(encoding))
    erase(person)
    assert (named.exists(), other.exists()) == (False, True)


def test_the_file_of_an_export_goes_and_its_filters_forget_the_name(person, store, care_manager):
    run = export("customers", f"q={NAME}", by=care_manager, reason="Test")
    assert run.file
    erase(person)
    run = ExportRun.objects.get(pk=run.pk)
    assert (run.file.name, run.query) == ("", "")


def test_a_damaged_file_is_searched_byte_by_byte(person, store, tmp_path):
    from transfers.receivers import file_names

    path = tmp_path / "damaged.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing " + PHONE.encode())
    assert file_names(path, {PHONE})
    assert not file_names(path, {"13900001111"})
    assert not file_names(workbook(tmp_path, [ORDER_HEADER]), {PHONE})
