"""A record the law wants kept is restricted instead of erased (T125, PIPL Art. 47, domain rule 6.4)."""

from datetime import date, timedelta

import pytest

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from customers.models import Customer, Retention, Vehicle
from customers.rights.erasing import erase, release, withdraw
from customers.rights.holds import holds_on
from customers.rights.services import grant
from customers.tasks import release_restricted
from followups.models import FollowUp, Sample
from followups.occasions import plan_occasions
from followups.sampling.frame import Frame
from followups.services import plan_due, plan_no_show
from messaging.models import Message
from messaging.outbox import send_due
from messaging.reminders import plan_reminders
from tests.factories import NOW, make_customer, make_delivery, make_followup, make_handed_over, make_plan, make_vehicle
from tests.kpis.builders import make_slip
from tests.messaging.factories import agree
from tests.transfers.files import order, orders
from tests.world import make_message
from transfers.services import import_file
from visits.models import Appointment


@pytest.fixture
def restricted(served, ask, care_manager):
    """A customer with a repair of 18 November 2026 whose erasure was granted."""
    asked = ask()
    grant(asked, "The person wishes it", by=care_manager)
    served.customer.refresh_from_db(from_queryset=Customer.everyone)
    return served.customer


def test_the_last_repair_sale_and_complaint_each_hold(store, customer, agent):
    """Domain rule 6.4: six years, ten years, three years."""
    car = make_vehicle(store, customer)
    make_handed_over(store, vehicle=car, at=NOW - timedelta(days=400))
    make_handed_over(store, vehicle=car, at=NOW)
    make_delivery(store, vehicle=car, delivered_at=NOW - timedelta(days=365))
    make_slip(store, agent, customer=customer, status="satisfied", closed_at=NOW)
    assert [(hold.code, hold.until) for hold in holds_on(customer)] == [
        (Retention.CONTRACTS, date(2035, 11, 18)),
        (Retention.REPAIRS, date(2032, 11, 18)),
        (Retention.COMPLAINTS, date(2029, 11, 18)),
    ]


def test_a_hold_that_is_over_holds_nothing(store, customer, long_ago):
    make_handed_over(store, vehicle=make_vehicle(store, customer), at=long_ago)
    assert holds_on(customer) == []


def test_granted_it_restricts_and_tells_until_when(served, ask, care_manager, page):
    """T125: restricted instead of deleted; reason and date of final deletion shown."""
    asked, client = ask(), page(care_manager)
    assert "Repair records" in client.get(f"/rights/{asked.pk}/").content.decode()
    client.post(f"/rights/{asked.pk}/grant/", {"reason": "The person wishes it"})
    asked.refresh_from_db()
    assert (asked.status, asked.outcome, asked.holds) == ("granted", "restricted", [["repairs", "2032-11-18"]])
    kept = Customer.everyone.get(pk=served.customer_id)
    assert (kept.name, kept.phone, kept.restricted_until, kept.erased_at) == ("王示例", "13812345678", date(2032, 11, 18), None)
    shown = client.get(f"/customers/{kept.pk}/").content.decode()
    for words in ("王示例", "2032-11-18", "three-guarantees provisions, Art. 17: 6 years"):
        assert words in shown
    assert Event.objects.get(code="customer.restricted").particulars == {"until": "2032-11-18", "holds": ["repairs"]}


def test_only_who_answers_for_it_sees_it(restricted, agent, second_agent, advisor, service_manager, care_manager, store_manager, page, api):
    """T125: visible only to the named role."""
    car = restricted.vehicles.get()
    for person in (agent, advisor, service_manager):
        client = page(person)
        assert client.get(f"/customers/{restricted.pk}/").status_code == 404
        assert client.get(f"/vehicles/{car.pk}/").status_code == 404
        assert client.get(f"/customers/{restricted.pk}/edit/").status_code == 404
        assert api(person).get(f"/api/v1/customers/{restricted.pk}/").status_code == 404
    for person in (care_manager, store_manager):
        assert page(person).get(f"/customers/{restricted.pk}/").status_code == 200


