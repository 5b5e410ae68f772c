"""The command line is a contract: counts, notes and exit status."""

import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from tests.transfers.files import order, orders
from visits.models import Visit


def run(capsys, *args):
    """Return ``(exit status, output)`` of the command."""
    status = 0
    try:
        call_command("import_file", *map(str, args))
    except SystemExit as stop:
        status = stop.code
    return status, capsys.readouterr().out


def test_it_prints_one_json_object(store, tmp_path, capsys):
    status, out = run(capsys, "visits", orders(tmp_path, order("RO1")), "--store", "S01", "--format", "json")
    answer = json.loads(out)
    assert status == 0
    assert list(answer) == ["created", "updated", "unchanged", "skipped", "rejected", "warnings"]
    assert answer["created"] == 1


def test_rejected_rows_give_status_three_and_an_error_file(store, tmp_path, capsys):
    out_file = tmp_path / "errors.xlsx"
    path = orders(tmp_path, order("RO1"), order("RO2", 车架号="LSV123"))
    status, out = run(capsys, "visits", path, "--store", "S01", "--format", "json", "--errors", out_file)
    note = json.loads(out)["rejected"][0]
    assert status == 3
    assert (note["row"], note["key"], note["column"], note["code"]) == (3, "RO2", "车架号", "vin_length")
    assert openpyxl.load_workbook(out_file).active.cell(2, 1).value == "RO2"


def test_a_mended_error_file_can_be_taken_in_again(store, tmp_path, capsys):
    """AR6: the error file is the original plus a reason column and can be taken in as it is."""
    out_file = tmp_path / "errors.xlsx"
    run(capsys, "visits", orders(tmp_path, order("RO2", 车架号="LSV123")), "--store", "S01", "--errors", out_file)
    book = openpyxl.load_workbook(out_file)
    book.active.cell(2, 3).value = "LGWHDZXW7NW840813"
    book.save(out_file)
    assert run(capsys, "visits", out_file, "--store", "S01")[0] == 0
    assert Visit.objects.get().number == "RO2"


def test_a_refused_file_gives_status_two(store, tmp_path, capsys):
    path = tmp_path / "empty.xlsx"
    path.write_bytes(b"")
    status, out = run(capsys, "visits", path, "--store", "S01", "--format", "json")
    assert status == 2
    assert json.loads(out)["refused"]["code"] == "file_empty"


def test_a_missing_file_gives_status_two(store, capsys):
    assert run(capsys, "visits", "nowhere.xlsx", "--store", "S01")[0] == 2


def test_an_unknown_store_is_named(store, tmp_path):
    with pytest.raises(CommandError, match=r"S99.*S01") as refused:
        call_command("import_file", "visits", str(orders(tmp_path, order())), store="S99")
    assert refused.value.returncode == 2


def test_a_dry_run_writes_nothing(store, tmp_path, capsys):
    status, out = run(capsys, "visits", orders(tmp_path, order("RO1")), "--store", "S01", "--dry-run")
    assert (status, Visit.objects.count()) == (0, 0)
    assert out.startswith("created 1, updated 0, unchanged 0, skipped 0, rejected 0, warnings ")
