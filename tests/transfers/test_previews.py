"""Looking at a file before it is taken in, and teaching the importer a store's words (AR5, AR6, T91)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.roles import Role
from activity.models import Event
from tests.factories import make_user
from tests.transfers.files import ORDER_HEADER, order, orders, workbook
from transfers import previews
from transfers.models import FileMapping, ImportRun, IncomingFile
from transfers.services import import_file
from visits.models import Visit


@pytest.fixture
def client(care_manager, page):
    return page(care_manager)


def look_at(client, store, path):
    with path.open("rb") as file:
        return client.post("/imports/new/", {"kind": "visits", "store": store.pk, "file": file, "check_first": "on"}).url


def foreign(folder, *rows):
    """A file in which the order number and a column of ours have names nobody knows."""
    header = ["业务流水" if title == "工单号" else "毛重" if title == "材料费" else title for title in ORDER_HEADER]
    return workbook(folder, [header, *rows])


def test_a_check_shows_what_would_come_and_writes_nothing(client, store, tmp_path):
    """AR6: counts of every table equal before and after."""
    path = orders(tmp_path, order("RO1"), order("RO2", 车架号="LSV123"))
    shown = client.get(look_at(client, store, path))
    report = shown.context["report"]
    assert report["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 1}
    assert shown.context["columns"][0] == {"title": "工单号", "field": "number", "samples": ["RO1", "RO2"], "meaning": "Repair order"}
    assert "must have 17 characters" in shown.content.decode()
    assert (Visit.objects.count(), ImportRun.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_confirmed_it_is_taken_in_once(client, store, tmp_path):
    address = look_at(client, store, orders(tmp_path, order("RO1")))
    taken = client.post(f"{address}confirm/")
    run = ImportRun.objects.get()
    assert (taken.url, run.created_count, Visit.objects.count()) == (f"/imports/{run.pk}/", 1, 1)
    assert IncomingFile.objects.get().status == "done"
    assert client.get(address).url == f"/imports/{run.pk}/"
    assert client.post(f"{address}confirm/").status_code == 409
    assert ImportRun.objects.count() == 1


def test_given_up_nothing_is_kept(client, store, tmp_path):
    address = look_at(client, store, orders(tmp_path, order("RO1")))
    path = Path(IncomingFile.objects.get().file.path)
    client.post(f"{address}discard/")
    assert (IncomingFile.objects.count(), path.exists()) == (0, False)


def test_what_nobody_decides_on_is_forgotten_after_a_day(client, store, tmp_path):
    look_at(client, store, orders(tmp_path, order("RO1")))
    previews.forget(timezone.now())
    assert IncomingFile.objects.exists()
    previews.forget(timezone.now() + timedelta(hours=25))
    assert not IncomingFile.objects.exists()


def test_a_header_nobody_knows_is_taught_once_and_known_from_then_on(client, store, other_store, care_manager, tmp_path):
    """AR5: the mapping is saved per source and reused by itself, by page, command and feed."""
    address = look_at(client, store, foreign(tmp_path, order("RO1")))
    shown = client.get(address)
    assert "These columns are missing" in shown.context["report"]["refusal"]
    words = {word: name for name, word in shown.context["form"].words.items()}
    client.post(f"{address}map/", {words["业务流水"]: "number", words["毛重"]: ""})
    assert client.get(address).context["report"]["counts"]["created"] == 1
    client.post(f"{address}confirm/")
    assert Visit.objects.get().number == "RO1"
    assert import_file("visits", foreign(tmp_path, order("RO2")), store).as_dict()["created"] == 1
    mapping = FileMapping.objects.get()
    assert (mapping.word, mapping.meaning, mapping.changed_by) == ("业务流水", "number", care_manager)
    with pytest.raises(Exception, match="missing"):
        import_file("visits", foreign(tmp_path, order("RO3")), other_store)


def test_a_visit_type_nobody_knows_is_taught(client, store, advisor, tmp_path):
    """AR5: value mapping."""
    address = look_at(client, store, orders(tmp_path, order("RO1", 维修类型="养护套餐"), order("RO2", 维修类型="养护套餐")))
    form = client.get(address).context["form"]
    assert form.words == {"word-0": "养护套餐"}
    client.post(f"{address}map/", {"word-0": "maintenance"})
    report = client.get(address).context["report"]
    assert (report["words"], {note["code"] for note in report["warnings"]} & {"kind_unknown"}) == ([], set())
    client.post(f"{address}confirm/")
    assert {visit.kind for visit in Visit.objects.all()} == {"maintenance"}


def test_a_name_nobody_knows_is_told_once_and_old_orders_get_their_advisor(client, store, advisor, tmp_path):
    """AR5: mapping of advisors."""
    import_file("visits", orders(tmp_path, order("RO1", 服务顾问="小山")), store)
    assert Visit.objects.get().advisor is None
    address = look_at(client, store, orders(tmp_path, order("RO2", 服务顾问="小山")))
    assert client.get(address).context["form"].words == {"person-0": "小山"}
    client.post(f"{address}map/", {"person-0": str(advisor.pk)})
    assert Visit.objects.get(number="RO1").advisor == advisor
    assert "advisor_unknown" not in {note["code"] for note in client.get(address).context["report"]["warnings"]}
    client.post(f"{address}confirm/")
    assert set(Visit.objects.values_list("number", "advisor", "advisor_name")) == {("RO1", advisor.pk, "小山"), ("RO2", advisor.pk, "小山")}
    assert import_file("visits", orders(tmp_path, order("RO1", 服务顾问="小山")), store).as_dict()["unchanged"] == 1


def test_somebody_of_another_store_is_not_offered_as_advisor(client, store, other_store, tmp_path):
    foreign = make_user("foreign", Role.SERVICE_ADVISOR, other_store)
    address = look_at(client, store, orders(tmp_path, order("RO2", 服务顾问="小山")))
    client.post(f"{address}map/", {"person-0": str(foreign.pk)})
    assert not FileMapping.objects.exists()


def test_a_meaning_nobody_offers_changes_nothing(client, store, tmp_path):
    address = look_at(client, store, foreign(tmp_path, order("RO1")))
    client.post(f"{address}map/", {"header-0": "nonsense"})
    assert not FileMapping.objects.exists()


def test_a_file_that_is_no_table_says_so_and_cannot_be_confirmed(client, store, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    address = look_at(client, store, path)
    shown = client.get(address)
    assert "No header row was found" in shown.content.decode()
    assert "Take it in" not in shown.content.decode()


def test_a_checked_file_does_not_hold_the_same_one_back(client, store, care_manager, api, tmp_path):
    path = orders(tmp_path, order("RO1"))
    look_at(client, store, path)
    with path.open("rb") as file:
        assert api(care_manager).post("/api/v1/imports/", {"store": store.pk, "kind": "visits", "file": file}, format="multipart").status_code == 202
