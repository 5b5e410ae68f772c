"""RE3, T9, T11, T102 to T104: lists taken out as workbooks."""

import re
from datetime import date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from activity.models import Event
from customers.models import CustomField
from followups.models import Sample
from tests.factories import NOW, make_customer, make_delivery, make_followup, make_handed_over, make_user, make_vehicle
from transfers import exports, tasks
from transfers.lists import LISTS
from transfers.models import ExportRun

HEAD = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.S)


@pytest.fixture
def car(store):
    return make_vehicle(store, make_customer(store, name="王示例", phone="13912345678"), plate="沪A9K871")


@pytest.fixture
def visit(car, defaults):
    return make_handed_over(car.store, vehicle=car, at=NOW)


def taken_out(run):
    """Return ``(header, rows, notes)`` of the workbook."""
    with run.file.open() as file:
        book = openpyxl.load_workbook(BytesIO(file.read()))
    (header, *rows), notes = book.worksheets[0].iter_rows(), list(book.worksheets[1].values)
    return [cell.value for cell in header], rows, dict(notes)


def export(code, by, query=""):
    return exports.export(code, query, by=by, reason="Mailing")


def values(row):
    return [cell.value for cell in row]


@pytest.mark.parametrize("code", LISTS)
def test_a_list_goes_out_with_the_columns_of_its_page_in_their_order(code, page, care_manager, store, visit):
    """RE3: what the page shows small below a value stands right of it."""
    make_delivery(store, visit.vehicle)
    CustomField.objects.create(subject="customer", code="club", name_en="Club number", name_zh="会员号", kind="text", is_listed=True)
    client, exported = page(care_manager), LISTS[code]
    make_rows(code, visit, care_manager)
    shown = [re.sub(r"<[^>]+>|\s+", " ", head).strip() for head in HEAD.findall(client.get(reverse(exported.address)).content.decode())]
    filterset = exports.found(code, "", care_manager)
    titles = iter([str(column.title) for column in exported.all_columns(filterset)])
    assert shown and [head for head in shown if head not in titles] == []


def make_rows(code, visit, by):
    if code == "followups":
        make_followup(visit.store, customer=visit.customer)
    elif code == "sample_rows":
        Sample(store=visit.store, name="November", first_day=date(2026, 11, 1), last_day=date(2026, 11, 30), kind="call", count=1).draw(by=by)
    elif code == "complaints":
        from complaints.models import Category, Complaint

        slip = Complaint(store=visit.store, customer=visit.customer, category=Category.objects.filter(parent__isnull=False).first(), words="Waited")
        slip.issue(by=by)
    elif code == "responses":
        from surveys.models import Questionnaire, Response

        questionnaire = Questionnaire.objects.filter(code="csi-5f").first()
        Response.objects.create(
            store=visit.store, questionnaire=questionnaire, customer=visit.customer, visit=visit, served_on=date(2026, 11, 17), submitted_by=by,
            answered_weight=1, is_counted=True, points=900, mood="satisfied",
        )  # fmt: skip


@pytest.mark.parametrize("code", LISTS)
def test_every_list_goes_out(code, care_manager, store, visit):
    make_delivery(store, visit.vehicle)
    make_rows(code, visit, care_manager)
    run = export(code, care_manager)
    header, rows, notes = taken_out(run)
    assert (run.status, run.row_count, len(rows)) == ("done", len(rows), exports.found(code, "", care_manager).qs.count())
    assert len(header) == len(LISTS[code].columns)
    assert (notes["Taken out by"], notes["What for"]) == ("Carol (carol)", "Mailing")


def test_moments_are_moments_and_days_days(care_manager, visit):
    header, rows, _notes = taken_out(export("visits", care_manager))
    cells = dict(zip(header, rows[0], strict=True))
    assert cells["Handed over at"].value == datetime(2026, 11, 18, 10, 0)
    assert cells["Handed over at"].number_format == "yyyy-mm-dd hh:mm"
    header, rows, _notes = taken_out(export("customers", care_manager))
    created = dict(zip(header, rows[0], strict=True))["Created"]
    assert (created.is_date, created.number_format) == (True, "yyyy-mm-dd")


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_a_name_like_a_formula_stays_a_text(care_manager, store, name):
    """T102, T103: typed as a text, exactly as it was written."""
    make_customer(store, name=name)
    _header, rows, _notes = taken_out(export("customers", care_manager))
    assert (rows[0][0].value, rows[0][0].data_type) == (name, "s")


