"""AR6: an import is taken back as far as that harms nobody."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.roles import Role
from activity.models import Event
from common.errors import Conflict, NotAllowed
from customers.models import Customer, DuplicatePair, Vehicle
from followups.models import FollowUp
from kpis.models import DirtyDay
from tests.factories import make_customer, make_followup, make_user
from tests.transfers.files import order, orders
from transfers.models import ImportTrace
from transfers.services import forget_outdated, import_file
from transfers.undo import undo_import
from visits.models import Visit

SHANGHAI = ZoneInfo("Asia/Shanghai")


def taken(folder, store, *rows):
    return import_file("visits", orders(folder, *rows), store).run


def outcome(run):
    run.refresh_from_db()
    return run.removed_count, run.restored_count, [(label, reason) for label, _pk, _name, reason in run.kept]


def test_new_rows_go_with_the_calls_planned_for_them(store, care_manager, tmp_path):
    run = taken(tmp_path, store, order("RO1"), order("RO2", 车架号="", 车牌号="沪B00001"))
    visit = Visit.objects.get(number="RO1")
    make_followup(store, customer=visit.customer, visit=visit, source_kind="visit", source_id=visit.pk)
    DirtyDay.objects.all().delete()
    undo_import(run, by=care_manager)
    assert not any(model.objects.exists() for model in (Visit, Vehicle, Customer, FollowUp))
    assert date(2026, 10, 12) in DirtyDay.objects.values_list("date", flat=True)
    event = Event.objects.get(code="import.undone")
    assert (event.actor, event.particulars) == (care_manager, {"removed": outcome(run)[0], "restored": 0, "kept": 0})


def test_a_suspected_duplicate_goes_with_the_new_customer(store, care_manager, tmp_path):
    """AR4: a pair found at night is no work of anybody's."""
    older = make_customer(store)
    run = taken(tmp_path, store, order("RO1"))
    new = Customer.objects.exclude(pk=older.pk).get()
    DuplicatePair.objects.create(store=store, first=older, second=new, score=60)
    undo_import(run, by=care_manager)
    assert list(Customer.objects.all()) == [older]
    assert not DuplicatePair.objects.exists()


def test_the_history_of_the_car_leads_to_the_order_turned_back(page, store, care_manager, tmp_path):
    taken(tmp_path, store, order("RO1"))
    undo_import(taken(tmp_path, store, order("RO1", 进厂里程="13000")), by=care_manager)
    text = page(care_manager).get(Vehicle.objects.get().get_absolute_url()).content.decode()
    assert text.count(">Visit data changed</a>") == 2


def test_the_file_can_be_taken_in_again(store, care_manager, tmp_path):
    undo_import(taken(tmp_path, store, order("RO1")), by=care_manager)
    assert taken(tmp_path, store, order("RO1")).created_count == 1


def test_changed_rows_get_their_values_back(store, care_manager, tmp_path):
    taken(tmp_path, store, order("RO1", 实际交车时间=""))
    run = taken(tmp_path, store, order("RO1", 合计金额="999", 进厂里程="13000"))
    undo_import(run, by=care_manager)
    visit = Visit.objects.get()
    assert (visit.total_amount, visit.mileage, visit.handed_over_at, visit.status) == (Decimal("300.5"), 12000, None, Visit.Status.IN_SHOP)
    assert Vehicle.objects.get().mileage == 12000
    assert outcome(run) == (0, 2, [])
    event = Event.objects.filter(code="visit.edited").latest("pk")
    assert (event.customer_ref, event.vehicle_ref, event.particulars["undone_run"]) == (visit.customer_id, visit.vehicle_id, run.pk)


def test_what_somebody_changed_since_stays(store, care_manager, tmp_path):
    taken(tmp_path, store, order("RO1"))
    run = taken(tmp_path, store, order("RO1", 合计金额="999"), order("RO2"))
    later = taken(tmp_path, store, order("RO1", 合计金额="1000"), order("RO2", 合计金额="5"))
    undo_import(run, by=care_manager)
    assert list(Visit.objects.order_by("number").values_list("total_amount", flat=True)) == [Decimal("1000"), Decimal("5")]
    assert outcome(run) == (0, 0, [("visits.visit", "changed"), ("visits.visit", "changed")])
    assert later.undone_at is None


