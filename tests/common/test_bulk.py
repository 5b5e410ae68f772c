"""Bulk loading counts, converts and resolves conflicts the same on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError

from activity.models import Event
from common.bulk import Loaded, OnConflict, change, load, load_columns
from customers.models import Customer
from stores.models import CalendarDay
from tests.factories import NOW, make_customer, make_vehicle, make_visit
from visits.models import Visit

EXTERNAL = OnConflict(key=("store", "source", "external_id"), update=("name", "phone"), touch=("updated_at",))
LATER = datetime(2026, 12, 1, 3, 4, 5, 678, tzinfo=UTC)


def load_customers(store, *rows):
    columns = ["store_id", "source", "external_id", "name", "phone", "updated_at"]
    return load(Customer, columns, [(store.pk, "dms", number, name, phone, moment) for number, name, phone, moment in rows], EXTERNAL)


def test_columns_not_named_get_their_defaults(store):
    assert load(Customer, ["store", "name"], [(store.pk, "王芳")]) == Loaded(1, 0)
    customer = Customer.objects.get()
    assert (customer.name, customer.kind, customer.phone, customer.is_key_account, customer.do_not_call_at) == ("王芳", "person", "", False, None)
    assert customer.created_at is not None


def test_shared_values_stand_in_every_row(store):
    load(Customer, ["name"], [("Li",), ("Wu",)], shared={"store": store.pk, "notes": "it's 100%", "do_not_call_at": NOW})
    assert set(Customer.objects.values_list("store", "notes", "do_not_call_at")) == {(store.pk, "it's 100%", NOW)}


def test_values_arrive_as_django_would_store_them(store):
    vehicle = make_vehicle(store)
    arrived = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    columns = ["store", "customer", "vehicle", "number", "arrived_at", "handed_over_at", "total_amount", "symptom"]
    load(Visit, columns, [(store.pk, vehicle.customer_id, vehicle.pk, "RO1", arrived, None, Decimal("1200.50"), "a\tb\\n\n“c”")])
    visit = Visit.objects.get(arrived_at=NOW)
    assert (visit.handed_over_at, visit.total_amount, visit.symptom, visit.is_overdue()) == (None, Decimal("1200.50"), "a\tb\\n\n“c”", False)
    assert Visit.objects.filter(arrived_at__lte=make_visit(store).arrived_at).count() == 2


def test_json_and_dates_arrive(store):
    particulars = {"days": ["2026-11-18"], "words": "很好"}
    kind = Event._meta.get_field("subject_type").remote_field.model.objects.get_for_model(Customer)
    columns = ["store_id", "code", "subject_type_id", "subject_id", "particulars"]
    load(Event, columns, [(store.pk, "customer.created", kind.pk, number, particulars) for number in range(60)])
    assert [event.particulars for event in Event.objects.all()] == [particulars] * 60
    load(CalendarDay, ["date", "is_working", "name"], [(date(2026, 10, 10), True, "x")])
    assert CalendarDay.objects.get(date="2026-10-10").is_working is True


@pytest.mark.parametrize("number", [3, 60])
def test_columns_arrive_as_rows_do(store, number):
    names = ["a\\b", "tab\there", None] + ["plain"] * (number - 3)
    columns = {"name": [name or "-" for name in names], "notes": [name or "" for name in names], "birthday": [None, date(2026, 1, 2)] + [None] * (number - 2)}
    assert load_columns(Customer, columns, {"store": store.pk, "do_not_call_at": NOW}) == Loaded(number, 0)
    found = list(Customer.objects.order_by("pk").values_list("name", "birthday", "do_not_call_at")[:3])
    assert found == [("a\\b", None, NOW), ("tab\there", date(2026, 1, 2), NOW), ("-", None, NOW)]


@pytest.mark.parametrize("number", [1, 60])
def test_a_change_touches_the_named_columns_of_the_named_rows(store, number):
    load_columns(Customer, {"name": ["Li"] * (number + 1)}, {"store": store.pk})
    *changed, last = Customer.objects.order_by("pk").values_list("pk", flat=True)
    change(Customer, ["name", "birthday"], [(pk, "Wu", date(2026, 1, 2)) for pk in changed], {"updated_at": LATER})
    assert set(Customer.objects.exclude(pk=last).values_list("name", "birthday", "updated_at")) == {("Wu", date(2026, 1, 2), LATER)}
    assert Customer.objects.get(pk=last).name == "Li"


def test_a_double_without_a_rule_raises_and_keeps_nothing(store):
    rows = [(date(2026, 10, 1), False, "a"), (date(2026, 10, 1), False, "b")]
    with pytest.raises(IntegrityError):
        load(CalendarDay, ["date", "is_working", "name"], rows)


def test_a_double_is_passed_over(db):
    columns, once = ["date", "is_working", "name"], OnConflict(key=("date",))
    assert load(CalendarDay, columns, [(date(2026, 10, 1), False, "a"), (date(2026, 10, 1), False, "b")], once) == Loaded(1, 0)
    assert load(CalendarDay, columns, [(date(2026, 10, 1), True, "c"), (date(2026, 10, 2), False, "d")], once) == Loaded(1, 0)
    assert list(CalendarDay.objects.values_list("name", flat=True)) == ["a", "d"]


def test_an_upsert_tells_new_changed_and_unchanged_apart(store):
    assert load_customers(store, ("1", "Li", "13800000001", NOW), ("2", "Wu", "", NOW)) == Loaded(2, 0)
    rows = [("1", "Li", "13800000001", LATER), ("2", "Wu", "13800000002", LATER), ("3", "Xu", "", LATER)]
    assert load_customers(store, *rows) == Loaded(1, 1)
    assert list(Customer.objects.order_by("external_id").values_list("phone", "updated_at")) == [("13800000001", NOW), ("13800000002", LATER), ("", LATER)]
    assert load_customers(store, *rows) == Loaded(0, 0)


def test_rows_outside_the_condition_of_a_key_never_conflict(store):
    make_customer(store, source="dms")
    assert load_customers(store, ("", "Li", "", NOW), ("", "Wu", "", NOW)) == Loaded(2, 0)


def test_many_rows_count_like_few(store):
    rows = [(store.pk, "dms", str(number), "Li", "", NOW) for number in range(120)]
    columns, once = ["store_id", "source", "external_id", "name", "phone", "updated_at"], OnConflict(key=EXTERNAL.key)
    assert [load(Customer, columns, part, once) for part in (rows[:70], rows, rows)] == [Loaded(70, 0), Loaded(50, 0), Loaded(0, 0)]


def test_two_loads_fit_into_one_transaction_and_none_is_no_work(store):
    columns = ["store", "name"]
    assert [load(Customer, columns, rows) for rows in ([], [(store.pk, "Li")], [(store.pk, "Wu")])] == [Loaded(0, 0), Loaded(1, 0), Loaded(1, 0)]


def test_a_row_of_the_wrong_length_is_refused(store):
    with pytest.raises((ValueError, DatabaseError)):
        load(Customer, ["store", "name"], [(store.pk,)])