def test_the_filters_of_the_page_hold(care_manager, store):
    make_customer(store, name="Keeps", is_key_account=True)
    make_customer(store, name="Drops")
    _header, rows, _notes = taken_out(export("customers", care_manager, "is_key_account=true"))
    assert [values(row)[0] for row in rows] == ["Keeps"]


def test_a_wrong_filter_takes_nothing_out(page, care_manager, store):
    make_customer(store)
    response = page(care_manager).post("/exports/new/?list=customers&kind=alien", {"reason": "Mailing"})
    assert response.status_code == 422
    assert "One of the filters is wrong" in response.content.decode()
    assert not ExportRun.objects.exists()


def test_phones_and_plates_are_masked_for_who_may_not_see_them(store_manager, care_manager, car):
    """SE2: the store manager may export, but not reveal."""
    _header, rows, _notes = taken_out(export("customers", store_manager))
    assert "139****5678" in values(rows[0])
    _header, rows, _notes = taken_out(export("vehicles", store_manager))
    assert "沪A***71" in values(rows[0])
    _header, rows, _notes = taken_out(export("customers", care_manager))
    assert "13912345678" in values(rows[0])


def test_only_stores_the_person_may_export_from(care_manager, car, other_store):
    """T9: seeing another store's rows is not enough."""
    Membership.objects.create(user=care_manager, role=Role.SERVICE_ADVISOR, store=other_store)
    make_customer(other_store, name="Elsewhere")
    _header, rows, _notes = taken_out(export("customers", care_manager))
    assert [values(row)[0] for row in rows] == ["王示例"]


def test_own_fields_go_out_in_words(care_manager, store):
    """AR7."""
    options = [{"code": "gold", "en": "Gold", "zh": "金卡"}]
    CustomField.objects.create(subject="customer", code="club", name_en="Phone", name_zh="卡", kind="choice", options=options, is_listed=True)
    make_customer(store, custom={"club": "gold"})
    header, rows, _notes = taken_out(export("customers", care_manager))
    # The field bears the name of another column and swallows it not.
    assert (header[-1], values(rows[0])[-1]) == ("Phone (2)", "Gold")


def test_a_large_list_waits_for_a_worker(monkeypatch, page, care_manager, store):
    """T104: in the background, one at a time, recorded."""
    make_customer(store)
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    client = page(care_manager)
    assert client.post("/exports/new/?list=customers", {"reason": "Mailing"}).url == "/exports/"
    assert 'hx-trigger="every 2s"' in client.get("/exports/").content.decode()
    again = client.post("/exports/new/?list=customers", {"reason": "Mailing"})
    assert (again.status_code, ExportRun.objects.count()) == (422, 1)
    assert "still being made" in again.content.decode()
    tasks.make_exports()
    run = ExportRun.objects.get()
    assert (run.status, run.row_count, run.is_ready) == ("done", 1, True)
    made = Event.objects.get(code="export.made")
    assert (made.actor, made.particulars["rows"], made.particulars["reason"]) == (care_manager, 1, "Mailing")


def test_an_export_whose_worker_was_killed_is_made_again(monkeypatch, care_manager, store):
    make_customer(store)
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    run = export("customers", care_manager)
    assert run.start(timezone.now() - timedelta(minutes=11))
    exports.make_waiting()
    run.refresh_from_db()
    assert (run.status, run.row_count) == ("done", 1)


def test_two_workers_make_it_once(monkeypatch, care_manager, store):
    make_customer(store)
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    run = export("customers", care_manager)
    twin = ExportRun.objects.get(pk=run.pk)
    assert (run.start(NOW), twin.start(NOW)) == (True, False)


def test_what_goes_wrong_is_shown_and_may_be_tried_again(monkeypatch, page, care_manager, store):
    make_customer(store)
    monkeypatch.setattr(exports, "write", lambda run, path: 1 / 0)
    assert export("customers", care_manager).status == "failed"
    assert "Failed" in page(care_manager).get("/exports/").content.decode()
    monkeypatch.undo()
    assert export("customers", care_manager).status == "done"


