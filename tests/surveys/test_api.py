"""The API of questionnaires, responses, checklists and mystery shops: the same rules as the pages."""

import pytest

from accounts.roles import Role
from surveys.models import MysteryShop, Response
from tests.factories import make_customer, make_user, make_visit
from tests.surveys.conftest import finish

GOOD = {"facility": 9, "courtesy": 9, "appointment": 8, "promised-time": 10, "first-time": 10, "words": "Thank you", "need": None}


@pytest.fixture
def body(visit, csi):
    return {
        "store": visit.store_id,
        "questionnaire": csi.pk,
        "customer": visit.customer_id,
        "vehicle": visit.vehicle_id,
        "visit": visit.pk,
        "employee": visit.advisor_id,
        "served_on": "2026-11-18",
        "answers": GOOD,
    }


def test_questionnaires_are_read_with_factors_and_questions(csi, agent, auditor, api):
    listed = api(agent).get("/api/v1/questionnaires/?code=csi-5f").json()["results"]
    assert [factor["weight"] for factor in listed[0]["factors"]] == ["17.000", "18.000", "21.000", "21.000", "24.000"]
    assert listed[0]["questions"][0]["factor"] == "initiation"
    assert api(agent).post("/api/v1/questionnaires/", {}).status_code == 405
    assert api(auditor).get("/api/v1/questionnaires/").status_code == 403


def test_a_response_is_created_scored(body, agent, api):
    answer = api(agent).post("/api/v1/responses/", body)
    assert answer.status_code == 201
    created = answer.json()
    # (17·800 + 18·900 + 21·900 + 21·1000 + 24·1000) / 101
    assert (created["points"], created["mood"], created["is_counted"], created["submitted_by"]) == ("927.7228", "satisfied", True, agent.pk)
    assert {row["question"]: row["value"] for row in created["answers"]}["facility"] == 9
    assert {row["factor"]: row["points"] for row in created["factor_scores"]}["quality"] == "1000.0000"
    assert api(agent).get(f"/api/v1/responses/{created['id']}/").json() == created


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answers": GOOD | {"facility": 11}}, "answers"),
        ({"answers": GOOD | {"facility": 9.5}}, "answers"),
        ({"answers": GOOD | {"facility": [9]}}, "answers"),
        ({"answers": GOOD | {"words": {"a": 1}}}, "answers"),
        ({"answers": GOOD | {"nonsense": 1}}, "answers"),
        ({"answers": {}}, "answers"),
        ({"answers": "good"}, "answers"),
        ({"served_on": "2126-01-01"}, "served_on"),
        ({"served_on": "18.11.2026"}, "served_on"),
        ({"mode": "telepathy"}, "mode"),
        ({"points": 1000}, "points"),
        ({"questionnaire": 999999}, "questionnaire"),
        ({"employee": 999999}, "employee"),
        ({"remark": "\x00"}, "remark"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(body, agent, api, changes, field):
    answer = api(agent).post("/api/v1/responses/", body | changes)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Response.objects.exists()


def test_a_wrong_answer_names_its_question(body, agent, api):
    errors = api(agent).post("/api/v1/responses/", body | {"answers": GOOD | {"facility": 11}}).json()["errors"]
    assert list(errors["answers"]) == ["facility"]
    assert "takes a whole number from 1 to 10" in errors["answers"]["facility"][0]


def test_foreign_rows_answer_like_unknown_ones(body, agent, other_store, api):
    far = make_visit(other_store)
    for field, value in {"store": other_store.pk, "customer": far.customer_id, "visit": far.pk, "vehicle": far.vehicle_id}.items():
        foreign = api(agent).post("/api/v1/responses/", body | {field: value}).json()["errors"]
        unknown = api(agent).post("/api/v1/responses/", body | {field: 999999}).json()["errors"]
        assert list(foreign) == list(unknown) == [field]
    far_person = make_user("far", Role.SERVICE_ADVISOR, other_store)
    assert list(api(agent).post("/api/v1/responses/", body | {"employee": far_person.pk}).json()["errors"]) == ["employee"]


def test_an_adviser_of_another_store_of_the_caller_is_refused(body, other_store, administrator, api):
    far_person = make_user("far", Role.SERVICE_ADVISOR, other_store)
    answer = api(administrator).post("/api/v1/responses/", body | {"employee": far_person.pk})
    assert answer.json()["errors"] == {"employee": ["The adviser does not work in this store."]}


def test_a_visit_of_another_customer_is_refused(body, agent, store, api):
    answer = api(agent).post("/api/v1/responses/", body | {"customer": make_customer(store).pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["visit"])


def test_those_without_the_right_are_refused(body, advisor, auditor, store_manager, api):
    for person in (advisor, auditor, store_manager):
        assert api(person).post("/api/v1/responses/", body).status_code == 403


def test_a_response_cannot_be_changed_or_deleted(submitted, care_manager, api):
    for method in ("put", "patch", "delete"):
        assert getattr(api(care_manager), method)(f"/api/v1/responses/{submitted.pk}/", {}).status_code == 405


def test_responses_are_listed_with_the_filters_of_the_page(submitted, agent, stranger, api):
    assert api(agent).get("/api/v1/responses/?mood=complaining&index=csi&rating_below=5").json()["count"] == 1
    assert api(agent).get("/api/v1/responses/?mood=satisfied").json()["count"] == 0
    assert api(stranger).get("/api/v1/responses/").json()["count"] == 0
    assert api(stranger).get(f"/api/v1/responses/{submitted.pk}/").status_code == 404
    assert list(api(agent).get("/api/v1/responses/?mod=phone").json()["errors"]) == ["mod"]
    assert list(api(agent).get("/api/v1/responses/?served_from=yesterday").json()["errors"]) == ["served_from"]


def test_a_mystery_shop_is_scored_by_api(store, sales_checklist, salesperson, auditor, api):
    client = api(auditor)
    listed = client.get("/api/v1/checklists/?code=ms-sales").json()["results"][0]
    created = client.post(
        "/api/v1/mystery-shops/", {"store": store.pk, "checklist": listed["id"], "kind": "announced", "employee": salesperson.pk, "visited_on": "2026-11-18"}
    )
    assert created.status_code == 201
    address = f"/api/v1/mystery-shops/{created.json()['id']}/"
    items = [{"item": item["id"], "earned": item["points"], "note": ""} for item in listed["items"]]
    items[5] = {"item": items[5]["item"], "is_na": True}
    assert client.post(f"{address}submit/").json()["code"] == "items_missing"
    assert client.post(f"{address}enter/", {"items": items, "remark": "By another program"}).status_code == 200
    submitted = client.post(f"{address}submit/").json()
    assert (submitted["score"], submitted["side"], submitted["remark"]) == ("100.00", "sales", "By another program")
    assert submitted["scores"][5]["is_na"] is True
    assert client.post(f"{address}submit/").status_code == 409
    assert client.post(f"{address}enter/", {"items": items}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"items": [{"item": 999999, "earned": 1}]},
        {"items": [{"item": "first", "earned": 1}]},
        {"items": [{"earned": 1}]},
        {"items": [{"item": 1, "points": 1}]},
        {"items": "all"},
        {},
    ],
)
def test_wrong_entries_are_refused(shop, auditor, api, body):
    answer = api(auditor).post(f"/api/v1/mystery-shops/{shop.pk}/enter/", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["items"])
    assert not shop.scores.exists()


