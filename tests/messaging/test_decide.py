"""What people decide about a message: stop it, settle a doubt (T49)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from activity.models import Event
from common.errors import Conflict, NotAllowed
from messaging import outbox
from messaging.models import Message, Reason
from tests.factories import NOW
from tests.messaging.factories import make_message

pytestmark = pytest.mark.django_db
Status = Message.Status


def test_a_planned_message_can_be_stopped(customer, care, care_manager, page):
    message = make_message(customer, care)
    response = page(care_manager).post(reverse("messaging:cancel", args=[message.pk]))
    assert response["Location"] == reverse("messaging:detail", args=[message.pk])
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert (message.status, message.reason) == (Status.CANCELLED, Reason.STOPPED)
    event = Event.objects.get()
    assert (event.code, event.actor) == ("message.cancelled", care_manager)


@pytest.mark.parametrize("status", [Status.SENDING, Status.SENT, Status.CANCELLED, Status.EXPIRED, Status.FAILED, Status.UNCERTAIN])
def test_only_a_planned_message_can_be_stopped(customer, care, care_manager, status):
    message = make_message(customer, care, status=status)
    with pytest.raises(Conflict):
        message.cancel(by=care_manager)
    assert not Event.objects.exists()


def test_a_doubt_is_settled_as_arrived(customer, care, care_manager, page):
    message = make_message(customer, care, status=Status.UNCERTAIN, attempts=1)
    page(care_manager).post(reverse("messaging:confirm", args=[message.pk]))
    message.refresh_from_db()
    assert (message.status, message.reason) == (Status.SENT, "")
    assert message.sent_at is not None


@pytest.mark.parametrize("status", [Status.UNCERTAIN, Status.FAILED])
def test_a_doubt_or_a_failure_is_sent_once_more(customer, care, care_manager, status, channel):
    message = make_message(customer, care, status=status, attempts=5, lease_until=NOW, expires_at=NOW)
    message.resend(by=care_manager, now=NOW)
    outbox.send_due(NOW + timedelta(seconds=1))
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.SENT, 6)
    assert len(channel.taken) == 1


@pytest.mark.parametrize("status", [Status.PLANNED, Status.SENDING, Status.SENT, Status.CANCELLED, Status.EXPIRED])
def test_nothing_else_is_sent_once_more_or_confirmed(customer, care, care_manager, status):
    message = make_message(customer, care, status=status)
    for verb in (message.resend, message.confirm):
        with pytest.raises(Conflict):
            verb(by=care_manager)


@pytest.mark.parametrize("verb", ["cancel", "confirm", "resend"])
def test_each_verb_asks_for_right_store_and_post(customer, care, agent, stranger, care_manager, page, verb):
    message = make_message(customer, care)
    address = reverse(f"messaging:{verb}", args=[message.pk])
    assert page(agent).post(address).status_code == 403
    assert page(stranger).post(address).status_code == 403
    assert page(care_manager).get(address).status_code == 405
    with pytest.raises(NotAllowed):
        getattr(message, verb)(by=agent)


def test_a_care_manager_of_another_store_meets_404(customer, care, other_store, page):
    from accounts.roles import Role
    from tests.factories import make_user

    message = make_message(customer, care)
    other = make_user("olga", Role.CARE_MANAGER, other_store)
    assert page(other).post(reverse("messaging:cancel", args=[message.pk])).status_code == 404
