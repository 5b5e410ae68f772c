"""Repair orders from files (AR5, AR6, VI1, T89–T97, T101, T102)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from accounts.roles import Role
from activity.models import Event
from common.excel import FileRefused
from complaints.models import Category, Complaint
from customers.models import Customer, Vehicle
from kpis.models import DirtyDay
from tests.factories import make_followup, make_user
from tests.transfers.files import ORDER_HEADER, order, orders, text_file, workbook
from transfers.models import ImportRun
from transfers.services import import_file, write_rejected
from visits.models import Visit

SHANGHAI = ZoneInfo("Asia/Shanghai")

pytestmark = pytest.mark.usefixtures("db")


def taken(path, store, **options):
    return import_file("visits", path, store, **options).as_dict()


def test_it_keeps_every_cell(store, advisor, tmp_path):
    report = taken(orders(tmp_path, order()), store)
    visit = Visit.objects.get()
    assert report == {"created": 1, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": [], "warnings": []}
    assert (visit.number, visit.kind, visit.status) == ("RO1", Visit.Kind.MAINTENANCE, Visit.Status.HANDED_OVER)
    assert visit.arrived_at == datetime(2026, 10, 12, 9, tzinfo=SHANGHAI)
    assert visit.handed_over_at == datetime(2026, 10, 12, 11, 30, tzinfo=SHANGHAI)
    assert (visit.labour_amount, visit.parts_amount, visit.total_amount) == (Decimal("100"), Decimal("200.5"), Decimal("300.5"))
    assert (visit.advisor, visit.advisor_name, visit.mileage) == (advisor, "Sam", 12000)
    assert (visit.customer.name, visit.customer.phone, visit.vehicle.plate, visit.vehicle.mileage) == ("甲一", "13800000001", "沪A12345", 12000)


def test_the_same_file_again_changes_nothing(store, tmp_path):
    """T97: the second time zero rows change and no event is made."""
    path = orders(tmp_path, order("RO1"), order("RO2"))
    taken(path, store)
    events, updated = Event.objects.count(), list(Visit.objects.values_list("updated_at", flat=True))
    assert {name: value for name, value in taken(path, store).items() if isinstance(value, int)} == {"created": 0, "updated": 0, "unchanged": 2, "skipped": 0}
    assert Event.objects.count() == events
    assert list(Visit.objects.values_list("updated_at", flat=True)) == updated


def test_a_corrected_file_updates_and_never_doubles(store, tmp_path):
    taken(orders(tmp_path, order("RO1", 实际交车时间="")), store)
    assert Visit.objects.get().status == Visit.Status.IN_SHOP
    report = taken(orders(tmp_path, order("RO1", 合计金额="999")), store)
    assert (report["created"], report["updated"]) == (0, 1)
    assert Visit.objects.get().total_amount == Decimal("999")
    assert Visit.objects.get().status == Visit.Status.HANDED_OVER
    event = Event.objects.get(code="visit.edited")
    assert event.particulars["fields"] == ["handed_over_at", "status", "total_amount"]


def test_the_delay_of_each_imported_order_is_known(store, tmp_path):
    """VI1: promised against actual time, per order; a car still here counts on."""
    promised = {"进厂时间": "2026-10-12 09:00", "预计交车时间": "2026-10-12 11:00"}
    rows = [("RO1", "2026-10-12 11:00"), ("RO2", "2026-10-12 12:35"), ("RO3", "")]
    taken(orders(tmp_path, *(order(number, **promised, 实际交车时间=actual) for number, actual in rows)), store)
    now = datetime(2026, 10, 12, 13, tzinfo=SHANGHAI)
    assert [(visit.number, visit.delay_minutes(now)) for visit in Visit.objects.order_by("number")] == [("RO1", 0), ("RO2", 95), ("RO3", 120)]


def test_an_empty_cell_takes_nothing_away(store, tmp_path):
    taken(orders(tmp_path, order("RO1")), store)
    report = taken(orders(tmp_path, order("RO1", 实际交车时间="", 故障描述="", 进厂里程="")), store)
    assert report["unchanged"] == 1
    assert Visit.objects.get().handed_over_at is not None


def test_the_report_names_made_and_changed_rows(store, tmp_path):
    """AR6: what undo needs: the ids of new rows, and what stood in changed ones."""
    report = import_file("visits", orders(tmp_path, order("RO1")), store)
    visit, vehicle, customer = Visit.objects.get(), Vehicle.objects.get(), Customer.objects.get()
    assert report.created == {Visit: [visit.pk], Vehicle: [vehicle.pk], Customer: [customer.pk]}
    report = import_file("visits", orders(tmp_path, order("RO1", 合计金额="999", 进厂里程="13000")), store)
    assert report.updated[Visit] == {visit.pk: {"total_amount": Decimal("300.5"), "mileage": 12000}}
    assert report.updated[Vehicle] == {vehicle.pk: {"mileage": 12000}}
    assert not any(report.created.values())


def test_a_car_met_again_in_a_later_block_keeps_its_newest_reading(store, tmp_path, monkeypatch):
    """A new car is written with the first block and once more at the end; it stays one fact."""
    monkeypatch.setattr("transfers.services.BLOCK", 1)
    report = import_file("visits", orders(tmp_path, order("RO1"), order("RO2", 进厂里程="15000")), store)
    assert Vehicle.objects.get().mileage == 15000
    assert not any(report.updated.values())
    assert Event.objects.filter(code__startswith="vehicle.").count() == 1


def test_new_rows_leave_events_on_the_customer(store, tmp_path):
    taken(orders(tmp_path, order("RO1")), store)
    customer = Customer.objects.get()
    assert sorted(Event.objects.of_customer(customer).values_list("code", flat=True)) == ["customer.imported", "vehicle.imported", "visit.imported"]


def test_the_days_of_the_visits_are_counted_again(store, tmp_path):
    taken(orders(tmp_path, order("RO1", 进厂时间="2026-10-11 23:59")), store)
    assert set(DirtyDay.objects.filter(store=store).values_list("date", flat=True)) == {datetime(2026, 10, 11).date(), datetime(2026, 10, 12).date()}


def test_a_dry_run_writes_nothing(store, tmp_path):
    """AR6: the counts are those of the real run, every table stays as it was."""
    report = taken(orders(tmp_path, order("RO1"), order("RO2")), store, dry_run=True)
    assert report["created"] == 2
    assert not any(model.objects.exists() for model in (Visit, Vehicle, Customer, Event, ImportRun, DirtyDay))


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"实际交车时间": "2026-10-12 08:00"}, "handed_over_before_arrival", "实际交车时间"),
        ({"车架号": "LSV123"}, "vin_length", "车架号"),
        ({"车架号": "LFVAS5HXOR9550328"}, "vin_letters", "车架号"),
        ({"送修人电话": "1380013"}, "phone_invalid", "送修人电话"),
        ({"送修人电话": "1.38E+10"}, "phone_invalid", "送修人电话"),
        ({"进厂时间": "下周三"}, "date_invalid", "进厂时间"),
        ({"进厂时间": "2026年2月30日"}, "date_invalid", "进厂时间"),
        ({"进厂时间": "24/3/5"}, "date_invalid", "进厂时间"),
        ({"进厂时间": ""}, "arrived_at_missing", "进厂时间"),
        ({"进厂时间": "2031-01-01 09:00", "实际交车时间": ""}, "arrived_in_future", "进厂时间"),
        ({"进厂里程": "-5"}, "number_negative", "进厂里程"),
        ({"工时费": "免费"}, "amount_not_number", "工时费"),
        ({"合计金额": "#REF!"}, "cell_error", "合计金额"),
        ({"工单号": ""}, "number_missing", "工单号"),
        ({"工单号": "#N/A"}, "cell_error", "工单号"),
        ({"车架号": "", "车牌号": "未上牌"}, "vehicle_unnamed", "车架号"),
        ({"故障描述": "a\x0bb"}, "control_character", "故障描述"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_taken(store, tmp_path, cells, code, column):
    path = text_file(tmp_path, [ORDER_HEADER, order("RO1", **cells), order("RO2")], encoding="gb18030")
    report = taken(path, store)
    assert [(note["row"], note["code"], note["column"]) for note in report["rejected"]] == [(2, code, column)]
    assert report["created"] == 1
    assert list(Visit.objects.values_list("number", flat=True)) == ["RO2"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"车架号": "LGBWXE231NL710160"}, "vin_check_digit"),
        ({"维修类型": "洗车"}, "kind_unknown"),
        ({"服务顾问": "不存在的人"}, "advisor_unknown"),
        ({"车牌号": "AB-123"}, "plate_unknown"),
        ({"预计交车时间": "2026-10-12 08:00"}, "promised_before_arrival"),
    ],
)
def test_an_odd_row_is_taken_and_reported(store, advisor, tmp_path, cells, code):
    report = taken(orders(tmp_path, order("RO1", **cells)), store)
    assert code in {note["code"] for note in report["warnings"]}
    assert report["created"] == 1


def test_a_number_twice_in_one_file_the_later_row_wins(store, tmp_path):
    report = taken(orders(tmp_path, order("RO1", 合计金额="1"), order("RO1", 合计金额="2")), store)
    assert (report["created"], report["skipped"]) == (1, 1)
    assert Visit.objects.get().total_amount == Decimal("2")
    assert [(note["row"], note["code"]) for note in report["warnings"] if note["code"] == "key_repeated"] == [(3, "key_repeated")]


def test_a_number_again_in_a_later_chunk_replaces_and_counts_once(store, tmp_path, monkeypatch):
    monkeypatch.setattr("transfers.services.BLOCK", 1)
    report = taken(orders(tmp_path, order("RO1", 合计金额="1"), order("RO2"), order("RO1", 合计金额="2")), store)
    assert (report["created"], report["skipped"]) == (2, 1)
    assert Visit.objects.get(number="RO1").total_amount == Decimal("2")


def test_titles_blanks_and_totals_are_passed_over(store, tmp_path):
    """T91: title lines above, blank rows between, the header printed again and totals below."""
    rows = [
        ["某某公司维修业务明细表"],
        ["导出时间:2026-05-10"],
        ORDER_HEADER,
        order("RO1"),
        [],
        ORDER_HEADER,
        order("RO2"),
        ["合计", *[""] * 13, "200", "401", "601"],
    ]
    report = taken(workbook(tmp_path, rows), store)
    assert (report["created"], report["rejected"]) == (2, [])


def test_spellings_of_cells_are_understood(store, tmp_path):
    """T93, T94, T96: full-width letters, blanks, country code, 万, thousands, Chinese dates."""
    cells = {
        "进厂时间": "2026年10月12日 9时05分", "车架号": " lgwhdzxw7nw840813 ", "车牌号": "沪A12345", "送修人电话": "+86 138-0000-0001",
        "进厂里程": "12万", "合计金额": "1,280.50",
    }  # fmt: skip
    report = taken(orders(tmp_path, order("RO1", **cells)), store)
    visit = Visit.objects.get()
    assert report["rejected"] == []
    assert (visit.vehicle.vin, visit.vehicle.plate, visit.sender_phone) == ("LGWHDZXW7NW840813", "沪A12345", "13800000001")
    assert (visit.mileage, visit.total_amount) == (120000, Decimal("1280.50"))
    assert visit.arrived_at == datetime(2026, 10, 12, 9, 5, tzinfo=SHANGHAI)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_of_every_encoding_are_read(store, tmp_path, encoding, delimiter):
    """T90: rare characters included."""
    taken(text_file(tmp_path, [ORDER_HEADER, order("RO1", 客户姓名="䶮一", 送修人="䶮一")], encoding, delimiter), store)
    assert Customer.objects.get().name == "䶮一"


def test_english_headers_are_understood(store, tmp_path):
    rows = [["Repair order", "VIN", "Customer", "Arrived", "Total"], ["E1", "LGWHDZXW7NW840813", "Ann", "2026-10-12 09:00", "10"]]
    assert taken(workbook(tmp_path, rows), store)["created"] == 1


def test_a_name_like_a_formula_stays_text(store, tmp_path):
    """T102: stored as typed, and typed text again in the file of rejected rows."""
    name = '=HYPERLINK("http://evil.example","x")'
    path = text_file(tmp_path, [ORDER_HEADER, order("RO1", 客户姓名=name, 送修人=name), order("RO2", 客户姓名=name, 工时费="x")])
    report = import_file("visits", path, store)
    assert Customer.objects.get().name == name
    out = tmp_path / "rejected.xlsx"
    write_rejected(report, out)
    sheet = openpyxl.load_workbook(out).active
    cell = sheet.cell(2, 4)
    assert (cell.value, cell.data_type) == (name, "s")
    assert sheet.cell(2, len(ORDER_HEADER) + 1).value == 3
    assert "工时费" in sheet.cell(2, len(ORDER_HEADER) + 2).value


def test_a_known_car_keeps_its_owner_and_history(store, tmp_path):
    taken(orders(tmp_path, order("RO1")), store)
    taken(orders(tmp_path, order("RO2", 客户姓名="别人", 送修人="别人", 送修人电话="13900000009", 进厂里程="9000")), store)
    assert Customer.objects.count() == 1
    assert Vehicle.objects.get().mileage == 12000
    assert Visit.objects.get(number="RO2").sender_name == "别人"


def test_a_driver_is_not_taken_for_the_owner(store, tmp_path):
    """The phone beside 送修人 belongs to the person who brought the car in."""
    taken(orders(tmp_path, order("RO1", 送修人="司机")), store)
    assert (Customer.objects.get().phone, Visit.objects.get().sender_phone) == ("", "13800000001")


def test_the_car_without_plate_is_found_by_its_vin(store, tmp_path):
    taken(orders(tmp_path, order("RO1", 车牌号="未上牌"), order("RO2")), store)
    assert Vehicle.objects.get().plate == "沪A12345"


def test_another_store_keeps_its_own_archive(store, other_store, tmp_path):
    """T8, T22: uniqueness is per store."""
    path = orders(tmp_path, order("RO1"))
    assert (taken(path, store)["created"], taken(path, other_store)["created"]) == (1, 1)
    assert Visit.objects.filter(store=other_store).count() == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"   \n ", "file_empty"),
        (b"<html><table></table></html>", "file_is_html"),
        (b"PK\x03\x04 cut in half", "file_unreadable"),
        (b"\xd0\xcf\x11\xe0 cut in half", "file_unreadable"),
        (b"a,b,c\n1,2,3\n", "header_missing"),
        ("工单号,车架号\nRO1,x\n".encode(), "column_missing"),
        (b"\xff\xfe\xff", "encoding_unknown"),
        (b"a\x00b,c", "encoding_unknown"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(store, tmp_path, content, code):
    """T89: recognised by content, with a clear reason."""
    path = tmp_path / "orders.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        import_file("visits", path, store)
    assert refused.value.code == code
    assert not ImportRun.objects.exists()


def test_an_advisor_mapped_later_makes_the_days_of_calls_and_slips_count_anew(store, agent, defaults, tmp_path):
    """Calls and slips count for the advisor of the visit: on the days they are due and opened, not on that of the visit."""
    taken(orders(tmp_path, order()), store)
    visit = Visit.objects.get()
    call = make_followup(store, customer=visit.customer, visit=visit, due_at=datetime(2026, 10, 15, 4, tzinfo=UTC))
    slip = Complaint(store=store, customer=visit.customer, visit=visit, category=Category.objects.get(code="cleanliness"), words="Dirty").issue(by=agent)
    DirtyDay.objects.all().delete()
    make_user("sam", Role.SERVICE_ADVISOR, store)
    taken(orders(tmp_path, order()), store)
    marked = set(DirtyDay.objects.values_list("date", flat=True))
    assert {date(2026, 10, 12), call.due_day, store.local(slip.opened_at).date()} <= marked


@pytest.mark.parametrize(
    "cells",
    [
        {"进厂时间": "2026-10-12 12:30", "预计交车时间": "", "实际交车时间": ""},
        {"进厂时间": "2026-10-12 12:10", "预计交车时间": "", "实际交车时间": "2026-10-12 13:00"},
        {"进厂时间": "2026-10-12 11:40", "预计交车时间": "2026-10-12 15:00", "实际交车时间": ""},
    ],
)
def test_an_arrival_after_the_times_on_file_is_left_out(store, advisor, tmp_path, cells):
    """The file is not refused for one row that contradicts what an earlier file said."""
    taken(orders(tmp_path, order()), store)
    report = taken(orders(tmp_path, order(维修项目="更换轮胎", **cells), order("RO2")), store)
    assert ([warning["code"] for warning in report["warnings"]], report["updated"], report["created"]) == (["arrived_after_kept_time"], 1, 1)
    visit = Visit.objects.get(number="RO1")
    assert (visit.arrived_at, visit.work) == (datetime(2026, 10, 12, 9, tzinfo=SHANGHAI), "更换轮胎")