def test_too_many_points_are_refused(shop, auditor, api):
    answer = api(auditor).post(f"/api/v1/mystery-shops/{shop.pk}/enter/", {"items": [{"item": shop.items[0].pk, "earned": 6}]})
    assert answer.status_code == 400
    assert "takes a whole number from 0 to 5" in answer.json()["detail"]


def test_creating_refuses_foreign_people_and_stores(store, other_store, sales_checklist, salesperson, auditor, api):
    body = {"store": store.pk, "checklist": sales_checklist.pk, "kind": "announced", "employee": salesperson.pk, "visited_on": "2026-11-18"}
    far = make_user("far", Role.SALESPERSON, other_store)
    assert list(api(auditor).post("/api/v1/mystery-shops/", body | {"employee": far.pk}).json()["errors"]) == ["employee"]
    assert list(api(auditor).post("/api/v1/mystery-shops/", body | {"store": other_store.pk}).json()["errors"]) == ["store"]
    assert list(api(auditor).post("/api/v1/mystery-shops/", body | {"score": 100}).json()["errors"]) == ["score"]
    assert not MysteryShop.objects.exists()


def test_mystery_shops_keep_to_those_who_may_see_them(shop, auditor, salesperson, agent, other_store, api):
    address = f"/api/v1/mystery-shops/{shop.pk}/"
    far_auditor = make_user("olga", Role.AUDITOR, other_store)
    assert api(agent).get(address).status_code == 403
    assert api(salesperson).get(address).status_code == 404
    for verb in ("enter", "submit", "discard"):
        assert api(far_auditor).post(f"{address}{verb}/", {"items": []} if verb == "enter" else None).status_code == 404
        assert api(salesperson).post(f"{address}{verb}/").status_code == 403
        assert api(auditor).get(f"{address}{verb}/").status_code == 405
    finish(shop, auditor)
    assert api(salesperson).get(address).json()["score"] == "100.00"


def test_a_draft_is_discarded_by_api(shop, auditor, api):
    assert api(auditor).post(f"/api/v1/mystery-shops/{shop.pk}/discard/").status_code == 204
    assert not MysteryShop.objects.exists()


def test_an_auditor_cannot_see_customers(auditor, visit, api, page):
    assert api(auditor).get("/api/v1/responses/").status_code == 403
    assert page(auditor).get(f"/customers/{visit.customer_id}/").status_code == 403