def test_a_car_others_came_with_since_stays_with_its_owner(store, care_manager, tmp_path):
    run = taken(tmp_path, store, order("RO1"))
    taken(tmp_path, store, order("RO2"))
    undo_import(run, by=care_manager)
    assert list(Visit.objects.values_list("number", flat=True)) == ["RO2"]
    assert outcome(run) == (1, 0, [("customers.vehicle", "used"), ("customers.customer", "used")])


def test_a_call_somebody_has_begun_keeps_the_order(store, care_manager, agent, tmp_path):
    run = taken(tmp_path, store, order("RO1"))
    visit = Visit.objects.get()
    make_followup(store, customer=visit.customer, visit=visit, draft={str(agent.pk): {"note": "rings later"}})
    undo_import(run, by=care_manager)
    assert ("visits.visit", "used") in outcome(run)[2]
    assert (Visit.objects.count(), FollowUp.objects.count(), Customer.objects.count()) == (1, 1, 1)


def test_a_row_twice_in_one_file_goes_back_to_before_the_first(store, care_manager, tmp_path, monkeypatch):
    monkeypatch.setattr("transfers.services.BLOCK", 1)
    taken(tmp_path, store, order("RO1"))
    run = taken(tmp_path, store, order("RO1", 合计金额="7"), order("RO3"), order("RO1", 合计金额="8"), order("RO3", 合计金额="9"))
    undo_import(run, by=care_manager)
    assert list(Visit.objects.values_list("number", "total_amount")) == [("RO1", Decimal("300.5"))]


def test_a_second_undo_is_refused(store, care_manager, tmp_path):
    run = taken(tmp_path, store, order("RO1"))
    undo_import(run, by=care_manager)
    with pytest.raises(Conflict):
        undo_import(run, by=care_manager)
    assert Event.objects.filter(code="import.undone").count() == 1


def test_who_may_not_import_may_not_undo(store, agent, tmp_path):
    run = taken(tmp_path, store, order("RO1"))
    with pytest.raises(NotAllowed):
        undo_import(run, by=agent)
    assert Visit.objects.exists()


def test_after_a_month_it_is_too_late(store, care_manager, tmp_path):
    run = taken(tmp_path, store, order("RO1"))
    forget_outdated(run.finished_at + timedelta(days=31))
    assert not ImportTrace.objects.exists()
    with pytest.raises(Conflict):
        undo_import(type(run).objects.get(pk=run.pk), by=care_manager)


def test_the_page_asks_first_and_lists_what_stays(page, store, care_manager, tmp_path):
    run, client = taken(tmp_path, store, order("RO1")), page(care_manager)
    taken(tmp_path, store, order("RO2"))
    assert f"/imports/{run.pk}/undo/" in client.get(f"/imports/{run.pk}/").content.decode()
    assert "cannot be undone" in client.get(f"/imports/{run.pk}/undo/").content.decode()
    assert Visit.objects.count() == 2
    assert client.post(f"/imports/{run.pk}/undo/").url == f"/imports/{run.pk}/"
    text = client.get(f"/imports/{run.pk}/").content.decode()
    assert "1 removed, 0 restored, 2 not undone" in text
    assert "Something else belongs to it by now" in text
    assert f"/imports/{run.pk}/undo/" not in text
    assert client.get(f"/imports/{run.pk}/undo/").status_code == 302


def test_a_stranger_finds_no_undo(page, other_store, store, tmp_path):
    run = taken(tmp_path, store, order("RO1"))
    assert page(make_user("olga", Role.CARE_MANAGER, other_store)).post(f"/imports/{run.pk}/undo/").status_code == 404
    assert Visit.objects.exists()