@pytest.mark.parametrize("text", ["王示例", "13812345678", "5678", "wangshili", "wsl"])
def test_no_search_finds_it(restricted, care_manager, page, api, text):
    """T125."""
    client = page(care_manager)
    assert client.get("/search/", {"q": text}).context["hits"] == []
    assert list(client.get("/customers/", {"q": text}).context["page_obj"]) == []
    assert api(care_manager).get("/api/v1/customers/", {"q": text}).json()["results"] == []


def test_neither_does_its_car(restricted, care_manager, page):
    plate, client = restricted.vehicles.get().plate, page(care_manager)
    assert client.get("/search/", {"q": plate}).context["hits"] == []
    assert list(client.get("/vehicles/").context["page_obj"]) == []


def test_other_pages_and_files_call_it_by_number(restricted, served, agent, care_manager, page):
    """T125: the repair order stays, its customer has no name there."""
    from transfers.exports import export

    for address in (f"/visits/{served.pk}/", "/visits/"):
        shown = page(agent).get(address).content.decode()
        assert "王示例" not in shown and "13812345678" not in shown and "5678" not in shown
        assert f"Restricted record No. {restricted.pk}" in shown
    run = export("visits", "", by=care_manager, reason="Test")
    import openpyxl

    cells = {cell.value for row in openpyxl.load_workbook(run.file.path).active for cell in row}
    assert "王示例" not in cells and f"Restricted record No. {restricted.pk}" in cells


def test_open_contacts_end_and_none_is_planned(store, customer, agent, care_manager, ask, defaults):
    """T125, AR8: zero tasks and zero messages."""
    agree(customer)
    car = make_vehicle(store, customer, next_maintenance_on=store.today() + timedelta(days=14))
    make_handed_over(store, vehicle=car, at=NOW)
    call, letter = make_followup(store, customer=customer), make_followup(store, make_plan("letter", kind="letter"), customer=customer)
    message = make_message(customer)
    grant(ask(), "The person wishes it", by=care_manager)
    for followup in (call, letter):
        followup.refresh_from_db()
        assert (followup.status, followup.exemption) == ("ineligible", "restricted")
    assert Message.objects.get(pk=message.pk).status == "cancelled"
    plan_reminders()
    assert not Message.objects.filter(status="planned").exists()
    make_handed_over(store, vehicle=car, at=NOW + timedelta(hours=1))
    plan_due(NOW + timedelta(hours=2))
    assert not FollowUp.objects.filter(customer=customer, status="open").exists()
    missed = Appointment.objects.create(store=store, customer=customer, vehicle=car, starts_at=NOW)
    followup = plan_no_show(missed)
    assert followup is None or followup.exemption == "restricted"


def test_no_sample_and_no_day_on_file_reaches_it(restricted, served, care_manager, defaults):
    """T125: neither a drawn home visit nor a call about a day on file."""
    day = restricted.store.today()
    Vehicle.objects.filter(customer=restricted).update(next_maintenance_on=day + timedelta(days=3))
    plan = make_plan("day", trigger="maintenance", offset=3, unit="calendar_days", is_before=True)
    plan_occasions()
    assert set(FollowUp.objects.filter(plan=plan).values_list("exemption", flat=True)) == {"restricted"}
    sample = Sample(store=restricted.store, name="x", kind="call", share=100, first_day=NOW.date(), last_day=NOW.date())
    assert [(row.customer_id, row.exclusion) for row in Frame(sample, NOW).rows()] == [(restricted.pk, "restricted")]


def test_a_message_planned_all_the_same_is_stopped_at_the_gate(restricted, defaults):
    """T125: asked in the transaction that takes the message."""
    message = make_message(restricted)
    Message.objects.filter(pk=message.pk).update(body="您好", expires_at=NOW + timedelta(days=9000))
    send_due(NOW)
    message = Message.objects.get(pk=message.pk)
    assert (message.status, message.reason) == ("cancelled", "restricted")


