"""The pages of a mystery shop: list, create, score on a phone, submit, result."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from surveys.models import MysteryShop
from tests.factories import make_user
from tests.surveys.conftest import finish, make_shop, photo


def filled(shop, **changes):
    """Return what a browser sends with full points everywhere."""
    sent = {f"earned-{item.pk}": item.points for item in shop.items} | {"remark": ""}
    return sent | {f"{name}-{shop.items[index].pk}": value for (name, index), value in changes.get("fields", {}).items()}


def test_creating_leads_to_the_scoring_page(store, sales_checklist, salesperson, auditor, page):
    client = page(auditor)
    assert client.get("/mystery-shops/create/").status_code == 200
    sent = {"store": store.pk, "checklist": sales_checklist.pk, "kind": "covert", "employee": salesperson.pk, "visited_on": "2026-11-18"}
    answer = client.post("/mystery-shops/create/", sent)
    shop = MysteryShop.objects.get()
    assert (shop.auditor, shop.employee, shop.kind) == (auditor, salesperson, "covert")
    assert answer["Location"] == f"/mystery-shops/{shop.pk}/enter/"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("visited_on", "2126-01-01", "The day of the visit must not lie in the future."),
        ("visited_on", "soon", "Enter a valid date."),
        ("kind", "friendly", "Select a valid choice."),
        ("employee", "999999", "Select a valid choice."),
        ("store", "", "This field is required."),
    ],
)
def test_creating_names_the_wrong_field(store, sales_checklist, salesperson, auditor, page, field, value, message):
    sent = {"store": store.pk, "checklist": sales_checklist.pk, "kind": "covert", "employee": salesperson.pk, "visited_on": "2026-11-18", field: value}
    answer = page(auditor).post("/mystery-shops/create/", sent)
    assert answer.status_code == 422
    assert message in answer.context["form"].errors[field][0]
    assert not MysteryShop.objects.exists()


def test_creating_offers_the_front_line_of_the_own_stores_only(store, other_store, sales_checklist, salesperson, advisor, agent, auditor, page):
    far = make_user("far", Role.SALESPERSON, other_store)
    offered = set(page(auditor).get("/mystery-shops/create/").context["form"].fields["employee"].queryset)
    assert {salesperson, advisor} == offered
    assert far not in offered


def test_the_scoring_page_shows_every_item_with_big_controls(shop, auditor, page):
    html = page(auditor).get(f"/mystery-shops/{shop.pk}/enter/").content.decode()
    assert html.count("data-item") == 12
    assert 'accept="image/*"' in html and 'capture="environment"' in html
    # Points 0 to 5 for six items, 0 to 3 for five, 0 to 10 for one; three may be not applicable.
    assert html.count('type="radio"') == 6 * 6 + 5 * 4 + 11 + 3


def test_a_draft_is_saved_and_shown_again(shop, auditor, page):
    client = page(auditor)
    item = shop.items[0]
    answer = client.post(f"/mystery-shops/{shop.pk}/enter/", {f"earned-{item.pk}": "3", f"note-{item.pk}": "Late", f"photo-{item.pk}": photo()}, follow=True)
    html = answer.content.decode()
    assert "The draft has been saved." in html
    assert 'value="Late"' in html
    assert "60.0" in html
    assert f"/mystery-shops/{shop.pk}/photos/{item.pk}/" in html
    assert shop.scores.get().earned == 3


def test_not_applicable_is_saved(shop, auditor, page):
    item = shop.items[5]
    page(auditor).post(f"/mystery-shops/{shop.pk}/enter/", {f"earned-{item.pk}": "na"})
    assert shop.scores.get().is_na


@pytest.mark.parametrize(("name", "value"), [("earned", "6"), ("earned", "na"), ("earned", "x"), ("note", "x" * 301)])
def test_a_wrong_item_is_marked_and_nothing_is_saved(shop, auditor, page, name, value):
    item = shop.items[0]
    answer = page(auditor).post(f"/mystery-shops/{shop.pk}/enter/", {f"earned-{shop.items[1].pk}": "1", f"{name}-{item.pk}": value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [f"{name}-{item.pk}"]
    assert not shop.scores.exists()


def test_a_file_that_is_no_photo_is_marked_at_its_item(shop, auditor, page):
    item = shop.items[0]
    upload = SimpleUploadedFile("x.jpg", b"<svg onload='alert(1)'/>", "image/jpeg")
    answer = page(auditor).post(f"/mystery-shops/{shop.pk}/enter/", {f"earned-{item.pk}": "1", f"photo-{item.pk}": upload})
    assert answer.status_code == 422
    assert "This is not a photo. JPEG, PNG and WebP are accepted." in answer.content.decode()


def test_submitting_fixes_the_score_and_shows_the_result(shop, auditor, page):
    answer = page(auditor).post(f"/mystery-shops/{shop.pk}/submit/", filled(shop, fields={("earned", 11): 5}), follow=True)
    html = answer.content.decode()
    assert "Submitted with 90.91 points; Sally has been told." in html
    assert "Passed" in html
    assert MysteryShop.objects.get().submitted_at is not None


def test_submitting_an_unfinished_checklist_keeps_the_draft(shop, auditor, page):
    sent = filled(shop)
    del sent[f"earned-{shop.items[4].pk}"]
    address = f"/mystery-shops/{shop.pk}/enter/"
    answer = page(auditor).post(f"/mystery-shops/{shop.pk}/submit/", sent, headers={"referer": f"http://testserver{address}"}, follow=True)
    assert "1 item is not scored yet: “Display cars clean, prices and data shown”" in answer.content.decode()
    assert answer.redirect_chain[-1][0].endswith(address)
    assert shop.scores.count() == 11
    assert MysteryShop.objects.get().submitted_at is None


def test_a_submitted_shop_has_no_scoring_page(shop, auditor, page):
    finish(shop, auditor)
    assert page(auditor).get(f"/mystery-shops/{shop.pk}/enter/")["Location"] == f"/mystery-shops/{shop.pk}/"


def test_discarding_from_the_page(shop, auditor, page):
    assert page(auditor).post(f"/mystery-shops/{shop.pk}/discard/")["Location"] == "/mystery-shops/"
    assert not MysteryShop.objects.exists()


def test_the_adviser_sees_the_own_result_only(shop, store, sales_checklist, sales_manager, salesperson, auditor, page):
    other = finish(make_shop(store, sales_checklist, sales_manager, auditor), auditor)
    client = page(salesperson)
    assert client.get(f"/mystery-shops/{shop.pk}/").status_code == 404
    finish(shop, auditor)
    assert client.get(f"/mystery-shops/{shop.pk}/").status_code == 200
    assert client.get(f"/mystery-shops/{other.pk}/").status_code == 404
    assert [row.pk for row in client.get("/mystery-shops/").context["page_obj"]] == [shop.pk]


def test_the_pages_refuse_strangers_those_without_the_right_and_get(shop, auditor, agent, sales_manager, other_store, page):
    far = page(make_user("olga", Role.AUDITOR, other_store))
    for verb in ("enter", "submit", "discard"):
        address = f"/mystery-shops/{shop.pk}/{verb}/"
        assert far.post(address).status_code == 404
        assert page(agent).post(address).status_code == 403
        assert page(sales_manager).post(address).status_code == 403
        if verb != "enter":
            assert page(auditor).get(address).status_code == 405
    assert far.get(f"/mystery-shops/{shop.pk}/").status_code == 404
    assert page(agent).get("/mystery-shops/").status_code == 403
    assert page(sales_manager).get("/mystery-shops/create/").status_code == 403


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("month=2026-11", True),
        ("month=2026-10", False),
        ("kind=announced", True),
        ("kind=covert", False),
        ("side=sales", True),
        ("side=after_sales", False),
        ("submitted=true", True),
        ("submitted=false", False),
        ("visited_from=2026-11-18&visited_to=2026-11-18", True),
        ("visited_to=2026-11-17", False),
        ("month=2026-13", False),
        ("month=november", False),
    ],
)
def test_filters_narrow_the_list(shop, auditor, salesperson, page, query, is_shown):
    finish(shop, auditor)
    answer = page(auditor).get(f"/mystery-shops/?employee={salesperson.pk}&{query}")
    assert [row.pk for row in answer.context["page_obj"]] == ([shop.pk] if is_shown else [])


def test_the_list_takes_at_most_ten_queries(store, sales_checklist, salesperson, auditor, page, django_assert_max_num_queries):
    for _number in range(5):
        make_shop(store, sales_checklist, salesperson, auditor)
    client = page(auditor)
    with django_assert_max_num_queries(15):
        client.get("/mystery-shops/")


def test_the_scoring_page_takes_at_most_ten_queries(shop, auditor, page, django_assert_max_num_queries):
    client = page(auditor)
    with django_assert_max_num_queries(10):
        client.get(f"/mystery-shops/{shop.pk}/enter/")
