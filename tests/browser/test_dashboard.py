"""Tour, step 5: the store manager reads the figures, looks at a trend and goes down to the rows (KP2)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from activity.services import announce_days
from kpis.models import Target
from surveys.models import Questionnaire
from tests.factories import NOW, make_handed_over, on
from tests.kpis.builders import make_responses

pytestmark = pytest.mark.browser
NOVEMBER = "?store=S01&period=2026-11"


@pytest.fixture
def figures(store, advisor, defaults, wednesday):
    """32 interviews and four visits of November, one of them late; 16 interviews of October; the CSI should be 900."""
    Target.objects.create(indicator="csi", store=store, value=900, valid_from=on("2026-01-01"))
    csi = Questionnaire.objects.get(code="csi-5f")
    make_responses(store, csi, ["912.3456", "850", "1000", "733.3"] * 8, on("2026-11-17"), employee=advisor)
    make_responses(store, csi, ["880"] * 16, on("2026-10-15"), employee=advisor)
    for minutes in (0, 0, 0, 1):
        make_handed_over(store, advisor=advisor, promised_at=NOW - timedelta(minutes=minutes))
    announce_days(store.pk, on("2026-10-15"), on("2026-11-17"), on("2026-11-18"))


def test_a_tile_says_value_target_gap_n_and_interval(window, picture, store_manager, figures):
    tab = window(store_manager)
    tab.goto(f"/dashboard/{NOVEMBER}")
    picture(tab)
    tile = tab.locator("#kpi-csi")
    for shown in ("873.9", "Target900.0", "Gap−26.1", "n32", "Interval (95%)838.3–909.5"):
        expect(tile).to_contain_text(shown)


def test_the_trend_is_drawn_and_told_as_a_table(window, picture, store_manager, figures):
    tab = window(store_manager)
    tab.goto(f"/dashboard/{NOVEMBER}&chart=csi")
    trend = tab.locator("#trend")
    expect(trend.locator("svg path").first).to_be_attached()
    trend.get_by_text("Numbers as a table").click()
    expect(trend.get_by_role("row", name="2026-11")).to_contain_text("873.9")
    expect(trend.get_by_role("row", name="2026-10")).to_contain_text("880.0")
    trend.scroll_into_view_if_needed()
    picture(tab)


@pytest.mark.parametrize(("code", "n"), [("csi", 32), ("on_time_handover", 4)])
def test_a_number_opens_just_the_rows_it_counts(window, picture, store_manager, figures, code, n):
    tab = window(store_manager)
    tab.goto(f"/dashboard/{NOVEMBER}")
    tab.locator(f"#kpi-{code}").get_by_role("link", name=f"Show the {n} rows").click()
    expect(tab.locator("#row-count")).to_have_text(f"{n} rows")
    expect(tab.locator("tbody tr")).to_have_count(n)
    picture(tab)


def test_the_dashboard_fits_a_phone(window, picture, store_manager, figures):
    tab = window(store_manager, width=360)
    tab.goto(f"/dashboard/{NOVEMBER}")
    tab.locator("#trend svg").first.wait_for(state="attached")
    picture(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
