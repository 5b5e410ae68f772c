"""Customers and deliveries from files (AR5, AR6, S2-14)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from activity.models import Event
from customers.merging import merge_customers
from customers.models import Customer, PastPlate, Phone, Vehicle
from tests.factories import make_customer
from tests.transfers.files import order, orders, text_file, workbook
from transfers.services import import_file
from transfers.undo import undo_import
from visits.models import Delivery

SHANGHAI = ZoneInfo("Asia/Shanghai")
CUSTOMER_HEADER = ["客户编号", "客户姓名", "性别", "手机号码", "生日", "车牌号", "车架号", "品牌", "车型", "交车日期", "商业险到期日"]
DELIVERY_HEADER = ["客户姓名", "手机号码", "车架号", "车牌号", "品牌", "车型", "购车日期", "交车日期", "销售顾问"]
VIN = "LGWHDZXW7NW840813"

pytestmark = pytest.mark.usefixtures("db")


def customer_row(**cells):
    values = dict(
        zip(CUSTOMER_HEADER, ["KH1", "甲一", "女", "13800000001", "1990-02-03", "沪A12345", VIN, "大众", "速腾", "2024-01-02", "2026-12-01"], strict=True)
    )
    return [{**values, **cells}[title] for title in CUSTOMER_HEADER]


def delivery_row(**cells):
    values = dict(zip(DELIVERY_HEADER, ["甲一", "13800000001", VIN, "未上牌", "大众", "速腾", "2026-10-24", "2026-10-26", "Sally"], strict=True))
    return [{**values, **cells}[title] for title in DELIVERY_HEADER]


def customers(folder, *rows):
    return workbook(folder, [CUSTOMER_HEADER, *rows])


def deliveries(folder, *rows):
    return text_file(folder, [DELIVERY_HEADER, *rows], "gb18030")


def counts(kind, path, store):
    report = import_file(kind, path, store).as_dict()
    return report["created"], report["updated"], report["unchanged"], len(report["rejected"])


def test_a_customer_row_makes_customer_and_car(store, tmp_path):
    assert counts("customers", customers(tmp_path, customer_row()), store) == (1, 0, 0, 0)
    customer, vehicle = Customer.objects.get(), Vehicle.objects.get()
    assert (customer.name, customer.gender, customer.phone, customer.phone_tail, customer.birthday) == (
        "甲一",
        "female",
        "13800000001",
        "0001",
        date(1990, 2, 3),
    )
    assert (vehicle.customer, vehicle.vin, vehicle.vin_tail, vehicle.plate) == (customer, VIN, "840813", "沪A12345")
    assert (vehicle.delivered_on, vehicle.commercial_insurance_until) == (date(2024, 1, 2), date(2026, 12, 1))


def test_the_same_customers_again_change_nothing(store, tmp_path):
    path = customers(
        tmp_path, customer_row(), customer_row(客户编号="KH2", 客户姓名="乙二", 手机号码="13800000002", 车架号="LGB9DXVL1PH150856", 车牌号="沪B12345")
    )
    counts("customers", path, store)
    events = Event.objects.count()
    assert counts("customers", path, store) == (0, 0, 2, 0)
    assert Event.objects.count() == events


def test_a_changed_phone_updates_the_customer_of_that_number(store, tmp_path):
    counts("customers", customers(tmp_path, customer_row()), store)
    assert counts("customers", customers(tmp_path, customer_row(手机号码="13900000009")), store) == (0, 1, 0, 0)
    assert Customer.objects.get().phone == "13900000009"
    assert Event.objects.get(code="customer.edited").particulars["fields"] == ["phone"]


def test_one_customer_may_have_two_cars(store, tmp_path):
    path = customers(tmp_path, customer_row(), customer_row(车架号="LGB9DXVL1PH150856", 车牌号="沪B12345"))
    assert counts("customers", path, store) == (2, 0, 0, 0)
    assert Customer.objects.get().vehicles.count() == 2


def test_two_people_of_one_name_stay_two(store, tmp_path):
    path = customers(tmp_path, customer_row(), customer_row(客户编号="KH2", 车架号="LGB9DXVL1PH150856", 车牌号="沪B12345"))
    counts("customers", path, store)
    assert Customer.objects.count() == 2


def test_the_archive_adopts_a_customer_known_from_a_repair_order(store, tmp_path):
    """The order of files does not matter: orders first, archive later."""
    import_file("visits", orders(tmp_path, order("RO1")), store)
    assert counts("customers", customers(tmp_path, customer_row()), store) == (0, 1, 0, 0)
    assert (Customer.objects.get().external_id, Vehicle.objects.count()) == ("KH1", 1)


def test_a_delivery_row_makes_a_delivery(store, salesperson, tmp_path):
    assert counts("deliveries", deliveries(tmp_path, delivery_row()), store) == (1, 0, 0, 0)
    delivery = Delivery.objects.get()
    assert (delivery.salesperson, delivery.salesperson_name, delivery.invoiced_on) == (salesperson, "Sally", date(2026, 10, 24))
    assert delivery.delivered_at == datetime(2026, 10, 26, 12, tzinfo=SHANGHAI)
    assert delivery.vehicle.plate == ""


def test_the_same_deliveries_in_another_encoding_change_nothing(store, tmp_path):
    counts("deliveries", deliveries(tmp_path, delivery_row()), store)
    assert counts("deliveries", text_file(tmp_path, [DELIVERY_HEADER, delivery_row()], "utf-8-sig"), store) == (0, 0, 1, 0)


def test_deliveries_and_archive_do_not_fight_over_the_car(store, tmp_path):
    """The delivery fills what is empty, the archive's filled cells win: neither undoes the other."""
    archive, handed = customers(tmp_path, customer_row()), deliveries(tmp_path, delivery_row())
    counts("customers", archive, store)
    assert counts("deliveries", handed, store) == (1, 0, 0, 0)
    assert counts("customers", archive, store) == (0, 0, 1, 0)
    assert counts("deliveries", handed, store) == (0, 0, 1, 0)
    assert Vehicle.objects.get().delivered_on == date(2024, 1, 2)


