"""The worklist of data quality (AR9, S2-14, S0-12)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from customers.models import Vehicle
from customers.quality.rules import RULES, counts, indicators, mark_odd
from tests.factories import make_customer, make_vehicle, on

GOOD_VIN = "LATPAB071W1005301"


@pytest.fixture
def poor(store):
    """A record with something of everything."""
    customer = make_customer(store, phone="", phone_doubtful_at=timezone.now(), is_key_account=True)
    car = make_vehicle(store, customer, vin="LFV2A11G593139571", plate="沪A1234")
    Vehicle.objects.create(store=store, customer=customer, plate="沪A12345", owner_left_on=on("2026-11-01"))
    return car


def found(user, **given):
    return {rule.code: number for rule, number in counts(user, timezone.now(), **given) if number}


def test_every_rule_is_counted(poor, agent):
    """AR9."""
    assert found(agent) == {
        "phone_missing": 1, "phone_doubtful": 1, "address_missing": 1, "gender_missing": 1, "birthday_missing": 1, "keeper_missing": 1, "unverified": 1,
        "owner_unknown": 1, "vin_missing": 1, "vin_odd": 1, "plate_odd": 1, "registered_missing": 2, "insurance_missing": 2,
    }  # fmt: skip


def test_the_worklist_costs_the_same_however_much_is_wrong(poor, agent, page, django_assert_max_num_queries):
    client = page(agent)
    for _number in range(20):
        make_vehicle(poor.store, vin="", plate="?")
    client.get("/data-quality/")
    with django_assert_max_num_queries(10):
        assert client.get("/data-quality/").status_code == 200


def test_a_stranger_counts_nothing_and_mends_nothing(poor, stranger, page):
    assert found(stranger) == {}
    assert page(stranger).post(f"/data-quality/vin_odd/{poor.pk}/fix/", {f"row-{poor.pk}-vin": GOOD_VIN}).status_code == 404


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_page(poor, agent, page, rule):
    answer = page(agent).get(f"/data-quality/{rule.code}/")
    assert answer.status_code == 200
    assert answer.context["lines"]


def test_an_unknown_rule_is_no_page(agent, page):
    assert page(agent).get("/data-quality/nonsense/").status_code == 404


def test_a_row_is_mended_in_place(poor, agent, page):
    """AR9: fix in place, by the same rules as everywhere."""
    client, address = page(agent), f"/data-quality/vin_odd/{poor.pk}/fix/"
    wrong = client.post(address, {f"row-{poor.pk}-vin": "ABC"}, headers={"HX-Request": "true"})
    assert (wrong.status_code, "must have 17 characters" in wrong.content.decode()) == (422, True)
    right = client.post(address, {f"row-{poor.pk}-vin": GOOD_VIN}, headers={"HX-Request": "true"})
    assert "Mended" in right.content.decode()
    poor.refresh_from_db()
    assert (poor.vin, poor.is_vin_odd) == (GOOD_VIN, False)
    assert "vin_odd" not in found(agent)


@pytest.mark.parametrize(
    ("rule", "value"),
    [("phone_missing", "138 0000 1111"), ("address_missing", "Road 1"), ("gender_missing", "female"), ("birthday_missing", "1990-01-01")],
)
def test_what_is_missing_is_filled_in(poor, agent, page, rule, value):
    field = next(each.field for each in RULES if each.code == rule)
    client, customer = page(agent), poor.customer
    assert client.post(f"/data-quality/{rule}/{customer.pk}/fix/", {f"row-{customer.pk}-{field}": ""}).status_code == 422
    assert client.post(f"/data-quality/{rule}/{customer.pk}/fix/", {f"row-{customer.pk}-{field}": value}).status_code == 302
    assert rule not in found(agent)


def test_an_odd_value_that_is_right_leaves_the_list_until_it_changes(poor, agent, page):
    """AR9: who compared it with the papers is on record."""
    client = page(agent)
    for rule in ("vin_odd", "plate_odd"):
        for _twice in range(2):
            assert client.post(f"/data-quality/{rule}/{poor.pk}/attest/").status_code == 302
        assert rule not in found(agent)
    assert [(event.code, event.particulars["field"], event.actor) for event in Event.objects.order_by("pk")] == [
        ("vehicle.attested", "vin", agent),
        ("vehicle.attested", "plate", agent),
    ]
    poor.refresh_from_db()
    poor.edit(by=agent, plate="沪B1")
    assert found(agent)["plate_odd"] == 1


def test_reading_over_with_the_customer_mends_the_doubts(poor, agent, page):
    """S2-14."""
    client = page(agent)
    client.post(f"/data-quality/unverified/{poor.customer_id}/attest/")
    assert not {"unverified", "phone_doubtful"} & set(found(agent))
    type(poor.customer).objects.update(confirmed_at=timezone.now() - timedelta(days=366))
    assert found(agent)["unverified"] == 1


def test_what_an_import_brought_is_marked_at_night(store, agent):
    make_vehicle(store, vin=GOOD_VIN)
    Vehicle.objects.update(vin="LFV2A11G593139571", plate="?")
    assert "vin_odd" not in found(agent)
    assert (mark_odd(), mark_odd()) == (2, 0)
    assert {"vin_odd": 1, "plate_odd": 1}.items() <= found(agent).items()


def test_completeness_and_freshness_are_indicators(store, other_store, agent):
    """S2-14: filled fields of those wanted, by kind; read over within a year."""
    now = timezone.now()
    make_customer(store, gender="female", birthday=on("1990-01-01"), address="Road 1", confirmed_at=now)
    make_customer(store, kind="company", confirmed_at=now - timedelta(days=400))
    make_customer(store, kind="company")
    make_customer(other_store)
    assert indicators(agent, now) == {"customers": 3, "completeness": 81.8, "verified": 33.3, "never_verified": 1, "stale": 0.0}
    assert indicators(agent, now, other_store) == {"customers": 0, "completeness": None, "verified": None, "never_verified": 0, "stale": None}


def test_who_may_not_see_the_plate_gets_no_plate_to_mend(poor, auditor, page):
    shown = page(auditor).get("/data-quality/plate_odd/").content.decode()
    assert "沪A1234<" not in shown


def test_programs_read_the_same_numbers(poor, agent, api):
    answer = api(agent).get(f"/api/v1/data-quality/?store={poor.store.code}").json()
    assert (answer["rules"]["vin_odd"], answer["customers"]) == (1, 1)
    wrong = api(agent).get("/api/v1/data-quality/?store=NOPE")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["store"])


@pytest.mark.parametrize("plate", ["沪A1234使", "沪A123使", "粤A1234领"])
def test_plates_of_embassies_and_consulates_are_confirmed_by_hand(store, agent, page, plate):
    """Domain 5.2: their layout is not known for sure, so the form asks once more and the worklist once."""
    car = make_vehicle(store, vin=GOOD_VIN)
    sent = {"plate": plate, "vin": GOOD_VIN}
    assert list(page(agent).post(f"/vehicles/{car.pk}/edit/", sent).context["form"].errors) == ["plate"]
    assert page(agent).post(f"/vehicles/{car.pk}/edit/", sent | {"confirmed": "on"}).status_code == 302
    assert found(agent)["plate_odd"] == 1
    page(agent).post(f"/data-quality/plate_odd/{car.pk}/attest/")
    assert "plate_odd" not in found(agent)
