"""VI1, S4-12: the lines of the order with operation, group, hours, amount and payer; the signature; the warranty by law."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from activity.models import Event
from common.errors import DomainError
from tests.factories import make_handed_over, make_visit
from visits.models import OrderItem, Visit
from visits.warranty import WorkClass

PADS = {"kind": "labour", "code": "BR-01", "name": "更换前制动片", "hours": "1.5", "amount": "240", "payer": "customer"}


def test_a_line_is_written_and_its_group_read_from_the_name(here, advisor, page):
    page(advisor).post(f"/visits/{here.pk}/add_item/", PADS)
    item = OrderItem.objects.get()
    assert (item.code, item.group, item.hours, item.amount, item.payer) == ("BR-01", "brakes", Decimal("1.5"), Decimal(240), "customer")
    assert Event.objects.get().code == "visit.item_added"


def test_a_line_is_taken_off_again(here, advisor, page):
    item = here.add_item(by=advisor, name="Wipers", amount=Decimal(80))
    assert item.group == "other"
    page(advisor).post(f"/visits/{here.pk}/items/{item.pk}/remove/")
    assert not here.items.exists()
    assert Event.objects.get(code="visit.item_removed").particulars["name"] == "Wipers"


def test_only_what_the_customer_pays_is_suggested_for_the_bill(here, advisor, page):
    """VI1: warranty, insurance and our own account settle their lines elsewhere."""
    for kind, amount, payer in [("labour", 240, "customer"), ("part", 480, "customer"), ("part", 900, "warranty"), ("labour", 50, "internal")]:
        here.add_item(by=advisor, kind=kind, name="x", amount=Decimal(amount), payer=payer)
    form = page(advisor).get(f"/visits/{here.pk}/hand_over/").context["form"]
    assert (form["labour_amount"].value(), form["parts_amount"].value()) == (Decimal(240), Decimal(480))


def test_the_api_writes_and_removes_lines(here, advisor, api):
    client, address = api(advisor), f"/api/v1/visits/{here.pk}"
    item = client.post(f"{address}/add_item/", PADS).json()["items"][0]
    assert (item["group"], item["amount"]) == ("brakes", "240.00")
    assert client.post(f"{address}/remove_item/", {"item": item["id"]}).json()["items"] == []


def test_a_line_of_another_order_is_unknown_here(here, car, advisor, page, api):
    foreign = OrderItem.objects.create(visit=make_visit(car.store), name="x", amount=1)
    assert page(advisor).post(f"/visits/{here.pk}/items/{foreign.pk}/remove/").status_code == 404
    assert list(api(advisor).post(f"/api/v1/visits/{here.pk}/remove_item/", {"item": foreign.pk}).json()["errors"]) == ["item"]
    with pytest.raises(DomainError):
        here.remove_item(foreign, by=advisor)


def test_the_customer_signs_once(here, advisor, page, api):
    """S4-12, part 3: who signed what ceiling, when."""
    Visit.objects.filter(pk=here.pk).update(estimate_ceiling=400)
    page(advisor).post(f"/visits/{here.pk}/sign/", {"agreed_by": "王示例", "channel": "writing"})
    agreement = here.agreements.get()
    assert (agreement.subject, agreement.agreed_by, agreement.amount) == ("order", "王示例", Decimal(400))
    assert api(advisor).post(f"/api/v1/visits/{here.pk}/sign/", {"agreed_by": "x"}).json()["code"] == "signed"


@pytest.mark.parametrize("verb", ["sign", "add_item", "remove_item"])
def test_strangers_and_people_without_the_right(here, advisor, other_advisor, agent, page, api, verb):
    item = here.add_item(by=advisor, name="x", amount=Decimal(1))
    address = f"/visits/{here.pk}/items/{item.pk}/remove/" if verb == "remove_item" else f"/visits/{here.pk}/{verb}/"
    assert (page(other_advisor).post(address).status_code, page(agent).post(address).status_code) == (404, 403)
    api_address = f"/api/v1/visits/{here.pk}/{verb}/"
    assert (api(other_advisor).post(api_address).status_code, api(agent).post(api_address).status_code) == (404, 403)
    assert here.items.count() == 1


@pytest.mark.parametrize(("work_class", "days", "km"), [(WorkClass.OVERHAUL, 100, 20000), (WorkClass.SECOND, 30, 5000), (WorkClass.MINOR, 10, 2000)])
def test_the_warranty_is_that_of_the_law(store, work_class, days, km):
    """S4-12, domain 3.6: counted from the hand-over, over with whichever comes first."""
    warranty = make_handed_over(store, mileage=10000, work_class=work_class).warranty
    last = date(2026, 11, 18) + timedelta(days=days)
    assert (warranty.days, warranty.km, warranty.until, warranty.until_km) == (days, km, last, 10000 + km)
    assert [warranty.covers(last, 10000 + km), warranty.covers(last + timedelta(days=1), 10000), warranty.covers(last, 10001 + km)] == [True, False, False]


def test_a_store_may_promise_more_but_never_less(store):
    assert make_handed_over(store, warranty_days=365, warranty_km=500).warranty.days == 365
    assert make_handed_over(store, warranty_days=3, warranty_km=500).warranty.km == 2000


@pytest.mark.parametrize(("minutes", "delay"), [(-10, 0), (0, 0), (1, 1), (95, 95)])
def test_the_delay_of_each_order_is_known(store, minutes, delay):
    """VI1: promised against actual."""
    visit = make_handed_over(store)
    visit.handed_over_at = visit.promised_at + timedelta(minutes=minutes)
    assert visit.delay_minutes() == delay
