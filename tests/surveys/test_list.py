"""The list of responses and its filters; the dashboard links down into it."""

import pytest

from accounts.roles import Role
from tests.factories import make_handed_over, make_user, make_visit, on
from tests.surveys.conftest import all_rated, unsubmitted


def rows(answer):
    return [response.pk for response in answer.context["page_obj"]]


def test_it_lists_the_responses_of_the_own_store(submitted, agent, stranger, page):
    answer = page(agent).get("/surveys/")
    assert rows(answer) == [submitted.pk]
    assert str(submitted.customer) in answer.content.decode()
    assert rows(page(stranger).get("/surveys/")) == []


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("index=csi", True),
        ("index=css", False),
        ("side=after_sales", True),
        ("side=sales", False),
        ("mood=complaining", True),
        ("mood=satisfied", False),
        ("served_from=2026-11-18&served_to=2026-11-18", True),
        ("served_from=2026-11-19", False),
        ("served_to=2026-11-17", False),
        ("counted=true", True),
        ("counted=false", False),
        ("rating_below=5", True),
        ("rating_below=4", False),
        ("question=facility&rating_below=5", True),
        ("question=courtesy&rating_below=5", False),
        ("question=beyond-expectation", False),
        ("index=csi&served_from=2026-11-01&served_to=2026-11-30&mood=complaining&counted=true", True),
    ],
)
def test_filters_narrow_the_list(submitted, agent, page, query, is_shown):
    assert rows(page(agent).get(f"/surveys/?{query}")) == ([submitted.pk] if is_shown else [])


def test_it_filters_by_adviser_questionnaire_store_and_customer(submitted, agent, csi, store, page):
    shown = page(agent)
    for query in (
        f"employee={submitted.employee_id}",
        f"questionnaire={csi.pk}",
        f"store={store.pk}",
        f"customer={submitted.customer_id}",
        f"visit={submitted.visit_id}",
    ):
        assert rows(shown.get(f"/surveys/?{query}")) == [submitted.pk]
    assert rows(shown.get(f"/surveys/?customer={submitted.customer_id + 1}")) == []


def test_a_voided_response_is_found_as_not_counted(submitted, care_manager, page):
    submitted.void(by=care_manager, reason="Wrong customer")
    assert rows(page(care_manager).get("/surveys/?counted=true")) == []
    assert rows(page(care_manager).get("/surveys/?counted=false")) == [submitted.pk]


@pytest.mark.parametrize("query", ["served_from=yesterday", "mood=furious", "rating_below=many", "employee=999999", "store=0", "counted=perhaps2&index=xyz"])
def test_a_wrong_filter_shows_its_error_and_no_rows(submitted, agent, page, query):
    answer = page(agent).get(f"/surveys/?{query}")
    assert answer.status_code == 200
    assert answer.context["filter"].form.errors
    assert rows(answer) == []


def test_the_store_of_somebody_else_is_no_choice(submitted, agent, other_store, page):
    assert page(agent).get(f"/surveys/?store={other_store.pk}").context["filter"].form.errors


def test_it_names_the_question_the_list_is_about(submitted, agent, page):
    assert "customer lounge?”." in page(agent).get("/surveys/?question=facility").content.decode()


def test_advisers_and_auditors_have_no_business_here(submitted, advisor, auditor, page):
    """An auditor never sees customers."""
    for person in (advisor, auditor):
        assert page(person).get("/surveys/").status_code == 403
        assert page(person).get(f"/surveys/{submitted.pk}/").status_code == 403


def test_a_page_of_responses_takes_at_most_ten_queries(csi, agent, store, page, django_assert_max_num_queries):
    for _number in range(12):
        unsubmitted(csi, make_handed_over(store), employee=None).submit(all_rated(csi, 9), by=agent)
    client = page(agent)
    with django_assert_max_num_queries(10):
        assert len(rows(client.get("/surveys/"))) == 12


def test_posting_to_the_list_is_refused(agent, page):
    assert page(agent).post("/surveys/").status_code == 405


def test_the_detail_shows_answers_factors_and_history(submitted, agent, page):
    html = page(agent).get(f"/surveys/{submitted.pk}/").content.decode()
    for text in ("The lounge was full.", "796", "Complaining", "Service quality", "20.8 %", "Response submitted, 796 points", "Sam"):
        assert text in html


def test_the_detail_offers_a_complaint_about_this_response(submitted, agent, page):
    assert f"/complaints/create/?response={submitted.pk}" in page(agent).get(f"/surveys/{submitted.pk}/").content.decode()


def test_what_a_customer_wrote_is_never_run(csi, visit, agent, page):
    """T111"""
    response = unsubmitted(csi, visit).submit(all_rated(csi, 9, words="<script>alert(1)</script>"), by=agent)
    html = page(agent).get(f"/surveys/{response.pk}/").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_only_those_who_may_void_see_the_form(submitted, agent, care_manager, page):
    address = f"/surveys/{submitted.pk}/"
    assert "Void this response" not in page(agent).get(address).content.decode()
    assert "Void this response" in page(care_manager).get(address).content.decode()


def test_an_unknown_a_foreign_and_a_deleted_response_answer_alike(submitted, stranger, page):
    assert page(stranger).get(f"/surveys/{submitted.pk}/").status_code == 404
    assert page(stranger).get("/surveys/999999/").status_code == 404


def test_questionnaires_are_shown_with_their_weights(csi, agent, page):
    assert "css-7f" in page(agent).get("/surveys/questionnaires/").content.decode()
    html = page(agent).get(f"/surveys/questionnaires/{csi.pk}/").content.decode()
    assert "20.8 %" in html and "Was the work done right the first time?" not in html.split("Outside the index")[1]


def test_questionnaires_can_only_be_read(csi, agent, auditor, page):
    assert page(agent).post(f"/surveys/questionnaires/{csi.pk}/").status_code == 405
    assert page(auditor).get("/surveys/questionnaires/").status_code == 403
    assert page(agent).get("/surveys/questionnaires/999999/").status_code == 404


def test_the_lists_read_in_chinese(submitted, agent, page):
    client = page(agent)
    agent.language = "zh-hans"
    agent.save()
    answer = client.get(f"/surveys/{submitted.pk}/", HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert "您对店内环境和客户休息区是否满意？" in answer.content.decode()


def test_a_region_manager_sees_every_store_of_the_region(submitted, store, other_store, csi, page):
    manager = make_user("rita", Role.STORE_MANAGER, region=store.region)
    far = make_visit(other_store)
    unsubmitted(csi, far, employee=None, served_on=on("2026-11-18")).submit(all_rated(csi, 9), by=make_user("bert", Role.CARE_AGENT, other_store))
    assert len(rows(page(manager).get("/surveys/"))) == 2
