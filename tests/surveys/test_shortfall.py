"""What is due in a month and what is missing: 2 per sales adviser, 1 for the sales manager, 2 covert in total (S3-27, S3-29)."""

import pytest

from accounts.roles import Role
from surveys.models import Checklist, MysteryShop, MysteryShopQuota
from surveys.services import mystery_shop_shortfall
from tests.factories import make_user, on
from tests.surveys.conftest import finish, make_shop


def shortfall(store, day="2026-10-01"):
    return {(line.quota.kind, line.whom): (line.done, line.due, line.missing) for line in mystery_shop_shortfall(store, on(day))}


@pytest.fixture
def shopped(store, sales_checklist, auditor):
    def one(employee, day="2026-10-10", **fields):
        return finish(make_shop(store, sales_checklist, employee, auditor, visited_on=on(day), **fields), auditor)

    return one


def test_an_empty_month_lacks_everything(store, shipped, salesperson, sales_manager):
    assert shortfall(store) == {("announced", "Sally"): (0, 2, 2), ("announced", "Steve"): (0, 1, 1), ("covert", "Customer care"): (0, 2, 2)}


def test_announced_shops_count_for_their_person(store, salesperson, sales_manager, shopped):
    shopped(salesperson)
    shopped(salesperson, "2026-10-31")
    shopped(salesperson, "2026-10-31")
    shopped(sales_manager)
    assert shortfall(store) == {("announced", "Sally"): (3, 2, 0), ("announced", "Steve"): (1, 1, 0), ("covert", "Customer care"): (0, 2, 2)}


def test_covert_shops_count_for_the_whole_store_on_either_side(store, salesperson, advisor, auditor, shopped):
    shopped(salesperson, kind=MysteryShop.Kind.COVERT)
    after_sales = Checklist.objects.get(code="ms-after-sales")
    finish(make_shop(store, after_sales, advisor, auditor, kind=MysteryShop.Kind.COVERT, visited_on=on("2026-10-02")), auditor)
    assert shortfall(store)["covert", "Customer care"] == (2, 2, 0)
    assert shortfall(store)["announced", "Sally"] == (0, 2, 2)


def test_only_submitted_shops_of_the_month_and_store_count(store, other_store, sales_checklist, salesperson, auditor, shopped):
    make_shop(store, sales_checklist, salesperson, auditor, visited_on=on("2026-10-10"))
    shopped(salesperson, "2026-09-30")
    shopped(salesperson, "2026-11-01")
    far, far_auditor = make_user("far", Role.SALESPERSON, other_store), make_user("olga", Role.AUDITOR, other_store)
    finish(make_shop(other_store, sales_checklist, far, far_auditor, visited_on=on("2026-10-10")), far_auditor)
    assert shortfall(store)["announced", "Sally"] == (0, 2, 2)


def test_people_who_left_and_group_heads_owe_nothing(store, shipped):
    make_user("gone", Role.SALESPERSON, store, is_active=False)
    make_user("head", Role.SALES_MANAGER, is_group=True)
    assert list(shortfall(store)) == [("covert", "Customer care")]


def test_a_quota_counts_in_its_own_time(store, shipped, salesperson):
    MysteryShopQuota.objects.filter(role=Role.SALESPERSON).update(valid_to=on("2026-09-30"))
    MysteryShopQuota.objects.create(kind="announced", side="sales", role=Role.SALESPERSON, per_month=3, valid_from=on("2026-10-01"))
    assert shortfall(store, "2026-09-15")["announced", "Sally"] == (0, 2, 2)
    assert shortfall(store, "2026-10-15")["announced", "Sally"] == (0, 3, 3)


def test_it_takes_three_queries(store, shipped, salesperson, sales_manager, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        mystery_shop_shortfall(store, on("2026-10-01"))


def test_the_page_shows_the_shortfall_of_the_month(store, shipped, salesperson, care_manager, page):
    html = page(care_manager).get("/mystery-shops/?month=2026-10").content.decode()
    assert "Due in 2026-10: Store S01" in html
    assert "The month is over" in html
    assert html.count("2 missing") == 2


def test_an_adviser_sees_no_shortfall_of_others(store, shipped, salesperson, page):
    html = page(salesperson).get("/mystery-shops/?month=2026-10").content.decode()
    assert "Due in" not in html


def test_the_group_chooses_a_store_first(store, other_store, shipped, salesperson, administrator, page):
    assert "Choose a store" in page(administrator).get("/mystery-shops/").content.decode()
    assert "Due in 2026-10: Store S01" in page(administrator).get(f"/mystery-shops/?month=2026-10&store={store.pk}").content.decode()


def test_the_api_agrees(store, other_store, shipped, salesperson, care_manager, api):
    answer = api(care_manager).get(f"/api/v1/mystery-shops/shortfall/?store={store.pk}&month=2026-10")
    assert [(line["kind"], line["whom"], line["employee"], line["missing"]) for line in answer.json()] == [
        ("announced", "Sally", salesperson.pk, 2),
        ("covert", "Customer care", None, 2),
    ]
    assert api(salesperson).get(f"/api/v1/mystery-shops/shortfall/?store={store.pk}&month=2026-10").status_code == 403
    assert set(api(care_manager).get(f"/api/v1/mystery-shops/shortfall/?store={other_store.pk}&month=2026-13").json()["errors"]) == {"store", "month"}
    assert set(api(care_manager).get("/api/v1/mystery-shops/shortfall/?stor=1").json()["errors"]) == {"stor"}
