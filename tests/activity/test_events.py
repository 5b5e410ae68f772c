"""Events are append-only and every state change of archive and visits is worded in both languages."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from activity.models import Event
from activity.services import record
from common.errors import DomainError
from customers.models import ContactPerson, Customer, Vehicle
from tests.factories import make_customer, make_delivery, make_visit
from visits.models import Appointment, Visit


def test_an_event_is_neither_changed_nor_deleted(store, agent):
    event = record("customer.confirmed", make_customer(store), by=agent)
    for forbidden in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(code="x")):
        with pytest.raises(DomainError) as caught:
            forbidden()
        assert caught.value.code == "append_only"


def test_events_of_other_stores_are_not_seen(store, agent, stranger):
    customer = make_customer(store)
    record("customer.confirmed", customer, by=agent, customer_id=customer.pk)
    assert Event.objects.for_user(agent).of_customer(customer).count() == 1
    assert Event.objects.for_user(stranger).of_customer(customer).count() == 0


@pytest.fixture
def lived(store, administrator):
    """One of every event of archive and visits."""
    by, now = administrator, timezone.now()
    customer = Customer(store=store, name="x").create(by=by)
    customer.edit(by=by, name="y")
    customer.confirm(by=by)
    customer.stop_calls(by=by)
    customer.allow_calls(by=by)
    customer.set_consent("survey", "phone", True, by=by)
    customer.set_consent("survey", "phone", False, by=by)
    ContactPerson(customer=customer, name="z", relation="driver").add(by=by).remove(by=by)
    car = Vehicle(store=store, customer=customer, plate="沪A12345").create(by=by)
    car.edit(by=by, model="B")
    visit = Visit(store=store, customer=customer, vehicle=car, promised_at=now + timedelta(hours=1)).create(by=by)
    visit.edit(by=by, bay="2")
    visit.add_work("pads", by=by, agreed_by="owner", estimate_ceiling=900)
    visit.promise(now + timedelta(hours=2), by=by, agreed_by="the owner")
    booked = [Appointment.objects.create(store=store, customer=customer, vehicle=car, starts_at=now - timedelta(hours=1)) for _number in range(3)]
    booked[0].arrive(visit, by=by)
    booked[1].miss(by=by)
    booked[2].cancel(by=by)
    Appointment(store=store, customer=customer, vehicle=car, starts_at=now + timedelta(days=1)).create(by=by)
    visit.hand_over(by=by)
    make_visit(store).cancel(by=by, reason="mistake")
    delivery = make_delivery(store)
    record("delivery.created", delivery, by=by, salesperson="")
    return Event.objects.order_by("pk")


def test_every_code_has_its_own_sentence_in_both_languages(lived):
    codes = set(lived.values_list("code", flat=True))
    assert len(codes) >= 22
    for event in lived:
        for language in ("en", "zh-hans"):
            with translation.override(language):
                sentence = render_to_string(event.template_names[0], {"event": event, "particulars": event.particulars})
            assert sentence.strip().startswith("<p>")
            assert event.code not in sentence
