"""B4: the watch over a car's three guarantees warns once per level, shows everywhere and follows the rule of the car's day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import Event
from common.errors import NotAllowed
from notifications.models import Notification
from tests.factories import NOW, make_customer, make_followup, make_handed_over, make_vehicle, make_visit, on
from visits.models import Guarantee, GuaranteeRepair, GuaranteeRule
from visits.services import watch_guarantees

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def bought(store):
    return make_vehicle(store, plate="沪A9K871", delivered_on=on("2026-05-01"), mileage=9000)


def stay(car, days, at=NOW, **fields):
    """A warranty repair of so many days that ended at ``at``."""
    begun = at - timedelta(days=days)
    return make_visit(car.store, car, kind="warranty", status="handed_over", arrived_at=begun, promised_at=at, handed_over_at=at, mileage=8000, **fields)


def told():
    return list(Notification.objects.filter(code="guarantee.warned").order_by("pk").values_list("user__username", "particulars__level"))


def test_it_warns_once_for_each_level(bought, service_manager):
    """B4: 50, 80 and 100%."""
    for days, expected in ((14, []), (1, [50]), (9, [50, 80]), (0, [50, 80]), (6, [50, 80, 100])):
        if days:
            stay(bought, days)
        watch_guarantees(NOW)
        assert [level for _name, level in told()] == expected


def test_service_manager_and_store_manager_are_told(bought, service_manager, store_manager):
    stay(bought, 20)
    assert watch_guarantees(NOW) == 1
    assert sorted(told()) == [("mike", 50), ("wendy", 50)]
    assert Event.objects.get(code="guarantee.warned").particulars == {"level": 50, "limit": "repair_days"}


def test_unclassified_warranty_work_counts_and_says_so(bought, advisor, page):
    stay(bought, 3)
    html = page(advisor).get(f"/warranty-watch/{bought.pk}/").content.decode()
    assert "not classified yet" in html
    assert Guarantee.seen(bought).clock(NOW).repair_days == 3


@pytest.mark.parametrize("address", ["/vehicles/{car}/", "/customers/{customer}/", "/reception/?q=9K871", "/visits/new/?vehicle={car}", "/visits/{visit}/"])
def test_the_badge_is_on_car_reception_and_visit(bought, advisor, page, address):
    """B4."""
    stay(bought, 26)
    watch_guarantees(NOW)
    here = make_visit(bought.store, bought)
    html = page(advisor).get(address.format(car=bought.pk, customer=bought.customer_id, visit=here.pk)).content.decode()
    assert "Three guarantees 86%" in html


def test_the_badge_is_in_calls(bought, agent, page):
    stay(bought, 26)
    watch_guarantees(NOW)
    followup = make_followup(bought.store, customer=bought.customer)
    assert "Three guarantees 86%" in page(agent).get(followup.get_absolute_url()).content.decode()


def test_the_list_puts_the_nearest_first(bought, store, advisor, other_advisor, page):
    other = make_vehicle(store, delivered_on=on("2026-05-01"))
    stay(bought, 10)
    stay(other, 29)
    watch_guarantees(NOW)
    assert [each.vehicle for each in page(advisor).get("/warranty-watch/").context["page_obj"]] == [other, bought]
    assert [each.vehicle for each in page(advisor).get("/warranty-watch/?level=80").context["page_obj"]] == [other]
    assert list(page(other_advisor).get("/warranty-watch/").context["page_obj"]) == []


def test_a_company_car_is_not_watched_until_somebody_says_so(store, advisor, page):
    """3.5, Art. 40: only passenger cars bought for living needs."""
    car = make_vehicle(store, make_customer(store, kind="company"), delivered_on=on("2026-05-01"))
    stay(car, 26)
    watch_guarantees(NOW)
    assert list(page(advisor).get("/warranty-watch/").context["page_obj"]) == []
    page(advisor).post(f"/warranty-watch/{car.pk}/set/", {"is_for_living": "on", "price": "150000"})
    assert (Guarantee.objects.get().nearness, Guarantee.objects.get().price) == (86, 150000)


def test_changing_the_rules_from_a_day_on_changes_only_later_cars(bought, store):
    """B4: the rule table is dated."""
    later = make_vehicle(store, delivered_on=on("2026-06-01"))
    stay(bought, 26)
    stay(later, 26)
    GuaranteeRule.objects.create(name_zh="新规", name_en="New", valid_from=on("2026-06-01"), max_repair_days=20)
    watch_guarantees(NOW)
    assert dict(Guarantee.objects.values_list("vehicle", "nearness")) == {bought.pk: 86, later.pk: 130}


@pytest.mark.parametrize(("start", "days", "times"), [("2013-09-30", 35, 5), ("2021-12-31", 35, 5), ("2022-01-01", 30, 4)])
def test_the_product_ships_both_rules(start, days, times):
    """3.5, Art. 42: 35 days and 5 times before 2022, 30 days and 4 times from then on."""
    rule = GuaranteeRule.objects.all().holding_for(on(start))
    assert (rule.max_repair_days, rule.max_same_fault) == (days, times)


GIVEN = {"fault": "Oil leak", "excluded_hours": "0"}


def test_a_repair_is_classified_on_its_visit(bought, advisor, page):
    """B4: fault, assembly, hours left out and substitute car belong to the visit."""
    visit = stay(bought, 4)
    given = GIVEN | {"assembly": "engine", "excluded_hours": "24", "excluded_for": "VIN-specific harness", "substitute": "car"}
    assert page(advisor).post(f"/visits/{visit.pk}/classify/", given).url == visit.get_absolute_url()
    repair = GuaranteeRepair.objects.get()
    assert (repair.visit, repair.assembly, repair.substitute, repair.store) == (visit, "engine", "car", bought.store)
    assert Guarantee.seen(bought).clock(NOW).repair_days == 3
    assert Guarantee.objects.get().headline == "assembly"
    assert "Oil leak" in page(advisor).get(visit.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"fault": ""}, "fault"),
        ({"excluded_hours": "5"}, "excluded_for"),
        ({"part_of": "brakes"}, "part"),
        ({"agreed_at": "2026-11-01T10:00", "finished_at": "2026-10-01T10:00"}, "finished_at"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(bought, advisor, page, given, field):
    answer = page(advisor).post(f"/visits/{stay(bought, 1).pk}/classify/", GIVEN | given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_agents_do_not_classify_and_strangers_see_nothing(bought, agent, stranger, page, api):
    visit = stay(bought, 1)
    with pytest.raises(NotAllowed):
        GuaranteeRepair(visit=visit, fault="Oil leak").classify(by=agent)
    assert page(agent).get(f"/visits/{visit.pk}/classify/").status_code == 403
    assert api(agent).post("/api/v1/guarantee-repairs/", {"visit": visit.pk, "fault": "x"}).status_code == 403
    assert page(stranger).get(f"/warranty-watch/{bought.pk}/").status_code == 404


def test_the_api_classifies_and_explains(bought, advisor, api):
    visit, client = stay(bought, 4), api(advisor)
    assert client.post("/api/v1/guarantee-repairs/", {"visit": visit.pk, "fault": "Oil leak", "is_safety": True}).status_code == 201
    assert client.post("/api/v1/guarantee-repairs/", {"visit": visit.pk, "fault": "Oil leak"}).status_code == 400
    watched = client.get("/api/v1/warranty-watch/").json()["results"][0]
    clock = client.get(f"/api/v1/warranty-watch/{watched['id']}/").json()["clock"]
    assert [(line["visit"], line["days"], line["total"]) for line in clock["lines"]] == [(visit.number, 4, 4)]
    assert [(limit["code"], limit["percent"]) for limit in clock["limits"]] == [("safety", 50), ("same_fault", 25), ("repair_days", 13)]


def test_the_page_calculates_the_use_compensation(bought, advisor, page):
    """3.5, Art. 27."""
    answer = page(advisor).get(f"/warranty-watch/{bought.pk}/?price=150000&mileage=12000")
    assert answer.context["kept"] == 9000


@pytest.mark.parametrize(("requested", "reply", "done"), [("2026-11-18", "2026-12-02", "2026-12-16"), ("2026-09-21", "2026-10-12", "2026-10-26")])
def test_the_page_counts_the_working_days_of_a_request(bought, advisor, page, requested, reply, done):
    """3.5, Art. 28: reply within 10, done within 20 working days, holidays and make-up days counted."""
    answer = page(advisor).get(f"/warranty-watch/{bought.pk}/?requested_on={requested}")
    assert [str(day) for day in answer.context["deadlines"]] == [reply, done]


def test_the_rules_are_edited_for_every_store(care_manager, other_store, administrator, page):
    rule = GuaranteeRule.objects.first()
    form = page(administrator).get(f"/settings/guarantee-rules/{rule.pk}/").context["form"]
    given = {name: value for name, value in form.initial.items() if value is not None} | {"max_repair_days": 25}
    assert page(care_manager).post(f"/settings/guarantee-rules/{rule.pk}/", given).status_code == 403
    assert page(administrator).post(f"/settings/guarantee-rules/{rule.pk}/", given).status_code == 302
    assert GuaranteeRule.objects.get(pk=rule.pk).max_repair_days == 25


def test_cars_out_of_every_period_are_not_looked_at(store):
    old = make_vehicle(store, delivered_on=on("2019-01-01"))
    make_handed_over(store, vehicle=old, kind="warranty")
    watch_guarantees(timezone.now())
    assert not Guarantee.objects.exists()
