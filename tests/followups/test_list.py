"""The list, its filters and the page of plans."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from followups.defaults import PLANS, load
from followups.models import Plan
from tests.factories import NOW, make_followup, make_handed_over, make_plan

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def standing_clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def rows(store, other_store, agent):
    """One of each kind, by name."""
    sales = make_plan("sold", side="sales", role=Role.SALESPERSON, trigger="delivery")
    found = {
        "plain": make_followup(store),
        "overdue": make_followup(store, due_at=NOW - DAY),
        "late": make_followup(store, due_at=NOW - DAY, first_attempt_at=NOW, status="done", outcome="ok"),
        "punctual": make_followup(store, due_at=NOW, first_attempt_at=NOW, promised_at=NOW, attempt_count=1),
        "sold": make_followup(store, sales, assignee=agent),
        "no_phone": make_followup(store, status="ineligible", exemption="no_phone", due_at=NOW + 3 * DAY),
        "visit": make_followup(store, visit=make_handed_over(store), due_at=NOW + 4 * DAY),
    }
    make_followup(other_store)
    return {followup.pk: name for name, followup in found.items()}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"plain", "overdue", "late", "punctual", "sold", "no_phone", "visit"}),
        ("status=done", {"late"}),
        ("status=open&overdue=true", {"overdue"}),
        ("overdue=no", {"plain", "late", "punctual", "sold", "no_phone", "visit"}),
        ("side=sales", {"sold"}),
        ("role=salesperson", {"sold"}),
        ("outcome=ok", {"late"}),
        ("attempted=yes", {"late", "punctual"}),
        ("on_time=yes", {"punctual"}),
        ("on_time=no", {"late", "overdue"}),
        ("promised=true", {"punctual"}),
        ("exemption=no_phone", {"no_phone"}),
        ("due_from=2026-11-18&due_to=2026-11-18", {"punctual"}),
        ("due_to=2026-11-17", {"overdue", "late"}),
        ("status=nonsense", set()),
        ("due_from=nonsense", set()),
        ("store=99999", set()),
    ],
)
def test_each_filter_leaves_what_it_says(page, rows, agent, query, names):
    listed = page(agent).get(f"/followups/?{query}").context["page_obj"]
    assert {rows[followup.pk] for followup in listed} == names


def test_other_pages_narrow_to_a_customer_a_visit_or_a_person(page, rows, agent):
    by_name = {name: pk for pk, name in rows.items()}
    client = page(agent)
    for name, field in (("visit", "visit"), ("visit", "vehicle"), ("plain", "customer"), ("sold", "assignee"), ("sold", "plan")):
        followup = agent.claims.model.objects.get(pk=by_name[name])
        number = getattr(followup, f"{field}_id")
        listed = [rows[one.pk] for one in client.get(f"/followups/?{field}={number}").context["page_obj"]] if number else [name]
        assert listed == [name]


def test_the_newest_deadline_stands_first(page, rows, agent):
    assert rows[page(agent).get("/followups/").context["page_obj"][0].pk] == "visit"


def test_the_list_costs_at_most_ten_queries(page, store, agent, django_assert_max_num_queries):
    for _number in range(20):
        make_followup(store, visit=make_handed_over(store))
    client = page(agent)
    with django_assert_max_num_queries(10):
        client.get("/followups/")


def test_people_without_calls_have_no_list(page, advisor):
    assert page(advisor).get("/followups/").status_code == 403


def test_the_plans_are_listed(page, defaults, agent, care_manager):
    assert "Call 3 working days after service" in page(agent).get("/followups/plans/").content.decode()
    assert "/edit/" not in page(agent).get("/followups/plans/").content.decode()
    assert "/edit/" in page(care_manager).get("/followups/plans/").content.decode()


def form_of(plan, **changes):
    fields = ("name_en", "name_zh", "offset", "unit", "role", "questionnaire_code", "priority", "max_attempts", "script_en", "script_zh")
    return {name: getattr(plan, name) for name in fields} | {"valid_from": "2020-01-01"} | changes


def test_a_plan_is_edited_for_what_comes(page, store, defaults, care_manager, agent):
    plan = Plan.objects.get(code="service-3wd")
    client, url = page(care_manager), f"/followups/plans/{plan.pk}/edit/"
    assert client.get(url).status_code == 200
    assert client.post(url, form_of(plan, offset=2, visit_kinds=["body"]))["Location"] == "/followups/plans/"
    plan.refresh_from_db()
    assert (plan.offset, plan.unit, plan.visit_kinds) == (2, "working_days", ["body"])
    assert page(agent).get(url).status_code == 403


def test_a_plan_of_all_stores_is_not_changed_from_one(page, store, other_store, defaults, care_manager, administrator):
    plan = Plan.objects.get(code="service-3wd")
    url = f"/followups/plans/{plan.pk}/edit/"
    refused = page(care_manager).post(url, form_of(plan, offset=2))
    assert (refused.status_code, "This holds for every store" in refused.content.decode()) == (403, True)
    page(administrator).post(url, form_of(plan, offset=4))
    plan.refresh_from_db()
    assert plan.offset == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"offset": -1}, "greater than or equal to 0"),
        ({"offset": 20000}, "Give a whole number from 0 to 10000."),
        ({"unit": "weeks"}, "weeks is not one of the available choices"),
        ({"priority": 0}, "The priority is a number from 1 to 9."),
        ({"max_attempts": 0}, "Allow at least one attempt."),
        ({"valid_to": "2019-12-31"}, "The plan must not end before it starts."),
        ({"questionnaire_code": "none-such"}, "none-such is not one of the available choices"),
        ({"visit_kinds": ["flying"]}, "flying is not one of the available choices"),
    ],
)
def test_a_bad_plan_is_refused_with_words(page, store, defaults, care_manager, changes, words):
    plan = Plan.objects.get(code="service-3wd")
    response = page(care_manager).post(f"/followups/plans/{plan.pk}/edit/", form_of(plan, **changes))
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert Plan.objects.get(pk=plan.pk).offset == 3


def test_shipped_plans_are_loaded_once_and_edits_stay(db):
    load()
    Plan.objects.filter(code="service-3wd").update(offset=2)
    load()
    assert set(Plan.objects.values_list("code", flat=True)) == set(PLANS) == {
        "thank-you-letter", "delivery-24h", "delivery-7d", "service-3wd", "complaint-verification", "no-show", "key-account-call", "key-account-visit",
        "two-monthly-contact",
    }  # fmt: skip
    assert Plan.objects.get(code="service-3wd").offset == 2


def test_shipped_plans_are_valid_and_ask_before_they_record(defaults):
    for plan in Plan.objects.all():
        plan.full_clean()
        if plan.is_call:
            assert "convenient" in plan.script_en and "recorded" in plan.script_en and "方便" in plan.script_zh and "录音" in plan.script_zh
