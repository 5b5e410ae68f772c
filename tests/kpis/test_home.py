"""My day: what each role sees first, and where it leads (tour steps 2 to 6)."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.roles import Role
from activity.services import announce_days
from surveys.models import Checklist, MysteryShop, MysteryShopQuota, Side
from tests.factories import make_delivery, make_handed_over, make_user, make_vehicle, make_visit, on
from tests.kpis.builders import make_call, make_plan, make_slip
from visits.models import Appointment

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


def counts(client):
    return {str(stat.label): stat.value for stat in client.get("/").context["home"].stats}


def urls(client):
    return {str(stat.label): stat.url for stat in client.get("/").context["home"].stats}


def test_a_care_agent_sees_the_queue_in_numbers_and_one_button(page, store, agent):
    for fields in (
        {"due_at": NOON + timedelta(hours=3), "available_at": NOON - timedelta(hours=3)},
        {"due_at": NOON - timedelta(hours=1), "available_at": NOON - timedelta(hours=3)},
        {"due_at": NOON - timedelta(hours=1), "available_at": NOON + timedelta(hours=2)},
        {"due_at": NOON + timedelta(days=1), "available_at": NOON + timedelta(hours=20), "promised_at": NOON + timedelta(hours=20)},
        {"due_at": NOON - timedelta(days=1), "status": "done"},
        {"due_at": NOON + timedelta(hours=2), "available_at": NOON - timedelta(hours=1), "priority": 1, "plan": make_plan("verify", "complaint_answered")},
    ):
        make_call(make_handed_over(store), **fields)
    client = page(agent)
    shown = counts(client)
    assert [shown[label] for label in ("Calls due now", "Overdue calls", "Promised calls", "Waiting for verification")] == [3, 1, 1, 1]
    assert 'data-key="n"' in client.get("/").text


def test_calls_of_another_store_do_not_count(page, store, other_store, agent):
    make_call(make_handed_over(other_store), due_at=NOON - timedelta(hours=1), available_at=NOON - timedelta(hours=2))
    assert counts(page(agent))["Overdue calls"] == 0


def test_a_service_advisor_sees_the_own_cars_appointments_and_complaints(page, store, advisor, agent):
    make_visit(store, advisor=advisor, promised_at=NOON + timedelta(hours=2))
    make_visit(store, advisor=advisor, promised_at=NOON - timedelta(hours=1))
    make_visit(store, promised_at=NOON - timedelta(hours=1))
    make_slip(store, agent, employee=advisor)
    make_slip(store, agent)
    car = make_vehicle(store)
    Appointment.objects.create(store=store, customer=car.customer, vehicle=car, starts_at=NOON + timedelta(hours=3), request="Brakes")
    Appointment.objects.create(store=store, customer=car.customer, vehicle=car, starts_at=NOON + timedelta(days=1), request="Tyres")
    client = page(advisor)
    shown = counts(client)
    assert [shown[label] for label in ("Cars in the shop", "Overdue promises", "Open complaints about me")] == [2, 1, 1]
    text = client.get("/").text
    assert "Brakes" in text
    assert "Tyres" not in text


def test_a_salesperson_sees_the_own_calls_and_deliveries(page, store, salesperson):
    make_delivery(store, salesperson=salesperson, delivered_at=NOON - timedelta(days=2))
    make_delivery(store, delivered_at=NOON - timedelta(days=2))
    make_delivery(store, salesperson=salesperson, delivered_at=NOON - timedelta(days=40))
    visit = make_handed_over(store)
    make_call(visit, due_at=NOON - timedelta(hours=1), plan=make_plan("delivery-7d", role=Role.SALESPERSON), assignee=salesperson)
    shown = counts(page(salesperson))
    assert (shown["Deliveries this month"], shown["Overdue calls"]) == (1, 1)


def test_a_department_head_sees_the_waiting_slips_with_their_clocks(page, store, service_manager, care_manager):
    late = make_slip(store, care_manager, opened_at=NOON - timedelta(days=4))
    make_slip(store, care_manager, opened_at=NOON)
    make_slip(store, care_manager, opened_at=NOON, department=store.first_department("sales"))
    make_slip(store, care_manager, opened_at=NOON, status="answered")
    client = page(service_manager)
    assert client.get("/").context["home"].slips[0] == late
    assert len(client.get("/").context["home"].slips) == 2
    assert "24 hours overdue" in client.get("/").text


def test_a_store_manager_sees_key_figures_and_overdue_work(page, store, store_manager, agent):
    make_handed_over(store)
    announce_days(store.pk, on("2026-11-18"))
    make_slip(store, agent, opened_at=NOON - timedelta(days=4))
    client = page(store_manager)
    tiles = {tile.value.indicator.code: tile.value for tile in client.get("/").context["home"].tiles}
    assert list(tiles)[:3] == ["csi", "css", "coverage"]
    assert (tiles["on_time_handover"].n, str(tiles["on_time_handover"].period)) == (1, "r3:2026-11")
    assert counts(client)["Feedback overdue"] == 1


def test_an_auditor_sees_what_is_still_missing_this_month(page, store, auditor, salesperson):
    MysteryShopQuota.objects.create(kind="announced", side=Side.SALES, role=Role.SALESPERSON, per_month=2, valid_from=on("2026-01-01"))
    paper = Checklist.objects.create(code="sales", side=Side.SALES, name_en="Sales", name_zh="销售")
    shop = {"store": store, "checklist": paper, "kind": "announced", "employee": salesperson, "auditor": auditor, "visited_on": on("2026-11-10")}
    MysteryShop.objects.create(**shop, score=94, submitted_at=NOON)
    home = page(auditor).get("/").context["home"]
    assert [(store.code, line.whom, line.missing) for store, lines in home.shortfalls for line in lines] == [("S01", "Sally", 1)]


def test_an_adviser_sees_the_own_mystery_shops(page, store, auditor, salesperson):
    paper = Checklist.objects.create(code="sales", side=Side.SALES, name_en="Sales", name_zh="销售")
    shop = {"store": store, "checklist": paper, "kind": "announced", "employee": salesperson, "auditor": auditor, "visited_on": on("2026-11-10")}
    MysteryShop.objects.create(**shop, score=94, submitted_at=NOON)
    assert "94.0</td>" in page(salesperson).get("/").text


def test_one_without_any_role_is_told_that_nothing_waits(page, db):
    assert "Nothing is waiting for you" in page(make_user("nobody")).get("/").text


@pytest.mark.parametrize("role", Role)
def test_every_role_opens_the_page_and_every_link_on_it(page, store, role):
    client = page(make_user("somebody", role, store))
    assert client.get("/").status_code == 200
    for label, url in urls(client).items():
        assert client.get(url).status_code == 200, label


@pytest.mark.parametrize(("role", "most"), [(Role.CARE_AGENT, 20), (Role.SERVICE_ADVISOR, 20), (Role.STORE_MANAGER, 30), (Role.AUDITOR, 20)])
def test_it_asks_few_questions(page, store, role, most, django_assert_max_num_queries):
    client = page(make_user("somebody", role, store))
    with django_assert_max_num_queries(most):
        client.get("/")


def test_strangers_are_asked_to_sign_in(client, db):
    assert client.get("/").status_code == 302
