from tests.transfers.files import order, orders
from transfers.models import ImportRun
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


def test_a_check_only_shows_the_report_and_writes_nothing(page, care_manager, store, tmp_path):
    response = upload(page(care_manager), store, orders(tmp_path, order("RO1")), is_dry_run="on")
    assert "nothing has been written" in response.content.decode()
    assert not Visit.objects.exists()


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
