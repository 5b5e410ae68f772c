"""Files that come by themselves: the upload endpoint and the watched folders (AP6, T97, T99, T101)."""

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Notification
from tests.stores.naive_calendar import instant
from tests.transfers.files import order, orders
from transfers import feeds
from transfers.models import Feed, ImportRun, IncomingFile
from visits.models import Visit


@pytest.fixture
def feed(store, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    return Feed.objects.create(store=store, kind="visits", folder="dms", created_at=timezone.now() - timedelta(days=9))


def put(feed, path, name="orders.xlsx", age=60):
    """Lay a file into the folder as it looks ``age`` seconds after the last write."""
    folder = feeds.folder_of(feed)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    target.write_bytes(path.read_bytes())
    os.utime(target, (time.time() - age,) * 2)
    return target


def test_a_whole_file_is_taken_in_and_moved_aside(feed, tmp_path):
    """AP6."""
    source = put(feed, orders(tmp_path, order("RO1"), order("RO2", 车架号="LSV123")))
    assert (feeds.sweep(), feeds.take_waiting()) == (1, 1)
    incoming = IncomingFile.objects.get()
    assert (incoming.status, incoming.run.created_count, incoming.run.rejected_count, bool(incoming.run.rejected_file)) == ("done", 1, 1, True)
    assert not source.exists()
    assert [path.name.partition("orders")[1:] for path in (source.parent / "taken").iterdir()] == [("orders", ".xlsx")]
    assert (feeds.sweep(), feeds.take_waiting()) == (0, 0)


@pytest.mark.parametrize(("name", "age"), [("orders.xlsx", 5), ("orders.xlsx.part", 60), (".orders.xlsx", 60), ("orders.TMP", 60)])
def test_what_is_not_whole_yet_is_left_alone(feed, tmp_path, name, age):
    put(feed, orders(tmp_path, order("RO1")), name, age)
    assert feeds.sweep() == 0
    assert not IncomingFile.objects.exists()


def test_links_and_folders_are_nobodys_business(feed, tmp_path):
    """T101: a link out of the folder is not followed."""
    folder = feeds.folder_of(feed)
    folder.mkdir(parents=True)
    (folder / "secret.xlsx").symlink_to(orders(tmp_path, order("RO1")))
    (folder / "sub").mkdir()
    assert feeds.sweep(timezone.now() + timedelta(hours=1)) == 0


def test_a_killed_sweep_takes_the_file_once(feed, tmp_path, monkeypatch):
    """AP6, T99: killed between keeping the file and moving it aside."""
    put(feed, orders(tmp_path, order("RO1")))

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(feeds, "aside", killed)
        with pytest.raises(KeyboardInterrupt):
            feeds.sweep()
    assert (feeds.sweep(), IncomingFile.objects.count(), feeds.take_waiting()) == (1, 1, 1)


def test_a_worker_killed_on_the_way_leaves_no_half_and_is_followed_by_another(feed, tmp_path, monkeypatch):
    """T99: all rows or none; after half an hour the file is taken on again."""
    put(feed, orders(tmp_path, order("RO1"), order("RO2")))
    feeds.sweep()

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("transfers.services.finish", killed)
        with pytest.raises(KeyboardInterrupt):
            feeds.take_waiting()
    assert (Visit.objects.count(), ImportRun.objects.count(), IncomingFile.objects.get().status) == (0, 0, "running")
    assert feeds.take_waiting() == 0
    assert feeds.take_waiting(timezone.now() + timedelta(minutes=31)) == 1
    assert (Visit.objects.count(), IncomingFile.objects.get().status) == (2, "done")


def test_a_refused_file_rings_and_is_kept_on_record(feed, care_manager, tmp_path, page):
    path = tmp_path / "wrong.csv"
    path.write_text("a,b\n1,2\n")
    put(feed, path, "wrong.csv")
    feeds.sweep()
    feeds.take_waiting()
    incoming = IncomingFile.objects.get()
    assert (incoming.status, bool(incoming.refusal), bool(incoming.file)) == ("refused", True, False)
    assert Notification.objects.filter(user=care_manager, code="incomingfile.refused").count() == 1
    assert "wrong.csv" in page(care_manager).get("/imports/feeds/").content.decode()
    assert "wrong.csv was refused" in page(care_manager).get("/notifications/").content.decode()


@pytest.mark.parametrize(
    ("moment", "told"),
    [("2026-11-18 07:59", []), ("2026-11-18 08:00", ["feed.missing"]), ("2026-11-18 23:59", ["feed.missing"]), ("2026-11-19 08:00", ["feed.missing"])],
)
def test_a_missing_file_raises_one_alert_a_day(feed, care_manager, moment, told):
    """AP6."""
    Feed.objects.update(expected_by="08:00", created_at=instant("2026-11-10 10:00"))
    for minutes in (0, 5, 10):
        feeds.report(instant(moment) + timedelta(minutes=minutes if moment.endswith("00") else 0))
    assert list(Notification.objects.filter(user=care_manager).values_list("code", flat=True)) == told


def test_a_day_with_files_is_summed_up(feed, care_manager, tmp_path, page):
    """AP6: the daily summary."""
    put(feed, orders(tmp_path, order("RO1"), order("RO2", 车架号="LSV123")))
    feeds.sweep()
    feeds.take_waiting()
    Feed.objects.update(expected_by="00:00")
    IncomingFile.objects.update(arrived_at=feed.store.local(timezone.now()).replace(hour=0, minute=0, second=0) - timedelta(hours=1))
    assert (feeds.report(), feeds.report()) == (1, 0)
    told = Notification.objects.get(user=care_manager, code="feed.reported").particulars
    assert told == {"folder": "dms", "files": 1, "refused": 0, "created": 1, "updated": 0, "rejected": 1}
    assert "1 files within a day" in page(care_manager).get("/notifications/").content.decode()


def test_a_stopped_feed_rests(feed, care_manager, tmp_path, page):
    client = page(care_manager)
    client.post(f"/imports/feeds/{feed.pk}/stop/")
    put(feed, orders(tmp_path, order("RO1")))
    assert feeds.sweep() == 0
    client.post(f"/imports/feeds/{feed.pk}/resume/")
    assert feeds.sweep() == 1


@pytest.mark.parametrize("folder", ["../etc", "Ab", "a/b", ".hidden", "", "dms"])
def test_a_folder_lies_beside_the_others(feed, care_manager, page, folder):
    """T101."""
    answer = page(care_manager).post("/imports/feeds/new/", {"store": feed.store.pk, "kind": "visits", "folder": folder})
    assert list(answer.context["form"].errors) == ["folder"]


def send(client, store, path, given=()):
    with path.open("rb") as file:
        return client.post("/api/v1/imports/", {"store": store.pk, "kind": "visits", "file": file} | dict(given), format="multipart")


def test_an_upload_waits_for_a_worker_and_tells_what_came_of_it(store, care_manager, api, tmp_path):
    """AP6: the same report as the page and the command."""
    client = api(care_manager)
    sent = send(client, store, orders(tmp_path, order("RO1"), order("RO2", 车架号="LSV123")))
    assert (sent.status_code, sent.json()["status"], sent.json()["counts"]) == (202, "waiting", None)
    feeds.take_waiting()
    answer = client.get(f"/api/v1/imports/{sent.json()['id']}/").json()
    assert (answer["status"], answer["counts"]["created"], answer["counts"]["rejected"]) == ("done", 1, 1)
    assert [(note["row"], note["key"], note["code"]) for note in answer["rejected"]] == [(3, "RO2", "vin_length")]
    assert b"".join(client.get(f"/api/v1/imports/{answer['id']}/rejected/").streaming_content).startswith(b"PK")


def test_the_same_content_again_is_the_file_that_came_before_until_it_is_undone(store, care_manager, api, tmp_path):
    """T97."""
    client, path = api(care_manager), orders(tmp_path, order("RO1"))
    first = send(client, store, path).json()["id"]
    again = send(client, store, path)
    assert (again.status_code, again.json()["id"]) == (200, first)
    feeds.take_waiting()
    undone = client.post(f"/api/v1/imports/{first}/undo/")
    assert (undone.status_code, undone.json()["counts"]["removed"] > 0, Visit.objects.count()) == (200, True, 0)
    assert client.post(f"/api/v1/imports/{first}/undo/").status_code == 409
    assert send(client, store, path).status_code == 202


@pytest.mark.parametrize(("given", "field"), [({"kind": "x"}, "kind"), ({"store": 0}, "store"), ({"file": ""}, "file"), ({"more": "1"}, "more")])
def test_a_wrong_upload_names_its_field(store, care_manager, api, tmp_path, given, field):
    answer = send(api(care_manager), store, orders(tmp_path, order("RO1")), given)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not IncomingFile.objects.exists()


def test_nothing_is_sent_into_or_read_from_another_store(store, other_store, care_manager, administrator, api, tmp_path):
    """T4."""
    assert send(api(care_manager), other_store, orders(tmp_path, order("RO1"))).status_code == 400
    foreign = send(api(administrator), other_store, orders(tmp_path, order("RO1"))).json()["id"]
    assert api(care_manager).get(f"/api/v1/imports/{foreign}/").status_code == 404


def test_a_name_is_only_shown(store, care_manager, api, tmp_path):
    """T101: the file lies under a name of our own."""
    path = tmp_path / ("x" * 150 + "<b>.xlsx")
    path.write_bytes(orders(tmp_path, order("RO1")).read_bytes())
    send(api(care_manager), store, path)
    incoming = IncomingFile.objects.get()
    assert len(incoming.name) <= 120
    assert incoming.file.name.startswith("incoming/")
    assert "x" not in incoming.file.name.removeprefix("incoming/")


def test_a_file_too_large_is_put_aside_and_refused(feed, tmp_path, monkeypatch, api, care_manager):
    """T84."""
    monkeypatch.setattr(feeds, "MOST_BYTES", 10)
    monkeypatch.setattr("transfers.api.MOST_BYTES", 10)
    source = put(feed, orders(tmp_path, order("RO1")))
    assert feeds.sweep() == 0
    assert len(list((source.parent / "too-large").iterdir())) == 1
    assert list(send(api(care_manager), feed.store, orders(tmp_path, order("RO1"))).json()["errors"]) == ["file"]
