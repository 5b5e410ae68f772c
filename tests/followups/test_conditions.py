"""Plans that ask something of the order, and what they would have made of a day (VI2)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import Role
from activity.models import Event
from followups import services
from followups.models import FollowUp, Plan
from followups.preview import preview_of
from tests.factories import NOW, make_delivery, make_handed_over, make_plan, make_user, make_vehicle
from visits.models import Visit

DAY = timedelta(days=1)


@pytest.fixture
def orders(store, advisor):
    """A warranty job on the brakes of a Sagitar, a paid service of a Tayron for a loyal customer, an order without lines."""
    brakes = make_handed_over(store, at=NOW - DAY, vehicle=make_vehicle(store, model="Sagitar L"), kind="warranty", total_amount=Decimal(0))
    brakes.items.create(name="Brake disc", group="brakes", amount=0, payer="warranty")
    service = make_handed_over(store, at=NOW - DAY, vehicle=make_vehicle(store, model="Tayron"), advisor=advisor, total_amount=Decimal("2500.00"))
    service.items.create(name="Service", group="maintenance", amount=2500)
    service.customer.loyalty = "loyal"
    service.customer.save()
    bare = make_handed_over(store, at=NOW - DAY)
    return {"brakes": brakes, "service": service, "bare": bare}


def chosen(orders, **conditions):
    plan = Plan(trigger="hand_over", **conditions)
    found = set(plan.applying(Visit.objects.handed_over()))
    return [name for name, visit in orders.items() if visit in found]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, ["brakes", "service", "bare"]),
        ({"payers": ["warranty", "insurance"]}, ["brakes"]),
        ({"payers": ["customer"]}, ["service"]),
        ({"groups": ["brakes"]}, ["brakes"]),
        ({"amount_from": 2000}, ["service"]),
        ({"amount_to": 2000}, ["brakes"]),
        ({"amount_from": 2500, "amount_to": 2500}, ["service"]),
        ({"car_models": "sagitar, 探岳，Tayron"}, ["brakes", "service"]),
        ({"classes": ["loyal"]}, ["service"]),
        ({"visit_kinds": ["warranty"], "groups": ["maintenance"]}, []),
        ({"payers": ["warranty"], "groups": ["brakes"], "car_models": "Sagitar", "visit_kinds": ["warranty"]}, ["brakes"]),
    ],
)
def test_all_that_is_asked_must_hold(orders, conditions, expected):
    assert chosen(orders, **conditions) == expected


def test_an_order_is_chosen_by_who_served(orders, advisor):
    assert chosen(orders, people=[advisor.pk]) == [name for name, visit in orders.items() if visit.advisor == advisor]


def test_deliveries_are_chosen_by_model_class_and_salesperson(store, salesperson):
    make_plan("other-model", trigger="delivery", car_models="Tayron")
    make_plan("this-one", trigger="delivery", car_models="sagitar", people=[salesperson.pk])
    make_plan("loyal", trigger="delivery", classes=["loyal"])
    services.plan_for_delivery(make_delivery(store, vehicle=make_vehicle(store, model="Sagitar"), salesperson=salesperson))
    assert list(FollowUp.objects.values_list("plan__code", flat=True)) == ["this-one"]


def test_the_hand_over_and_the_sweep_plan_the_same_and_twice_plans_nothing_new(orders):
    make_plan(payers=["warranty"])
    services.plan_for_visit(orders["service"])
    assert FollowUp.objects.count() == 0
    assert [services.plan_due(NOW), services.plan_due(NOW)] == [1, 0]
    services.plan_for_visit(orders["brakes"])
    assert list(FollowUp.objects.values_list("visit", flat=True)) == [orders["brakes"].pk]


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        ({"payers": ["uncle"]}, "payers"),
        ({"groups": ["wings"]}, "groups"),
        ({"classes": ["royal"]}, "classes"),
        ({"people": [987654]}, "people"),
        ({"amount_from": 5, "amount_to": 4}, "amount_to"),
    ],
)
def test_a_condition_that_can_never_hold_is_refused_by_name(db, conditions, field):
    plan = make_plan()
    for name, value in conditions.items():
        setattr(plan, name, value)
    with pytest.raises(ValidationError) as refused:
        plan.full_clean()
    assert list(refused.value.message_dict) == [field]


def test_a_preview_counts_as_planning_would_and_writes_nothing(store, other_store, orders):
    orders["bare"].customer.do_not_call_at = NOW
    orders["bare"].customer.save()
    make_handed_over(store, at=NOW - 2 * DAY)
    plan = make_plan()
    events = Event.objects.count()
    preview = preview_of(plan, [store, other_store], store.today(NOW - DAY))
    assert (preview.happened, preview.tasks, [line.store for line in preview.stores]) == (3, 2, [store])
    assert [str(reason) for reason, _number in preview.stores[0].reasons] == ["The customer wants no calls"]
    assert (FollowUp.objects.count(), Event.objects.count()) == (0, events)
    services.plan_due(NOW)
    planned = FollowUp.objects.open().filter(visit__handed_over_at__gt=NOW - 1.5 * DAY)
    assert planned.count() == preview.tasks
    assert {store.today(one.due_at) for one in planned} == set(preview.stores[0].due)


def form_of(plan, **changes):
    fields = ("name_en", "name_zh", "offset", "unit", "role", "priority", "max_attempts")
    return {name: getattr(plan, name) for name in fields} | {"valid_from": "2020-01-01"} | changes


def test_a_rule_is_tried_from_its_page_before_it_is_saved(page, store, orders, care_manager):
    plan, day = make_plan(), store.today(NOW - DAY)
    url = f"/followups/plans/{plan.pk}/edit/"
    shown = page(care_manager).post(url, form_of(plan, payers=["warranty"], preview="1", day=day))
    text = shown.content.decode()
    assert (shown.status_code, "1 would have become follow-ups" in text, str(orders["brakes"].vehicle) in text) == (200, True, True)
    plan.refresh_from_db()
    assert (plan.payers, FollowUp.objects.count()) == ([], 0)
    assert page(care_manager).post(url, form_of(plan, preview="1", day=store.today() + 2 * DAY)).status_code == 422


def test_the_group_adds_rules_of_its_own(page, store, care_manager, agent):
    url = "/followups/plans/new/hand_over/"
    given = {"amount_from": "3000", "car_models": "Tayron", "payers": ["customer"]}
    new = form_of(make_plan(), code="big-bills", side="after_sales", kind="call", name_en="Big bills", **given)
    assert page(care_manager).post(url, new)["Location"] == "/followups/plans/"
    plan = Plan.objects.get(code="big-bills")
    assert (plan.trigger, plan.amount_from, plan.payers) == ("hand_over", 3000, ["customer"])
    listed = page(agent).get("/followups/plans/").content.decode()
    assert "Big bills" in listed
    assert "total from: 3000" in listed
    assert page(care_manager).post(url, new).status_code == 422
    assert page(agent).post(url, new | {"code": "another"}).status_code == 403
    assert page(care_manager).get("/followups/plans/new/no_show/").status_code == 404


def test_a_delivery_is_not_asked_about_orders(page, store, care_manager):
    text = page(care_manager).get("/followups/plans/new/delivery/").content.decode()
    assert "id_car_models" in text
    assert "id_amount_from" not in text


def test_the_preview_stays_inside_ones_stores(page, store, other_store, orders):
    """A manager of one store of two may look, and sees that store only."""
    make_handed_over(other_store, at=NOW - DAY)
    manager = make_user("elsewhere", Role.CARE_MANAGER, other_store)
    plan = make_plan()
    text = page(manager).post(f"/followups/plans/{plan.pk}/edit/", form_of(plan, preview="1", day=store.today(NOW - DAY))).content.decode()
    assert "Of 1 on" in text
