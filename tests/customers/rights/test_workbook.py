"""Access and copy: one workbook with everything the store holds (PIPL Art. 45)."""

import io

import openpyxl
import pytest

from activity.models import Event
from customers.models import ContactPerson, Reveal
from customers.rights.services import grant
from tests.customers.rights.test_erasure import make_everything


@pytest.fixture
def everything(store, customer, agent, advisor, auditor, defaults):
    return make_everything(store, customer, agent, advisor, auditor)


def fetched(client, asked):
    answer = client.get(f"/rights/{asked.pk}/workbook/")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in book}


@pytest.mark.parametrize("kind", ["access", "export"])
def test_it_holds_everything_there_is_of_the_person(everything, ask, care_manager, page, customer, agent, kind):
    """PIPL Art. 45: customer, contacts, cars, visits, calls, complaints, messages, consents, reveals."""
    customer.set_consent("marketing", "sms", True, by=agent)
    Reveal.objects.create(store=customer.store, customer=customer, by=agent, reason="call")
    asked, client = ask(kind), page(care_manager)
    assert client.get(f"/rights/{asked.pk}/workbook/").status_code == 404
    client.post(f"/rights/{asked.pk}/grant/", {"reason": "Identity is clear"})
    sheets = fetched(client, asked)
    wanted = {"customers", "contact person", "vehicles", "visits", "deliveries", "follow-up", "complaint", "message", "consent", "revealed numbers", "Timeline"}
    assert wanted <= set(sheets)
    values = {str(value) for rows in sheets.values() for row in rows for value in row}
    assert {customer.name, customer.phone, "喜欢喝茶", everything.vehicle.vin, "The brake squeals again."} <= values
    assert sheets["Timeline"][0] == ["At", "By", "What happened"]
    assert any("The person asks" in row[2] for row in sheets["Timeline"])
    assert Event.objects.get(code="rights_request.fetched").actor == care_manager


def test_nothing_of_others_is_in_it(everything, ask, care_manager, page, store, customer):
    from tests.factories import make_customer

    other = make_customer(store, name="别人", phone="13900009999")
    ContactPerson.objects.create(customer=other, name="别人的家人", relation="child")
    asked, client = ask("access"), page(care_manager)
    grant(asked, "Identity is clear", by=care_manager)
    values = {str(value) for rows in fetched(client, asked).values() for row in rows for value in row}
    assert not values & {"别人", "13900009999", "别人的家人"}


def test_it_speaks_the_readers_language(ask, care_manager, page):
    asked, client = ask("access"), page(care_manager)
    grant(asked, "Identity is clear", by=care_manager)
    client.cookies["django_language"] = "zh-hans"
    sheets = fetched(client, asked)
    assert "客户" in sheets
    assert "姓名" in sheets["客户"][0]


def test_a_refused_or_foreign_request_hands_out_nothing(ask, care_manager, agent, page):
    asked = ask("access")
    asked.refuse("Not the person", by=care_manager)
    assert page(care_manager).get(f"/rights/{asked.pk}/workbook/").status_code == 404
    assert page(agent).get(f"/rights/{asked.pk}/workbook/").status_code == 403
