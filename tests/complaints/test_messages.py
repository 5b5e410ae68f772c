"""Care and promotion wait for nobody who waits for an answer to a complaint (T63)."""

import pytest

from activity.models import Event
from customers.models import Purpose
from messaging import outbox
from messaging.models import Message, MessageTemplate, Reason
from tests.factories import NOW, make_customer
from tests.messaging.factories import agree, make_message

Category = MessageTemplate.Category


def planned_for(customer, category):
    template = MessageTemplate.objects.create(code="t", category=category, purpose=Purpose.REMINDER, name_en="t", name_zh="t", body="您好")
    return make_message(agree(agree(customer), Purpose.MARKETING), template)


@pytest.mark.parametrize("category", [Category.CARE, Category.PROMOTION])
def test_what_was_planned_before_is_cancelled_at_sending(slip, category):
    message = planned_for(slip.customer, category)
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert (message.status, message.reason) == (Message.Status.CANCELLED, Reason.COMPLAINT_OPEN)
    assert Event.objects.get(code="message.cancelled").particulars["reason"] == "complaint_open"


def test_a_notice_still_goes_out(slip):
    message = planned_for(slip.customer, Category.NOTICE)
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert message.status == Message.Status.SENT


def test_a_settled_complaint_holds_nothing_back(answered, agent):
    answered.verify(True, by=agent)
    message = planned_for(answered.customer, Category.CARE)
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert message.status == Message.Status.SENT


def test_the_complaint_of_somebody_else_holds_nothing_back(slip):
    message = planned_for(make_customer(slip.store), Category.CARE)
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert message.status == Message.Status.SENT
