"""Whatever stands in an address, a list answers with a page or a clear 400, never a 500 (T6, T105, T135)."""

import pytest
from django.test import Client
from django.urls import reverse

from dealership.api_urls import router
from tests.test_access import PAGES, required, signed_in, with_token

pytestmark = pytest.mark.usefixtures("defaults")

LISTS = [name for name, pattern in PAGES.items() if not pattern.pattern.converters and required(name)]
NONSENSE = ["abc", "-1", "0", "999999999999999999999999", "1.5", "2026-13-45", "0000-00-00", "٣", "😀", "%", "x" * 5000, "' OR 1=1 --", "<script>", "\x7f"]
COMMON = ["page", "page_size", "q", "customer", "store", "employee", "advisor", "visit", "plan", "period", "code", "created_from", "updated_since", "status"]


def declared_filters():
    """Return every filter any list declares, so that none is forgotten."""
    filtersets = [viewset.filterset_class for _prefix, viewset, _basename in router.registry if getattr(viewset, "filterset_class", None)]
    return sorted(set(COMMON).union(*(filterset.base_filters for filterset in filtersets)))


FILTERS = declared_filters()
NUMBERS = ["page", "customer", "vehicle", "visit", "delivery", "store", "employee", "advisor", "plan", "period"]


@pytest.mark.parametrize("value", NONSENSE)
def test_the_lists_survive_nonsense_in_their_addresses(value, administrator):
    client = signed_in(administrator)
    answers = {name: client.get(reverse(name), dict.fromkeys(FILTERS, value)).status_code for name in LISTS}
    assert {name: status for name, status in answers.items() if status >= 500} == {}


def test_each_filter_alone_survives_a_huge_number(administrator):
    client = signed_in(administrator)
    answers = {(name, each): client.get(reverse(name), {each: "999999999999999999999999"}).status_code for name in LISTS for each in NUMBERS}
    assert {each: status for each, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize(("prefix", "viewset"), [(prefix, viewset) for prefix, viewset, _basename in router.registry])
def test_an_endpoint_answers_nonsense_with_a_clear_400(prefix, viewset, administrator):
    client, wrong = with_token(administrator), {}
    filterset = getattr(viewset, "filterset_class", None)
    for name in [*(filterset.base_filters if filterset else ()), "page", "page_size", "nobody_knows_me"]:
        for value in NONSENSE:
            response = client.get(f"/api/v1/{prefix}/", {name: value})
            if response.status_code not in {200, 400, 404} or "json" not in response["Content-Type"]:
                wrong[name, value] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize(("prefix", "viewset"), [(prefix, viewset) for prefix, viewset, _basename in router.registry if hasattr(viewset, "create")])
@pytest.mark.parametrize(
    "body",
    [[], 7, "text", {}, {"store": {}}, {"store": 10**30, "customer": "x", "name": ["a"]}, {"name": "a\x00b"}, {"status": "done", "surprise": 1}],
    ids=repr,
)
def test_an_endpoint_names_what_is_wrong_with_a_body(prefix, viewset, body, administrator):
    response = with_token(administrator).post(f"/api/v1/{prefix}/", body, format="json")
    assert response.status_code == 400, response.content
    assert response.json()["errors"]


def test_a_null_character_in_an_address_is_refused(administrator):
    response = signed_in(administrator).get("/customers/?q=%00")
    assert response.status_code == 400


def test_a_page_nobody_knows_is_a_404(administrator):
    assert signed_in(administrator).get("/nothing/here/").status_code == 404
    assert Client().get("/customers/999999999999999999999999/").status_code in {302, 404}
