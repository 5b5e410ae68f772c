"""Files that know less than the archive, and files whose columns have changed places (T98, T100)."""

import pytest

from activity.models import Event
from common.excel import FileRefused
from customers.models import Customer, Vehicle
from tests.transfers.files import order, orders
from tests.transfers.test_import_archive import customer_row, customers
from transfers.models import ImportRun
from transfers.services import import_file
from visits.models import Visit

pytestmark = pytest.mark.usefixtures("db")


def take(store, tmp_path, **cells):
    return import_file("customers", customers(tmp_path, customer_row(**cells)), store).as_dict()


def test_what_was_corrected_by_hand_stays_and_is_listed(store, agent, tmp_path):
    """T98: the old value comes again, and another one; both are told beside what is on file."""
    take(store, tmp_path)
    Customer.objects.get().edit(by=agent, phone="13800000009", address="Road 1")
    Vehicle.objects.get().edit(by=agent, model="新速腾")
    for phone in ("13800000001", "13800000002"):
        report = take(store, tmp_path, 手机号码=phone, 商业险到期日="2027-12-01")
        assert [(note["column"], note["code"]) for note in report["warnings"]] == [("手机号码", "corrected_by_hand"), ("车型", "corrected_by_hand")]
        assert "13800000009" in report["warnings"][0]["message"]
    customer, vehicle = Customer.objects.get(), Vehicle.objects.get()
    assert (customer.phone, customer.address, vehicle.model) == ("13800000009", "Road 1", "新速腾")
    assert str(vehicle.commercial_insurance_until) == "2027-12-01"


def test_what_nobody_has_touched_follows_the_file(store, agent, tmp_path):
    take(store, tmp_path)
    Customer.objects.get().edit(by=agent, address="Road 1")
    report = take(store, tmp_path, 手机号码="13800000002")
    assert (report["updated"], report["warnings"], Customer.objects.get().phone) == (1, [], "13800000002")


def test_a_file_that_agrees_with_the_correction_is_no_conflict(store, agent, tmp_path):
    take(store, tmp_path)
    Customer.objects.get().edit(by=agent, phone="13800000009")
    assert take(store, tmp_path, 手机号码="13800000009")["warnings"] == []


def test_an_import_by_a_person_is_no_correction(store, agent, tmp_path):
    path = customers(tmp_path, customer_row())
    import_file("customers", path, store, by=agent)
    import_file("customers", customers(tmp_path, customer_row(手机号码="13800000002")), store, by=agent)
    assert take(store, tmp_path)["warnings"] == []
    assert Customer.objects.get().phone == "13800000001"


def swapped(number):
    return order(f"RO{number}", 车架号=f"138000{number:05d}", 送修人电话="LGWHDZXW7NW840813")


def test_columns_that_changed_places_stop_the_file_before_anything_is_written(store, tmp_path):
    """T100."""
    path = orders(tmp_path, *[swapped(number) for number in range(30)])
    with pytest.raises(FileRefused) as refused:
        import_file("visits", path, store)
    assert refused.value.code == "column_implausible"
    assert "30 of 30" in str(refused.value.message)
    assert (Visit.objects.count(), ImportRun.objects.count(), Event.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(("wrong", "right", "is_refused"), [(22, 400, True), (21, 400, False), (19, 10, False)])
def test_more_than_a_twentieth_and_not_only_a_few_stop_it(store, tmp_path, wrong, right, is_refused):
    """T100: over 5% failing; a few wrong rows are their own affair."""
    good = [order(f"OK{number}") for number in range(right)]
    path = orders(tmp_path, *good, *[order(f"RO{number}", 送修人电话="沪A12345") for number in range(wrong)])
    if is_refused:
        with pytest.raises(FileRefused):
            import_file("visits", path, store)
    else:
        assert len(import_file("visits", path, store).as_dict()["rejected"]) == wrong
