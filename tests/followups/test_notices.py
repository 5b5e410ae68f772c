"""A desk that asks what it should know of a customer hears of promised calls."""

from datetime import UTC, datetime

import pytest

from customers.notices import notices_for
from followups.models import FollowUp
from followups.services import plan_for_visit
from tests.factories import make_customer, make_handed_over, make_vehicle


@pytest.fixture
def promised(defaults, store):
    customer = make_customer(store)
    plan_for_visit(make_handed_over(store, vehicle=make_vehicle(store, customer)))
    FollowUp.objects.update(promised_at=datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    return customer


def test_a_promised_call_is_named_with_its_local_time(promised, agent):
    (notice,) = notices_for([promised], agent)[promised.pk]
    assert notice.text == "A call is promised for 11-24 15:30"
    assert notice.url == f"/followups/{FollowUp.objects.get().pk}/"


def test_calls_that_are_done_or_not_promised_are_not_named(promised, agent):
    FollowUp.objects.update(promised_at=None)
    assert notices_for([promised], agent)[promised.pk] == []


def test_an_advisor_hears_of_it_without_a_way_into_the_call(promised, advisor):
    (notice,) = notices_for([promised], advisor)[promised.pk]
    assert (notice.text, notice.url) == ("A call is promised for 11-24 15:30", "")


def test_strangers_hear_nothing(promised, stranger):
    assert notices_for([promised], stranger)[promised.pk] == []
