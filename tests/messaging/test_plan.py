"""Planning a message and its text: T66, ME1."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.models import Purpose
from messaging.models import Message, MessageTemplate
from messaging.services import plan
from tests.factories import NOW, make_vehicle

pytestmark = pytest.mark.django_db


def template(body):
    return MessageTemplate(code="t", category="care", purpose=Purpose.REMINDER, name_en="T", name_zh="T", body=body)


def test_planning_twice_plans_once(customer, care):
    first = plan(care, customer, subject=customer, occurrence="2026-11-18", due_at=NOW)
    again = plan(care, customer, subject=customer, occurrence="2026-11-18", due_at=NOW + timedelta(days=1))
    assert first.pk == again.pk
    assert Message.objects.get().key == f"reminder:customer-{customer.pk}:2026-11-18:care:sms"
    assert plan(care, customer, subject=customer, occurrence="2027-11-18", due_at=NOW).pk != first.pk


def test_the_text_is_filled_when_it_is_planned(customer, care):
    message = plan(care, customer, subject=customer, occurrence="x", due_at=NOW)
    care.body = "changed"
    care.save()
    message.refresh_from_db()
    assert message.body == "【Store S01】王伟先生您好"


def test_every_placeholder_has_a_value(store, customer):
    store.phone = "02161234567"
    store.save()
    everything = template("{store} {store_phone} {customer} {car}")
    everything.save()
    message = plan(everything, customer, subject=customer, occurrence="x", due_at=NOW, vehicle=make_vehicle(store, customer, plate="沪A12345"))
    assert message.body == "Store S01 02161234567 王伟先生 沪A12345"


def test_a_missing_value_leaves_no_text(customer):
    assert template("致电{store_phone}").fill({"store_phone": ""}) == ""


@pytest.mark.parametrize("body", ["{0.__class__}", "{customer.phone}", "{% load x %}", "{{ customer }}", "{unknown}", "{", "a } b", "{customer!r}"])
def test_only_the_fixed_list_may_stand_between_braces(body):
    with pytest.raises(ValidationError) as refused:
        template(body).clean()
    assert "{store}, {store_phone}, {customer}, {car}, {date}" in refused.value.message_dict["body"][0]


def test_a_value_is_put_in_as_it_is():
    assert template("{customer}").fill({"customer": "{store} %s {0}"}) == "{store} %s {0}"


@pytest.mark.parametrize("body", ["【{store}】您好", "100%满意", "{date}{car}"])
def test_accepted_texts(body):
    template(body).clean()


def test_the_values_are_kept_for_providers_of_approved_texts(customer, store):
    """ME2: behind the signature, each once, in the order of the text."""
    text = template("【{store}】{car}，{customer}您好，{car}")
    text.save()
    message = plan(text, customer, subject=customer, occurrence="x", due_at=NOW, vehicle=make_vehicle(store, customer, plate="沪A12345"))
    message.refresh_from_db()
    assert message.parameters == [["car", "沪A12345"], ["customer", "王伟先生"]]
