"""The dashboard and the page of one indicator: figures from facts alone, each a link to its rows (KP2, tour step 5)."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from activity.services import announce_days
from kpis.indicators import INDICATORS
from kpis.models import DirtyDay, Target
from tests.factories import NOW, make_handed_over, make_user, on
from tests.kpis.builders import make_questionnaire, make_responses, make_slip
from tests.kpis.world import World

DAY = on("2026-11-18")
NOVEMBER = "?store=S01&period=2026-11"


@pytest.fixture
def figures(store, advisor, defaults):
    """32 responses and 4 visits of November in store S01."""
    make_responses(store, make_questionnaire(factors=[("Quality", 1)]), ["912.3456", "850", "1000", "733.3"] * 8, DAY, employee=advisor)
    for minutes in (0, 0, 0, 1):
        make_handed_over(store, advisor=advisor, promised_at=NOW - timedelta(minutes=minutes))
    announce_days(store.pk, DAY)


def test_every_indicator_has_a_tile(page, store_manager, figures):
    answer = page(store_manager).get(f"/dashboard/{NOVEMBER}")
    assert answer.status_code == 200
    for code in INDICATORS:
        assert f'id="kpi-{code}"' in answer.text


def test_a_tile_shows_value_target_gap_n_interval_and_links(page, store_manager, figures):
    Target.objects.create(indicator="csi", value=900, valid_from=on("2026-01-01"))
    text = page(store_manager).get(f"/dashboard/{NOVEMBER}").text
    tile = text[text.index('id="kpi-csi"') : text.index('id="kpi-css"')]
    for shown in ("873.9", "900.0", "−26.1", "838.3–909.5", "Small sample", "Not distinguishable", "Target missed"):
        assert shown in tile
    assert 'href="/dashboard/csi/?store=S01&amp;period=2026-11"' in tile
    assert 'href="/dashboard/csi/rows/?store=S01&amp;period=2026-11"' in tile


def test_a_missing_target_is_never_green(page, store_manager, figures):
    text = page(store_manager).get(f"/dashboard/{NOVEMBER}").text
    tile = text[text.index('id="kpi-csi"') : text.index('id="kpi-css"')]
    assert "No target" in tile
    assert "tone-good" not in tile


def test_the_chart_has_twelve_months_and_a_table_twin(page, store_manager, figures):
    answer = page(store_manager).get(f"/dashboard/{NOVEMBER}&chart=comeback_rate")
    chart = answer.context["dashboard"].chart
    assert (chart["labels"][0], chart["labels"][-1], len(chart["labels"])) == ("2025-12", "2026-11", 12)
    assert chart["series"][0]["values"] == [None] * 11 + [0.0]
    assert chart["band"][-1] == [0.0, 49.0]
    assert chart["target"] == 3.0
    assert "Numbers as a table" in answer.text


def test_a_new_questionnaire_version_breaks_the_line(page, store, store_manager, figures):
    # Domain rules 2.1: scores of two versions are not one line.
    make_responses(store, make_questionnaire(version=2), ["700"] * 12, on("2026-10-05"))
    announce_days(store.pk, on("2026-10-05"))
    chart = page(store_manager).get(f"/dashboard/{NOVEMBER}").context["dashboard"].chart
    assert [(line["name"], line["values"][-2:]) for line in chart["series"]] == [
        ("Service satisfaction (CSI) (csi-test.2)", [700.0, None]),
        ("Service satisfaction (CSI) (csi-test.1)", [None, 873.9]),
    ]


def test_a_single_month_with_few_answers_offers_three(page, store_manager, figures):
    assert "?store=S01&amp;period=r3%3A2026-11" in page(store_manager).get(f"/dashboard/{NOVEMBER}").text
    assert "One month has few answers" not in page(store_manager).get("/dashboard/?store=S01&period=2026-Q4").text


def test_advisers_are_listed_with_their_rows(page, store_manager, advisor, figures):
    rows = page(store_manager).get(f"/dashboard/{NOVEMBER}").context["dashboard"].employees
    assert [(name, value.n, str(value.value), url) for name, value, url in rows] == [
        ("Sam", 32, "873.9", f"/dashboard/csi/rows/?store=S01&period=2026-11&employee={advisor.pk}")
    ]


def test_the_current_month_is_shown_first(page, store_manager, time_machine):
    time_machine.move_to(NOW)
    assert str(page(store_manager).get("/dashboard/").context["picker"].period) == "2026-11"


def test_one_who_sees_several_stores_starts_with_all(page, administrator, store, other_store, figures):
    make_handed_over(other_store)
    announce_days(other_store.pk, DAY)
    whole = page(administrator).get("/dashboard/?period=2026-11").context["dashboard"].tiles["on_time_handover"].value
    one = page(administrator).get("/dashboard/?period=2026-11&store=S02").context["dashboard"].tiles["on_time_handover"].value
    assert (whole.n, whole.store, one.n, one.store.code) == (5, None, 1, "S02")


# Bad addresses and strangers


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/csi/", "/dashboard/csi/rows/"])
@pytest.mark.parametrize("code", ["S02", "S99"])
def test_a_foreign_store_answers_like_one_that_never_existed(page, store_manager, other_store, path, code):
    assert page(store_manager).get(f"{path}?store={code}").status_code == 404


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/csi/", "/dashboard/csi/rows/"])
def test_people_without_the_right_are_refused(page, advisor, path):
    assert page(advisor).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/csi/", "/dashboard/csi/rows/"])
def test_a_wrong_period_is_named(page, store_manager, path):
    answer = page(store_manager).get(f"{path}?period=2026-13")
    assert answer.status_code == 400
    assert "“2026-13” is not a period" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/cci/",
        "/dashboard/cci/rows/",
        "/dashboard/?chart=cci",
        "/dashboard/csi/rows/?side=left",
        "/dashboard/csi/rows/?employee=x",
        "/dashboard/csi/rows/?list=1",
    ],
)
def test_an_unknown_indicator_side_or_person_is_not_found(page, store_manager, path):
    assert page(store_manager).get(path).status_code == 404


# Cost


def test_the_dashboard_asks_few_questions_however_much_happened(page, store, store_manager, figures, django_assert_max_num_queries):
    client = page(store_manager)
    client.get(f"/dashboard/{NOVEMBER}")
    assert not DirtyDay.objects.exists()
    with django_assert_max_num_queries(25):
        client.get(f"/dashboard/{NOVEMBER}")
    for _number in range(20):
        make_handed_over(store)
    announce_days(store.pk, DAY)
    client.get(f"/dashboard/{NOVEMBER}")
    with django_assert_max_num_queries(25):
        client.get(f"/dashboard/{NOVEMBER}")


def test_the_page_of_an_indicator_asks_few_questions(page, store_manager, figures, django_assert_max_num_queries):
    client = page(store_manager)
    client.get(f"/dashboard/csi/{NOVEMBER}")
    with django_assert_max_num_queries(28):
        client.get(f"/dashboard/csi/{NOVEMBER}")


# The page of one indicator


def test_it_says_how_it_is_counted_and_where_programs_find_it(page, store_manager, figures):
    text = page(store_manager).get(f"/dashboard/on_time_handover/{NOVEMBER}").text
    for shown in (
        "Handed over at or before the promised time",
        "Visits without a promised time.",
        "/api/v1/kpis/?store=S01&amp;period=2026-11&amp;codes=on_time_handover",
    ):
        assert shown in text
    assert 'href="/dashboard/on_time_handover/rows/?store=S01&amp;period=2026-11&amp;side=over">3</a>' in text
    assert 'href="/dashboard/on_time_handover/rows/?store=S01&amp;period=2026-11&amp;side=under">4</a>' in text


def test_it_compares_with_the_period_before_and_the_year_before(page, store_manager, figures):
    detail = page(store_manager).get(f"/dashboard/csi/{NOVEMBER}").context["detail"]
    assert [str(value.period) for value in detail.earlier] == ["2026-10", "2025-11"]
    detail = page(store_manager).get("/dashboard/csi/?store=S01&period=2026").context["detail"]
    assert [str(value.period) for value in detail.earlier] == ["2025"]


def test_it_shows_the_place_a_maker_asks_for(page, store_manager, figures):
    # S3-21: 950 points and place 40.
    Target.objects.filter(indicator="css").update(rank=40, rank_scope="South China")
    assert "40 · South China" in page(store_manager).get(f"/dashboard/css/{NOVEMBER}").text


# The rows behind (KP2)


@pytest.mark.parametrize("seed", [5])
def test_every_number_equals_the_rows_behind_it(page, administrator, db, seed):
    world = World(seed, visits=60)
    for store in world.stores:
        announce_days(store.pk, *world.all_days())
    client = page(administrator)
    for code, tile in client.get("/dashboard/?period=r3:2026-11").context["dashboard"].tiles.items():
        if not tile.indicator.is_quota:
            assert listed(client, code, "under") == tile.value.n, code
            if not tile.indicator.is_mean:
                assert listed(client, code, "over") == tile.value.numerator, code


def listed(client, code, side):
    """Count the rows of all lists of one side."""
    first = client.get(f"/dashboard/{code}/rows/?period=r3:2026-11&side={side}")
    lists = range(max(1, len(first.context["list"].tabs)))
    return sum(client.get(f"/dashboard/{code}/rows/?period=r3:2026-11&side={side}&list={number}").context["page_obj"].paginator.count for number in lists)


def test_the_rows_of_one_employee_equal_the_number_too(page, administrator, db):
    world = World(6, visits=60)
    store, person = world.stores[0], world.people[world.stores[0].pk][0]
    announce_days(store.pk, *world.all_days())
    client = page(administrator)
    for code in ("csi", "coverage", "complaint_feedback_in_time", "reissue_rate", "comeback_rate", "top_box_sales", "ms_average"):
        rows = client.get(f"/dashboard/{code}/rows/?store={store.code}&period=r3:2026-11&employee={person.pk}")
        shown = {name: value.n for name, value, _url in client.get(f"/dashboard/{code}/?store={store.code}&period=r3:2026-11").context["detail"].employees}
        assert rows.context["page_obj"].paginator.count == shown.get(person.name, 0), code


def test_a_row_leads_to_its_object_and_says_whether_it_counts(page, store_manager, figures):
    answer = page(store_manager).get(f"/dashboard/on_time_handover/rows/{NOVEMBER}")
    assert "4 rows" in answer.text
    assert [row["counts"] for row in answer.context["rows"]].count(True) == 3
    assert all(row["url"].startswith("/visits/") for row in answer.context["rows"])


def test_a_rate_over_two_kinds_of_rows_has_two_lists(page, store_manager, figures):
    tabs = page(store_manager).get(f"/dashboard/complaint_rate/rows/{NOVEMBER}").context["list"].tabs
    assert [(str(label), count) for label, _url, count in tabs] == [("Visits", 4), ("Deliveries", 0)]


def test_the_rows_cost_few_questions(page, store, store_manager, figures, django_assert_max_num_queries):
    for _number in range(20):
        make_slip(store, store_manager, opened_at=NOW - timedelta(days=5))
    client = page(store_manager)
    with django_assert_max_num_queries(10):
        client.get(f"/dashboard/complaint_feedback_in_time/rows/{NOVEMBER}")


def test_one_may_see_a_number_but_not_its_rows(page, store, figures):
    # A care agent sees the mystery-shop average, the single shops only who oversees audits.
    agent = make_user("ann", Role.CARE_AGENT, store)
    assert page(agent).get(f"/dashboard/ms_average/rows/{NOVEMBER}").status_code == 403
    assert page(agent).get(f"/dashboard/ms_average/{NOVEMBER}").context["detail"].sides == {"over": "", "under": ""}
