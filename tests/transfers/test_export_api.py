"""Exports and merges for programs (AP5, AR4, T9, T11, T104)."""

from io import BytesIO

import openpyxl
import pytest

from accounts.roles import Role
from customers.models import Customer
from tests.factories import make_customer, make_user
from transfers.models import ExportRun

ADDRESS = "/api/v1/exports/"
ASKED = {"list_code": "customers", "reason": "monthly check"}


@pytest.fixture
def client(care_manager, api):
    return api(care_manager)


def test_a_list_is_asked_for_and_fetched(client, store, care_manager):
    make_customer(store, name="王示例", is_key_account=True)
    make_customer(store, name="李示例")
    run = client.post(ADDRESS, ASKED | {"filters": {"is_key_account": "true"}}, format="json")
    assert (run.status_code, run.json()["status"], run.json()["row_count"], run.json()["is_ready"]) == (202, "done", 1, True)
    file = client.get(f"{ADDRESS}{run.json()['id']}/file/")
    book = openpyxl.load_workbook(BytesIO(b"".join(file.streaming_content)))
    texts = [cell.value for sheet in book for row in sheet for cell in row]
    assert ("王示例" in texts, "李示例" in texts) == (True, False)
    assert ExportRun.objects.get().by == care_manager


def test_nobody_else_sees_or_fetches_it(client, store, api):
    make_customer(store)
    run = client.post(ADDRESS, ASKED, format="json").json()["id"]
    other = api(make_user("second", Role.CARE_MANAGER, store))
    assert [other.get(f"{ADDRESS}{run}/").status_code, other.get(f"{ADDRESS}{run}/file/").status_code] == [404, 404]
    assert other.get(ADDRESS).json()["results"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"list_code": "secrets"}, "list_code"), ({"reason": ""}, "reason"), ({"filters": {"store": "x"}}, None), ({"colour": "red"}, "colour")],
)
def test_a_bad_request_names_what_is_wrong(client, store, changes, field):
    make_customer(store)
    answer = client.post(ADDRESS, ASKED | changes, format="json")
    assert answer.status_code == 400
    assert field is None or field in answer.json()["errors"]
    assert not ExportRun.objects.exists()


def test_who_may_not_export_is_refused(store, agent, api):
    assert api(agent).post(ADDRESS, ASKED, format="json").status_code == 403


def test_two_records_are_merged_and_unmerged(client, store):
    """AR4."""
    kept, other = make_customer(store, name="王示例", address=""), make_customer(store, name="王师傅", address="示例路1号")
    answer = client.post(f"/api/v1/customers/{kept.pk}/merge/", {"other": other.pk, "taken": ["address"]}, format="json")
    assert answer.status_code == 200
    kept.refresh_from_db()
    assert (kept.name, kept.address, Customer.objects.filter(pk=other.pk).exists()) == ("王示例", "示例路1号", False)
    assert client.post(f"/api/v1/customers/{kept.pk}/unmerge/").status_code == 200
    kept.refresh_from_db()
    assert (kept.address, Customer.objects.filter(pk=other.pk).exists()) == ("", True)
    assert client.post(f"/api/v1/customers/{kept.pk}/unmerge/").status_code == 409


def test_records_of_other_stores_and_unknown_fields_are_refused(client, store, other_store):
    kept, foreign = make_customer(store), make_customer(other_store)
    assert list(client.post(f"/api/v1/customers/{kept.pk}/merge/", {"other": foreign.pk}, format="json").json()["errors"]) == ["other"]
    other = make_customer(store)
    assert list(client.post(f"/api/v1/customers/{kept.pk}/merge/", {"other": other.pk, "taken": ["pk"]}, format="json").json()["errors"]) == ["taken"]
    assert client.post(f"/api/v1/customers/{kept.pk}/merge/", {"other": kept.pk}, format="json").status_code == 400