@pytest.mark.parametrize(
    ("cells", "code"), [({"交车日期": "2031-01-01"}, "delivered_in_future"), ({"车架号": ""}, "vin_missing"), ({"交车日期": "?"}, "date_invalid")]
)
def test_a_bad_delivery_is_named(store, tmp_path, cells, code):
    report = import_file("deliveries", deliveries(tmp_path, delivery_row(**cells)), store).as_dict()
    assert [note["code"] for note in report["rejected"]] == [code]
    assert not Delivery.objects.exists()


def test_a_birthday_in_the_future_is_refused(store, tmp_path):
    report = import_file("customers", customers(tmp_path, customer_row(生日="2031-01-01")), store).as_dict()
    assert [note["code"] for note in report["rejected"]] == ["birthday_in_future"]


def test_a_file_finds_the_kept_record_for_one_that_was_merged(store, care_manager, tmp_path):
    """AR4: what the file still says of the merged record neither makes a new customer nor overwrites the kept one."""
    rows = [customer_row(), customer_row(客户编号="KH2", 客户姓名="甲一一", 手机号码="13800000002", 车牌号="", 车架号="")]
    counts("customers", customers(tmp_path, *rows), store)
    kept, other = Customer.objects.order_by("external_id")
    merge_customers(kept, other, by=care_manager)
    assert counts("customers", customers(tmp_path, *rows), store) == (0, 0, 2, 0)
    by_name = [customer_row(客户编号="", 客户姓名="甲一一", 手机号码="13800000002", 车牌号="", 车架号="")]
    assert counts("customers", customers(tmp_path, *by_name), store) == (0, 0, 1, 0)
    assert Customer.objects.values_list("name", "external_id").get() == ("甲一", "KH1")


# Several numbers of a customer, and the plates of a car (AR1, AR2).

OTHERS_HEADER = [*CUSTOMER_HEADER, "其他电话"]


def with_others(folder, others, **cells):
    return workbook(folder, [OTHERS_HEADER, [*customer_row(**cells), others]])


def numbers_of(customer):
    return customer.phone, [each.phone for each in customer.other_phones]


