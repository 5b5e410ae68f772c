import io
from datetime import timedelta

import openpyxl

from accounts.roles import Role
from activity.models import Event
from tests.factories import make_user
from tests.transfers.files import ORDER_HEADER, order, orders
from transfers.models import ImportRun
from transfers.services import forget_outdated
from visits.models import Visit


def upload(client, store, path, **data):
    with path.open("rb") as file:
        return client.post("/imports/new/", {"kind": "visits", "store": store.pk, "file": file, **data})


def test_an_upload_is_taken_and_its_report_shown(page, care_manager, store, tmp_path):
    client = page(care_manager)
    response = upload(client, store, orders(tmp_path, order("RO1"), order("RO2", 车架号="LSV123")))
    run = ImportRun.objects.get()
    assert response.url == f"/imports/{run.pk}/"
    text = client.get(response.url).content.decode()
    assert "RO2" in text
    assert "must have 17 characters" in text
    assert (run.by, run.created_count) == (care_manager, 1)
    assert "orders.xlsx" in client.get("/imports/").content.decode()


def test_a_refused_file_is_a_form_error(page, care_manager, store, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    response = upload(page(care_manager), store, path)
    assert response.status_code == 422
    assert "No header row was found" in response.content.decode()


def test_markup_in_a_cell_is_shown_as_text(page, care_manager, store, tmp_path):
    client = page(care_manager)
    response = upload(client, store, orders(tmp_path, order("RO1", 工时费="<script>alert(1)</script>")))
    assert "<script>alert(1)" not in client.get(response.url).content.decode()


def test_another_store_is_no_choice(page, care_manager, other_store, tmp_path):
    response = upload(page(care_manager), other_store, orders(tmp_path, order()))
    assert response.status_code == 422
    assert not Visit.objects.exists()


def test_a_run_of_another_store_is_unknown(page, stranger, care_manager, administrator, store):
    run = ImportRun.objects.create(store=store, kind="visits", file_name="x")
    assert page(administrator).get(f"/imports/{run.pk}/").status_code == 200
    assert page(stranger).get(f"/imports/{run.pk}/").status_code == 403


def test_without_the_right_it_is_forbidden(page, agent):
    assert page(agent).get("/imports/").status_code == 403
    assert page(agent).get("/imports/new/").status_code == 403


def rejected_rows(client, run):
    response = client.get(f"/imports/{run.pk}/rejected/")
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.values]


def test_all_rejected_rows_come_back_with_their_reasons(page, care_manager, store, tmp_path, monkeypatch):
    """AR6: also those the page has no room for, with every cell as it stood."""
    monkeypatch.setattr("transfers.services.KEPT_NOTES", 1)
    client = page(care_manager)
    upload(client, store, orders(tmp_path, order("RO1", 车架号="LSV123"), order("RO2"), order("RO3", 工时费="free", 进厂里程="-5")))
    run = ImportRun.objects.get()
    assert f"/imports/{run.pk}/rejected/" in client.get(f"/imports/{run.pk}/").content.decode()
    header, first, second = rejected_rows(client, run)
    assert header == [*ORDER_HEADER, "Row", "Reason"]
    assert [cell or "" for cell in first[:-2]] == order("RO1", 车架号="LSV123")
    assert (first[-2], second[-2]) == (2, 4)
    assert "车架号: The VIN must have 17 characters" in first[-1]
    assert "工时费" in second[-1] and "进厂里程" in second[-1]
    assert Event.objects.get(code="import.rejected_fetched").actor == care_manager


def test_a_run_without_rejected_rows_has_no_file(page, care_manager, store, tmp_path):
    client = page(care_manager)
    upload(client, store, orders(tmp_path, order("RO1")))
    run = ImportRun.objects.get()
    assert "/rejected/" not in client.get(f"/imports/{run.pk}/").content.decode()
    assert client.get(f"/imports/{run.pk}/rejected/").status_code == 404


def test_a_stranger_gets_no_rejected_rows(page, care_manager, other_store, tmp_path, store):
    upload(page(care_manager), store, orders(tmp_path, order("RO1", 车架号="LSV123")))
    other_manager = make_user("olga", Role.CARE_MANAGER, other_store)
    assert page(other_manager).get(f"/imports/{ImportRun.objects.get().pk}/rejected/").status_code == 404


def test_rejected_rows_are_forgotten_after_a_month(page, care_manager, store, tmp_path):
    upload(page(care_manager), store, orders(tmp_path, order("RO1", 车架号="LSV123")))
    run = ImportRun.objects.get()
    storage, name = run.rejected_file.storage, run.rejected_file.name
    forget_outdated(run.finished_at + timedelta(days=29))
    assert storage.exists(name)
    forget_outdated(run.finished_at + timedelta(days=31))
    run.refresh_from_db()
    assert (run.rejected_file.name, storage.exists(name)) == ("", False)