def test_an_import_knows_it_again_and_makes_nobody_new(store, customer, ask, care_manager, tmp_path, defaults):
    """T125: nobody comes back as a new customer by a file."""
    row = order("RO1", 客户姓名="王示例", 送修人="王示例", 送修人电话="13812345678")
    Customer.objects.filter(pk=customer.pk).update(name="王示例")
    import_file("visits", orders(tmp_path, row), store)
    grant(ask(), "The person wishes it", by=care_manager)
    number = Customer.everyone.count()
    report = import_file("visits", orders(tmp_path, row, order("RO2", 客户姓名="王示例", 送修人="王示例", 送修人电话="13812345678")), store)
    assert (report.counts["created"], Customer.everyone.count()) == (1, number)
    assert not FollowUp.objects.filter(customer=customer, status="open").exists()


def test_another_system_is_told_that_it_is_restricted(store, customer, ask, served, care_manager, administrator, api):
    Customer.objects.filter(pk=customer.pk).update(source="dms", external_id="K1")
    grant(ask(), "The person wishes it", by=care_manager)
    sent = {"store": store.pk, "source": "dms", "external_id": "K1", "name": "王示例", "kind": "person"}
    answer = api(administrator).put("/api/v1/customers/upsert/", sent, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "restricted")
    results = api(administrator).post("/api/v1/customers/bulk/", {"items": [sent]}, format="json").json()["results"]
    assert [(result["outcome"], result["code"]) for result in results] == [("failed", "restricted")]


def test_when_the_last_hold_is_over_the_person_is_erased_at_night(restricted):
    """T125: the date of final deletion is kept."""
    assert release() == 0
    Customer.everyone.filter(pk=restricted.pk).update(restricted_until=restricted.store.today() - timedelta(days=1))
    release_restricted()
    # The repair holds still: what is shown is corrected instead.
    held = Customer.everyone.get(pk=restricted.pk)
    assert (held.erased_at, held.restricted_until) == (None, date(2032, 11, 18))
    restricted.visits.update(arrived_at=NOW - timedelta(days=366 * 7), handed_over_at=NOW - timedelta(days=366 * 7))
    Customer.everyone.filter(pk=restricted.pk).update(restricted_until=restricted.store.today() - timedelta(days=1))
    release_restricted()
    gone = Customer.everyone.get(pk=restricted.pk)
    assert (gone.name, gone.phone, bool(gone.erased_at)) == (f"#{restricted.pk}", "", True)
    assert gone.visits.count() == 1


def test_who_wants_to_come_back_is_lifted_with_a_reason(restricted, care_manager, agent, page):
    client = page(care_manager)
    client.post(f"/customers/{restricted.pk}/lift/", {"reason": ""})
    assert Customer.everyone.get(pk=restricted.pk).restricted_at
    assert page(agent).post(f"/customers/{restricted.pk}/lift/", {"reason": "x"}).status_code == 403
    client.post(f"/customers/{restricted.pk}/lift/", {"reason": "Buys a car"})
    back = Customer.objects.get(pk=restricted.pk)
    assert (back.restricted_until, back.restricted_for) == (None, [])
    assert Event.objects.get(code="customer.restriction_lifted").particulars == {"reason": "Buys a car"}
    with pytest.raises(Conflict):
        back.lift_restriction("Again", by=care_manager)


def test_lifting_refuses_the_wrong_and_the_erased(customer, agent, care_manager):
    with pytest.raises(NotAllowed):
        customer.lift_restriction("x", by=agent)
    with pytest.raises(DomainError):
        customer.lift_restriction(" ", by=care_manager)
    erase(customer)
    with pytest.raises(Conflict):
        customer.lift_restriction("x", by=care_manager)


def test_a_restricted_record_is_not_merged(restricted, store, care_manager):
    from customers.merging import merge_customers

    with pytest.raises(Conflict):
        merge_customers(make_customer(store), restricted, by=care_manager)


def test_withdrawing_again_changes_only_the_day(restricted, served):
    since = restricted.restricted_at
    withdraw(restricted)
    assert Customer.everyone.get(pk=restricted.pk).restricted_at == since
