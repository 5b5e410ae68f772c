"""Words that hold until a day, with reason and evidence (AR8, domain 6.1, ME5)."""

from datetime import timedelta

import pytest

from customers.models import Channel, Consent, Purpose
from messaging.models import Message
from messaging.reminders import plan_reminders
from tests.factories import make_customer, make_vehicle

SMS = (Purpose.REMINDER, Channel.SMS)


@pytest.fixture
def customer(store):
    return make_customer(store)


def end(consent, days):
    """Let the word end so many days from today."""
    Consent.objects.filter(pk=consent.pk).update(expires_on=consent.store.today() + timedelta(days=days))


@pytest.mark.parametrize(("days", "allowed"), [(1, True), (0, True), (-1, False)])
def test_a_yes_holds_to_its_last_day(customer, agent, days, allowed):
    """AR8."""
    end(customer.set_consent(*SMS, True, by=agent), days)
    assert Consent.objects.allows(customer, *SMS) is allowed
    assert (SMS in Consent.objects.standing(customer)) is allowed


@pytest.mark.parametrize(("days", "refused"), [(0, True), (-1, False)])
def test_a_no_holds_to_its_last_day(customer, agent, days, refused):
    """AR8: do not contact until a day."""
    end(customer.set_consent(Purpose.SURVEY, Channel.PHONE, False, by=agent), days)
    assert Consent.objects.refused(Purpose.SURVEY, Channel.PHONE).exists() is refused


@pytest.mark.parametrize(("days", "planned"), [(0, 1), (-1, 0)])
def test_no_reminder_is_planned_on_a_yes_that_is_over(store, customer, agent, defaults, days, planned):
    """AR8: a blocked purpose yields zero messages."""
    make_vehicle(store, customer, next_maintenance_on=store.today() + timedelta(days=14))
    end(customer.set_consent(*SMS, True, by=agent), days)
    plan_reminders()
    assert Message.objects.count() == planned


def test_after_the_end_the_same_word_is_a_new_one(customer, agent):
    first = customer.set_consent(*SMS, True, by=agent)
    assert customer.set_consent(*SMS, True, by=agent) == first
    end(first, -1)
    assert customer.set_consent(*SMS, True, by=agent) != first
    assert Consent.objects.allows(customer, *SMS)


def test_a_word_is_written_down_with_all_that_belongs_to_it(customer, agent, page):
    """PIPL Art. 14: source, wording version, time, who, until when, reason and evidence stand on the page."""
    client, until = page(agent), customer.store.today() + timedelta(days=90)
    given = {"purpose": "marketing", "channel": "phone", "is_granted": "no", "source": "Counter", "expires_on": until.isoformat()}
    assert client.post(f"/customers/{customer.pk}/consents/", given | {"reason": "Too many calls", "evidence": "Form 12"}).status_code == 302
    word = Consent.objects.get()
    assert (word.is_granted, word.source, word.expires_on, word.reason, word.evidence, word.taken_by) == (
        False, "Counter", until, "Too many calls", "Form 12", agent
    )  # fmt: skip
    shown = client.get(f"/customers/{customer.pk}/consents/").content.decode()
    for words in ("Counter", "Too many calls", "Form 12", "wording 1"):
        assert words in shown


def test_a_last_day_in_the_past_is_refused(customer, agent, page, api):
    yesterday = (customer.store.today() - timedelta(days=1)).isoformat()
    given = {"purpose": "marketing", "channel": "phone", "is_granted": "yes", "source": "Counter", "expires_on": yesterday}
    assert list(page(agent).post(f"/customers/{customer.pk}/consents/", given).context["form"].errors) == ["expires_on"]
    answer = api(agent).post(
        f"/api/v1/customers/{customer.pk}/set_consent/", {"purpose": "marketing", "channel": "phone", "is_granted": True, "expires_on": yesterday}
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["expires_on"])
    assert not Consent.objects.exists()