def test_a_file_names_several_numbers_and_the_undo_takes_them_back(store, care_manager, tmp_path):
    path = with_others(tmp_path, "139-0000-1111 / 021 12345678；13800000001")
    report = import_file("customers", path, store)
    customer = Customer.objects.get()
    assert numbers_of(customer) == ("13800000001", ["13900001111", "02112345678"])
    assert list(customer.phones.values_list("phone_tail", "label")) == [("1111", "mobile"), ("5678", "home")]
    assert Event.objects.filter(code="phone.imported", customer_ref=customer.pk).count() == 2
    assert counts("customers", path, store) == (0, 0, 1, 0)
    undo_import(report.run, by=care_manager)
    assert not Customer.objects.exists() and not Phone.objects.exists()


def test_a_new_number_of_a_known_customer_is_a_change(store, care_manager, tmp_path):
    counts("customers", customers(tmp_path, customer_row()), store)
    report = import_file("customers", with_others(tmp_path, "13900001111"), store)
    assert (report.counts["updated"], report.counts["unchanged"]) == (1, 0)
    undo_import(report.run, by=care_manager)
    assert numbers_of(Customer.objects.get()) == ("13800000001", [])


def test_without_a_first_number_the_first_of_the_others_is_preferred(store, tmp_path):
    counts("customers", with_others(tmp_path, "13900001111、13900002222", 手机号码=""), store)
    assert numbers_of(Customer.objects.get()) == ("13900001111", ["13900002222"])


def test_one_wrong_number_of_several_rejects_the_row(store, tmp_path):
    assert counts("customers", with_others(tmp_path, "13900001111/123"), store) == (0, 0, 0, 1)


def test_a_file_that_says_another_known_number_changes_nothing(store, agent, tmp_path):
    """Which of several is preferred is decided by people; a number nobody knew yet is taken as before."""
    counts("customers", customers(tmp_path, customer_row()), store)
    customer = Customer.objects.get()
    customer.phones.create(phone="13900001111")
    assert counts("customers", customers(tmp_path, customer_row(手机号码="13900001111")), store) == (0, 0, 1, 0)
    assert numbers_of(Customer.objects.get()) == ("13800000001", ["13900001111"])


def test_a_customer_is_known_again_by_any_number_and_the_name(store, tmp_path):
    known = make_customer(store, name="甲一", phone="13700000001")
    known.phones.create(phone="13800000001")
    assert counts("customers", customers(tmp_path, customer_row(客户编号="", 车架号="", 车牌号="")), store) == (0, 1, 0, 0)
    assert numbers_of(Customer.objects.get()) == ("13700000001", ["13800000001"])


def test_a_check_without_writing_writes_no_number(store, tmp_path):
    import_file("customers", with_others(tmp_path, "13900001111"), store, dry_run=True)
    assert not Phone.objects.exists()


def test_another_plate_closes_the_old_one_and_the_undo_opens_it_again(store, care_manager, tmp_path):
    """AR2, AR6."""
    counts("customers", customers(tmp_path, customer_row()), store)
    report = import_file("customers", customers(tmp_path, customer_row(车牌号="沪AD12345")), store)
    (past,) = PastPlate.objects.all()
    assert (past.vehicle, past.plate, past.since, past.until) == (Vehicle.objects.get(), "沪A12345", None, store.today())
    undo_import(report.run, by=care_manager)
    assert not PastPlate.objects.exists()
    assert Vehicle.objects.get().plate == "沪A12345"


def test_one_plate_after_the_other_makes_a_chain(store, tmp_path):
    for plate in ("沪A12345", "沪AD12345", "沪B00001"):
        counts("customers", customers(tmp_path, customer_row(车牌号=plate)), store)
    assert [(each.plate, each.since) for each in PastPlate.objects.order_by("pk")] == [("沪A12345", None), ("沪AD12345", store.today())]


def test_a_plate_corrected_since_keeps_its_history(store, agent, care_manager, tmp_path):
    counts("customers", customers(tmp_path, customer_row()), store)
    report = import_file("customers", customers(tmp_path, customer_row(车牌号="沪AD12345")), store)
    Vehicle.objects.get().edit(by=agent, plate="沪B00001")
    undo_import(report.run, by=care_manager)
    assert {each.plate for each in PastPlate.objects.all()} == {"沪A12345", "沪AD12345"}