def test_rights_lost_meanwhile_count(monkeypatch, care_manager, store):
    """T9, T30: the job carries the person and looks at the rights when it runs."""
    make_customer(store)
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    run = export("customers", care_manager)
    care_manager.is_active = False
    care_manager.save()
    exports.make_waiting()
    run.refresh_from_db()
    assert (run.status, run.row_count, bool(run.file)) == ("failed", 0, False)


def test_the_file_is_for_one_person_and_a_quarter_of_an_hour(page, care_manager, store, time_machine):
    """T11: a forwarded link answers like an unknown one."""
    make_customer(store)
    time_machine.move_to(NOW, tick=False)
    run = export("customers", care_manager)
    link = reverse("exports:download", args=[run.pk])
    colleague = make_user("cora", Role.CARE_MANAGER, store)
    response = page(care_manager).get(link)
    assert (response.status_code, response["Content-Disposition"].startswith("attachment")) == (200, True)
    assert b"".join(response.streaming_content).startswith(b"PK")
    assert Event.objects.filter(code="export.fetched", actor=care_manager).count() == 1
    assert page(colleague).get(link).status_code == 404
    time_machine.move_to(NOW + timedelta(minutes=16), tick=False)
    assert page(care_manager).get(link).status_code == 404
    name, storage = run.file.name, run.file.storage
    tasks.make_exports()
    assert not storage.exists(name)
    assert "File no longer there" in page(care_manager).get("/exports/").content.decode()


def test_everybody_sees_the_own_exports_and_the_administrator_all(page, care_manager, administrator, store):
    make_customer(store)
    export("customers", care_manager)
    colleague = make_user("cora", Role.CARE_MANAGER, store)
    assert "Mailing" not in page(colleague).get("/exports/").content.decode()
    text = page(administrator).get("/exports/").content.decode()
    assert "Mailing" in text and "Download" not in text


def test_an_empty_list_and_a_huge_one_are_refused(monkeypatch, page, care_manager, store):
    """T104."""
    client = page(care_manager)
    assert "The list is empty" in client.post("/exports/new/?list=customers", {"reason": "Mailing"}).content.decode()
    make_customer(store)
    monkeypatch.setattr(exports, "MOST_ROWS", 0)
    assert "narrow the filters" in client.post("/exports/new/?list=customers", {"reason": "Mailing"}).content.decode()
    assert client.get("/exports/new/?list=secrets").status_code == 404


def test_the_reason_is_asked_for(page, care_manager, store):
    make_customer(store)
    response = page(care_manager).post("/exports/new/?list=customers", {"reason": ""})
    assert (response.status_code, ExportRun.objects.count()) == (422, 0)


def test_the_list_leads_to_its_export_with_its_filters(page, care_manager, store):
    make_customer(store)
    client = page(care_manager)
    assert "/exports/new/?list=customers&amp;q=13" in client.get("/customers/?q=13").content.decode()
    assert "/exports/new/" not in page(make_user("ann", Role.CARE_AGENT, store)).get("/customers/").content.decode()
    text = client.get("/exports/new/?list=customers&is_key_account=false").content.decode()
    assert "/customers/?is_key_account=false" in text


def test_all_numbers_and_former_plates_go_out_masked_where_they_must(car, care_manager, administrator, agent):
    """AR1, AR2, T9."""
    customer = car.customer
    customer.phones.create(phone="13900002222")
    customer.phones.create(phone=customer.phone)
    customer.phones.create(phone="02112345678")
    car.edit(by=agent, plate="沪B00001")
    header, (row,), _notes = taken_out(export("customers", care_manager))
    assert dict(zip(header, values(row), strict=True))["Other phones"] == "13900002222, 02112345678"
    header, (row,), _notes = taken_out(export("vehicles", care_manager))
    assert dict(zip(header, values(row), strict=True))["Former plates"] == "沪A9K871"
    column = next(column for column in LISTS["customers"].columns if column.gather)
    assert column.cells([[customer.pk]], [True]) == ["139****2222, 021****5678"]
