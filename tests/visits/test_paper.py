"""S4-12: the repair order on paper, two to five labelled copies, one A4 page each, in Chinese."""

import pytest

from visits.models import Visit

LABELS = ["客户联", "车间联", "前台联", "财务联", "存档联"]


@pytest.mark.parametrize(("asked", "number"), [("", 3), ("2", 2), ("5", 5), ("1", 2), ("99", 5), ("x", 3), ("٣", 3), ("-1", 3)])
def test_two_to_five_copies_each_with_its_label(here, advisor, page, asked, number):
    body = page(advisor).get(f"/visits/{here.pk}/paper/?copies={asked}").content.decode()
    assert body.count('class="paper"') == number
    assert [label for label in LABELS if label in body] == LABELS[:number]


def test_every_field_of_the_order_is_on_it(here, advisor, page):
    texts = {"accessories": "雨伞一把", "symptom": "刹车异响", "work": "更换制动片", "notes": "当天取"}
    Visit.objects.filter(pk=here.pk).update(**texts, mileage=12345, fuel_level=40, estimate_ceiling=880, advisor=advisor)
    here.refresh_from_db()
    here.sign(by=advisor, agreed_by="王示例")
    body = page(advisor).get(f"/visits/{here.pk}/paper/").content.decode()
    shown = ["王示例", "13812345678", "沪A9K871", "LATPAB071W1005301", "12,345", "40 %", "880.00", "10 天或 2,000 公里", "Sam"]
    for text in [*shown, *texts.values()]:
        assert text in body
    assert 'lang="zh-hans"' in body


def test_what_the_role_may_not_see_is_not_printed(here, technician, page):
    body = page(technician).get(f"/visits/{here.pk}/paper/").content.decode()
    assert "13812345678" not in body


def test_a_stranger_gets_no_paper(here, other_advisor, page):
    assert page(other_advisor).get(f"/visits/{here.pk}/paper/").status_code == 404
