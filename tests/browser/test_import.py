"""AR5, AR6: a dirty file from the first look to the archive, and back out of it."""

import pytest
from playwright.sync_api import expect

from tests.transfers.files import ORDER_HEADER, order, workbook
from transfers.models import FileMapping
from visits.models import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def dirty(tmp_path):
    """Title lines, a header nobody knows, a visit type of the house's own, rows with mistakes, totals at the end."""
    header = ["材料总额" if title == "材料费" else title for title in ORDER_HEADER]
    rows = [
        ["示例汽车 维修工单导出"],
        [],
        header,
        order("RO1", 维修类型="养护套餐"),
        order("RO2", 车架号="LSV123"),
        order("RO3", 送修人电话="1.38E+10"),
        order("RO4", 实际交车时间="2024年2月30日"),
        ["合计", *[""] * 13, 400, 800, 1200],
    ]
    return workbook(tmp_path, rows, "工单导出.xlsx")


def test_a_dirty_file_is_looked_at_taught_taken_in_and_taken_back(window, picture, care_manager, store, dirty):
    tab = window(care_manager)
    tab.goto("/imports/new/")
    tab.get_by_label("What the file holds").select_option("visits")
    tab.get_by_label("File", exact=False).locator("visible=true").last.set_input_files(dirty)
    expect(tab.get_by_label("Check first, then decide")).to_be_checked()
    tab.get_by_role("button", name="Import").click()
    expect(tab.get_by_text("nothing has been written yet")).to_be_visible()
    picture(tab, "preview")
    assert not Visit.objects.exists()

    tab.get_by_label("材料总额").select_option("parts_amount")
    tab.get_by_label("养护套餐").select_option("maintenance")
    tab.get_by_role("button", name="Remember and check anew").click()
    expect(tab.get_by_text("has been checked anew")).to_be_visible()
    expect(tab.get_by_text("must have 17 characters")).to_be_visible()
    tab.get_by_role("button", name="Take it in").click()
    expect(tab.get_by_role("link", name="Rejected rows to mend")).to_be_visible()
    picture(tab, "taken")
    visit = Visit.objects.get()
    assert (visit.number, visit.kind, visit.parts_amount) == ("RO1", "maintenance", 200.5)
    assert FileMapping.objects.count() == 2

    tab.get_by_role("link", name="Undo the import").click()
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("link", name="Undo the import")).to_be_hidden()
    picture(tab, "undone")
    assert not Visit.objects.exists()
