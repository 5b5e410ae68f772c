"""Targets and bands with their validity (KP1, S0-13, S2-37, S3-01 to S3-10, S3-21)."""

from decimal import Decimal

import pytest

from accounts.roles import Role
from kpis.defaults import load
from kpis.indicators import INDICATORS
from kpis.models import Band, Target
from tests.factories import make_user, on

TARGET = {"indicator": "csi", "value": "930", "valid_from": "2026-01-01"}


@pytest.fixture
def group_manager(db):
    return make_user("gina", Role.GROUP_MANAGER, is_group=True)


def group_target(**fields):
    return Target.objects.create(**{"indicator": "csi", "value": 900, "valid_from": on("2026-01-01"), **fields})


# What is shipped


def test_the_shipped_targets_are_those_of_the_rule_book(db):
    load()
    assert {target.indicator: int(target.value) for target in Target.objects.filter(store=None)} == {
        "css": 950,
        "satisfaction_after_sales": 98,
        "satisfaction_sales": 98,
        "satisfaction_face": 100,
        "coverage": 100,
        "success_after_sales": 80,
        "success_sales": 80,
        "face_success": 80,
        "complaint_feedback_in_time": 100,
        "comeback_rate": 3,
        "ms_average": 90,
        "ms_sales": 90,
        "ms_after_sales": 90,
        "ms_completion": 100,
    }
    assert set(Target.objects.values_list("indicator", flat=True)) <= set(INDICATORS)


def test_loading_again_leaves_what_people_have_set(db):
    load()
    Target.objects.filter(indicator="css").update(value=900)
    load()
    assert Target.objects.get(indicator="css").value == 900
    assert Target.objects.count() == 14


# The screen


def test_the_list_shows_targets_and_bands(page, group_manager, store):
    group_target(rank=40, rank_scope="South China")
    Band.objects.create(indicator="csi", name="A", from_value=950, valid_from=on("2026-01-01"))
    text = page(group_manager).get("/settings/targets/").text
    for shown in ("Service satisfaction (CSI)", "900", "40 · South China", "Whole group", "950"):
        assert shown in text


def test_a_group_target_is_set_by_who_answers_for_every_store(page, group_manager, store):
    answer = page(group_manager).post("/settings/targets/new/", TARGET)
    assert answer.status_code == 302
    target = Target.objects.get()
    assert (target.indicator, target.store, target.value, target.changed_by) == ("csi", None, Decimal(930), group_manager)


def test_a_store_target_is_set_by_the_care_manager_of_the_store(page, care_manager, store):
    page(care_manager).post("/settings/targets/new/", TARGET | {"store": store.pk})
    assert Target.objects.get().store == store


def test_the_care_manager_of_a_store_cannot_rule_the_group(page, care_manager, store):
    answer = page(care_manager).post("/settings/targets/new/", TARGET)
    assert answer.status_code == 200
    assert "store" in answer.context["form"].errors
    assert not Target.objects.exists()


def test_a_foreign_store_cannot_be_chosen(page, care_manager, store, other_store):
    answer = page(care_manager).post("/settings/targets/new/", TARGET | {"store": other_store.pk})
    assert "store" in answer.context["form"].errors


def test_a_group_target_is_shown_but_not_editable_in_a_store(page, care_manager, store):
    target = group_target()
    text = page(care_manager).get("/settings/targets/").text
    assert "Whole group" in text
    assert f"/settings/targets/{target.pk}/" not in text
    assert page(care_manager).post(f"/settings/targets/{target.pk}/", TARGET | {"store": store.pk}).status_code == 404


def test_a_target_of_another_store_is_not_found(page, care_manager, store, other_store):
    target = group_target(store=other_store)
    assert page(care_manager).get(f"/settings/targets/{target.pk}/").status_code == 404
    assert "Store S02" not in page(care_manager).get("/settings/targets/").text


def test_a_target_is_changed(page, group_manager):
    target = group_target()
    page(group_manager).post(f"/settings/targets/{target.pk}/", TARGET | {"value": "940.5", "valid_to": "2026-12-31"})
    target.refresh_from_db()
    assert (target.value, target.valid_to) == (Decimal("940.5"), on("2026-12-31"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"indicator": "cci"}, "indicator"),
        ({"value": ""}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "1001"}, "value"),
        ({"indicator": "coverage", "value": "101"}, "value"),
        ({"valid_from": "tomorrow"}, "valid_from"),
        ({"rank": "40"}, "rank_scope"),
    ],
)
def test_the_field_that_is_wrong_is_named(page, group_manager, changes, field):
    answer = page(group_manager).post("/settings/targets/new/", TARGET | changes)
    assert list(answer.context["form"].errors) == [field]
    assert not Target.objects.exists()


def test_a_validity_that_ends_before_it_begins_is_refused(page, group_manager):
    answer = page(group_manager).post("/settings/targets/new/", TARGET | {"valid_to": "2025-12-31"})
    assert "The last day must not be earlier than the first." in answer.text


def test_two_targets_from_the_same_day_are_refused(page, group_manager):
    group_target()
    answer = page(group_manager).post("/settings/targets/new/", TARGET)
    assert "There is already a target from this day on." in answer.text
    assert Target.objects.count() == 1


def test_a_band_is_set_and_changed(page, group_manager):
    page(group_manager).post("/settings/bands/new/", {"indicator": "csi", "name": "A", "from_value": "950", "valid_from": "2026-01-01"})
    band = Band.objects.get()
    page(group_manager).post(f"/settings/bands/{band.pk}/", {"indicator": "csi", "name": "A", "from_value": "940", "valid_from": "2026-01-01"})
    band.refresh_from_db()
    assert (band.from_value, band.changed_by) == (940, group_manager)


@pytest.mark.parametrize("path", ["/settings/targets/", "/settings/targets/new/", "/settings/bands/new/"])
def test_people_without_the_right_are_refused(page, store_manager, path):
    assert page(store_manager).get(path).status_code == 403
