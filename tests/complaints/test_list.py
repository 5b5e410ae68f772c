"""The list, its filters and its tabs (S3-17); page and API share the filter."""

from datetime import timedelta

import pytest

from complaints.models import Category, Complaint
from tests.factories import make_handed_over, on

ADDRESS = "/complaints/"


@pytest.fixture
def slips(slip, draft, agent, service_manager, store):
    """Three slips: one waiting since Wednesday, one in its second round, one closed."""
    second = draft(visit=None, level="major", kind="complaint").issue(by=agent)
    second.answer(by=service_manager, cause="x", measure="y")
    second.verify(False, by=agent)
    other = make_handed_over(store)
    closed = Complaint(store=store, customer=other.customer, category=Category.objects.get(code="forced-accessories"), words="x").issue(by=agent)
    closed.ask_exception(by=agent, reason="x")
    return {"waiting": slip, "second": second, "sales": closed}


def names(slips, rows):
    return {name for name, slip in slips.items() if slip in list(rows)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"waiting", "second", "sales"}),
        ({"status": "exception_asked"}, {"sales"}),
        ({"open": "true"}, {"waiting", "second", "sales"}),
        ({"open": "false"}, set()),
        ({"overdue": "false"}, {"waiting", "second", "sales"}),
        ({"level": "major"}, {"second"}),
        ({"kind": "complaint"}, {"second"}),
        ({"reissued": "true"}, {"second"}),
        ({"reissued": "false"}, {"waiting", "sales"}),
        ({"in_time": "true"}, {"second"}),
        ({"in_time": "false"}, set()),
        ({"opened_from": "2026-11-18", "opened_to": "2026-11-18"}, {"waiting", "second", "sales"}),
        ({"opened_from": "2026-11-19"}, set()),
        ({"opened_to": "2026-11-17"}, set()),
        ({"issued_from": "2026-11-18", "issued_to": "2026-11-18"}, {"waiting", "second", "sales"}),
        ({"issued_from": "2026-11-19"}, set()),
    ],
)
def test_each_filter_keeps_its_slips(page, api, slips, agent, query, expected):
    assert names(slips, page(agent).get(ADDRESS, query).context["page_obj"]) == expected
    found = {row["number"] for row in api(agent).get("/api/v1/complaints/", query).data["results"]}
    assert found == {slips[name].number for name in expected}


def test_slips_are_found_by_category_parent_department_customer_and_employee(page, slips, agent, store, advisor):
    def found(**query):
        return names(slips, page(agent).get(ADDRESS, query).context["page_obj"])

    assert found(category=Category.objects.get(code="sales-service").pk) == {"sales"}
    assert found(category=Category.objects.get(code="service-wait").pk) == {"waiting", "second"}
    assert found(department=store.first_department("sales").pk) == {"sales"}
    assert found(customer=slips["sales"].customer_id) == {"sales"}
    assert found(employee=advisor.pk) == {"waiting", "second"}
    assert found(visit=slips["waiting"].visit_id) == {"waiting"}
    assert found(vehicle=slips["waiting"].vehicle_id) == {"waiting", "second"}
    assert found(store=store.pk) == {"waiting", "second", "sales"}


def test_what_is_late_is_found(page, slips, agent, time_machine):
    time_machine.move_to(slips["waiting"].due_at + timedelta(seconds=1))
    assert names(slips, page(agent).get(ADDRESS, {"overdue": "true"}).context["page_obj"]) == {"waiting", "second"}
    assert names(slips, page(agent).get(ADDRESS, {"in_time": "false"}).context["page_obj"]) == {"waiting", "second", "sales"}


def test_heads_find_the_slips_of_their_departments(page, slips, service_manager, sales_manager, agent):
    assert names(slips, page(service_manager).get(ADDRESS, {"mine": "true"}).context["page_obj"]) == {"waiting", "second"}
    assert names(slips, page(sales_manager).get(ADDRESS, {"mine": "true"}).context["page_obj"]) == {"sales"}
    assert names(slips, page(agent).get(ADDRESS, {"mine": "true"}).context["page_obj"]) == set()


def test_tabs_count_what_waits(page, slips, service_manager):
    counts = {url.partition("?")[2]: count for _label, url, *rest in page(service_manager).get(ADDRESS).context["tabs"] for count in rest}
    assert counts == {"open=true": 3, "mine=true&open=true": 2, "overdue=true": 0, "status=answered": 0, "status=exception_asked": 1}


def test_a_wrong_filter_says_so_and_never_widens_the_list(page, api, slips, agent):
    shown = page(agent).get(ADDRESS, {"opened_from": "yesterday", "department": "x"})
    assert list(shown.context["page_obj"]) == []
    assert "Enter a valid date" in shown.content.decode()
    answer = api(agent).get("/api/v1/complaints/", {"opened_from": "yesterday"})
    assert (answer.status_code, set(answer.data["errors"])) == (400, {"opened_from"})
    assert api(agent).get("/api/v1/complaints/", {"customer__phone": "1"}).status_code == 400


def test_a_stranger_sees_nothing(page, api, slips, stranger, store):
    assert list(page(stranger).get(ADDRESS).context["page_obj"]) == []
    assert api(stranger).get("/api/v1/complaints/").data["count"] == 0
    assert api(stranger).get("/api/v1/complaints/", {"department": store.first_department("sales").pk}).status_code == 400


def test_without_the_right_the_list_is_refused(page, api, auditor):
    assert page(auditor).get(ADDRESS).status_code == 403
    assert api(auditor).get("/api/v1/complaints/").status_code == 403


def test_the_list_takes_at_most_ten_queries(page, slips, draft, agent, django_assert_max_num_queries):
    for _number in range(5):
        draft(opened_at=on("2026-11-18")).issue(by=agent, is_separate=True)
    client = page(agent)
    client.get(ADDRESS)
    with django_assert_max_num_queries(12):
        client.get(ADDRESS)
    with django_assert_max_num_queries(12):
        client.get(ADDRESS, {"mine": "true", "in_time": "true"})
