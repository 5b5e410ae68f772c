"""The figures for programs: the same objects from API, command and page (AP2, KP6)."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from activity.services import announce_days
from kpis.indicators import INDICATORS
from tests.factories import NOW, make_handed_over, on
from tests.kpis.builders import make_questionnaire, make_responses
from tests.kpis.world import World
from visits.models import Visit

URL = "/api/v1/kpis/"


@pytest.fixture
def figures(store, advisor, defaults):
    """32 responses and 4 visits of November in store S01."""
    make_responses(store, make_questionnaire(factors=[("Quality", 1)]), ["912.3456", "850", "1000", "733.3"] * 8, on("2026-11-18"), employee=advisor)
    for number in range(4):
        make_handed_over(
            store, advisor=advisor, promised_at=NOW - timedelta(minutes=number and 1), kind=Visit.Kind.COMEBACK if number == 3 else Visit.Kind.REPAIR
        )
    announce_days(store.pk, on("2026-11-18"))


def command(*args):
    out = StringIO()
    call_command("kpi", *args, stdout=out)
    return out.getvalue()


def test_it_answers_with_everything_one_must_know_of_a_figure(api, store_manager, figures):
    answer = api(store_manager).get(URL, {"store": "S01", "period": "2026-11", "codes": "csi,comeback_rate"})
    assert answer.status_code == 200
    assert answer.json() == [
        {
            "code": "csi",
            "store": "S01",
            "employee": None,
            "period": "2026-11",
            "unit": "points",
            "value": "873.9",
            "n": 32,
            "numerator": "27965.1648",
            "denominator": "32",
            "interval": ["838.3", "909.5"],
            "target": None,
            "gap": None,
            "reached": None,
            "status": "no_target",
            "sample": "small",
            "band": None,
            "definition_version": 1,
            "questionnaires": ["csi-test.1"],
        },
        {
            "code": "comeback_rate",
            "store": "S01",
            "employee": None,
            "period": "2026-11",
            "unit": "percent",
            "value": "25.0",
            "n": 4,
            "numerator": "1",
            "denominator": "4",
            "interval": ["4.6", "69.9"],
            "target": "3.0",
            "gap": "22.0",
            "reached": False,
            "status": "above",
            "sample": "normal",
            "band": None,
            "definition_version": 1,
            "questionnaires": [],
        },
    ]


def test_page_api_and_command_agree_to_the_last_digit(api, page, store_manager, figures):
    program, person = api(store_manager), page(store_manager)
    tiles = person.get("/dashboard/?store=S01&period=2026-11").context["dashboard"].tiles
    for code in INDICATORS:
        printed = json.loads(command("--store", "S01", "--period", "2026-11", "--codes", code, "--format", "json"))
        assert program.get(URL, {"store": "S01", "period": "2026-11", "codes": code}).json() == printed
        assert [person.get(f"/dashboard/{code}/?store=S01&period=2026-11").context["detail"].value.as_dict()] == printed
        assert [tiles[code].value.as_dict()] == [tiles[code].trend[-1].as_dict()] == printed


def test_a_group_of_random_stores_agrees_too(api, administrator, db):
    world = World(7, visits=40)
    for store in world.stores:
        announce_days(store.pk, *world.all_days())
    printed = json.loads(command("--store", "W7A,W7B", "--period", "2026-Q4", "--format", "json"))
    assert api(administrator).get(URL, {"store": "W7A,W7B", "period": "2026-Q4"}).json() == printed
    assert len(printed) == 2 * len(INDICATORS)


def test_the_grain_splits_the_period_into_months(api, store_manager, figures):
    answer = api(store_manager).get(URL, {"store": "S01", "period": "r3:2026-11", "grain": "month", "codes": "csi"}).json()
    assert [(one["period"], one["n"]) for one in answer] == [("2026-09", 0), ("2026-10", 0), ("2026-11", 32)]


def test_without_a_store_it_sums_all_stores_of_the_caller(api, administrator, other_store, figures):
    make_handed_over(other_store)
    announce_days(other_store.pk, on("2026-11-18"))
    answer = api(administrator).get(URL, {"period": "2026-11", "codes": "comeback_rate"}).json()
    assert [(one["store"], one["n"]) for one in answer] == [(None, 5)]


def test_a_person_of_one_store_sums_that_store_only(api, store_manager, other_store, figures):
    make_handed_over(other_store)
    announce_days(other_store.pk, on("2026-11-18"))
    answer = api(store_manager).get(URL, {"period": "2026-11", "codes": "comeback_rate"}).json()
    assert [(one["store"], one["n"]) for one in answer] == [("S01", 4)]


def test_it_narrows_to_one_employee(api, store_manager, advisor, figures):
    query = {"period": "2026-11", "codes": "comeback_rate"}
    assert api(store_manager).get(URL, query | {"employee": advisor.pk}).json()[0]["n"] == 4
    assert api(store_manager).get(URL, query | {"employee": advisor.pk + 999}).json()[0]["n"] == 0


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({}, "period", "bad_period"),
        ({"period": "2026-13"}, "period", "bad_period"),
        ({"period": "2026-11", "codes": "csi,cci"}, "codes", "unknown_indicator"),
        ({"period": "2026-11", "codes": ""}, "codes", "unknown_indicator"),
        ({"period": "2026-11", "grain": "week"}, "grain", "unknown_grain"),
        ({"period": "2026-11", "store": "S99"}, "store", "unknown_store"),
        ({"period": "2026-11", "store": "S02"}, "store", "unknown_store"),
        ({"period": "2026-11", "employee": "sam"}, "employee", "bad_employee"),
        ({"period": "2026-11", "stores": "S01"}, "stores", "unknown_parameter"),
        ({"period": ["2026-11", "2026-10"]}, "period", "repeated_parameter"),
    ],
)
def test_it_names_the_parameter_that_is_wrong(api, store_manager, other_store, query, field, code):
    answer = api(store_manager).get(URL, query)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert list(answer.json()["errors"]) == [field]


def test_a_foreign_store_answers_like_one_that_never_existed(api, store_manager, other_store):
    foreign, unknown = (api(store_manager).get(URL, {"period": "2026-11", "store": code}) for code in ("S02", "S03"))
    assert foreign.json()["detail"].replace("S02", "S03") == unknown.json()["detail"]


def test_people_without_the_right_are_refused(api, advisor, client):
    assert api(advisor).get(URL, {"period": "2026-11"}).status_code == 403
    assert client.get(URL, {"period": "2026-11"}).status_code == 401


def test_a_token_without_the_scope_is_refused(api, store_manager):
    assert api(store_manager, scopes=["visits.view"]).get(URL, {"period": "2026-11"}).status_code == 403


def test_it_only_reads(api, store_manager):
    assert api(store_manager).post(URL, {}).status_code == 405


# The command


def test_the_command_prints_a_table(figures):
    lines = command("--store", "S01", "--period", "2026-11", "--codes", "csi,comeback_rate").splitlines()
    assert lines[0].split() == ["code", "period", "value", "n", "numerator", "denominator", "interval", "target", "gap", "status"]
    assert lines[2].split() == ["comeback_rate", "2026-11", "25.0", "4", "1", "4", "4.6–69.9", "3.0", "22.0", "above"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--store", "S99", "--period", "2026-11"], "--store: Unknown store: S99."),
        (["--store", "S01", "--period", "November"], "--period: “November” is not a period."),
        (["--store", "S01", "--period", "2026-11", "--codes", "x"], "--codes: Unknown indicator “x”."),
    ],
)
def test_the_command_names_what_is_wrong(store, args, words):
    with pytest.raises(CommandError) as refused:
        command(*args)
    assert str(refused.value).startswith(words)
