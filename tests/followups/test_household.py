"""All that is due with one household in one call (FU11, B14)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from followups import services
from followups.household import others_due, take_household
from followups.models import Attempt, FollowUp
from followups.queue import Queue
from followups.receivers import calls_made
from tests.factories import NOW, make_customer, make_followup, make_plan, make_vehicle


@pytest.fixture(autouse=True)
def daytime(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def plain(db):
    """A plan of calls without a questionnaire."""
    return make_plan("plain")


@pytest.fixture
def family(store, plain):
    """Three calls due with one customer about two cars, one with the brother who shares the phone, one with somebody else."""
    customer = make_customer(store, phone="13900000001")
    brother = make_customer(store, phone="13900000001")
    cars = [make_vehicle(store, customer) for _ in range(2)]
    calls = [make_followup(store, plain, customer, vehicle=car, due_at=NOW + timedelta(hours=hour)) for hour, car in enumerate([*cars, cars[0]])]
    return calls, make_followup(store, plain, brother), make_followup(store, plain, due_at=NOW + timedelta(hours=9))


def take(followup, agent):
    followup.claim(by=agent)
    take_household(followup, agent, timezone.now())
    return followup


def statuses():
    return sorted(FollowUp.objects.values_list("status", flat=True))


def test_three_due_tasks_two_cars_one_key_one_contact(family, agent):
    calls, brothers, stranger = family
    services.log_call(take(calls[0], agent), "no_answer", by=agent, also={call.pk for call in [*calls, brothers, stranger]})
    assert statuses() == ["open"] * 5
    tried = FollowUp.objects.filter(attempt_count=1)
    assert set(tried) == {*calls, brothers}
    assert all(call.available_at > NOW and call.claimed_by is None for call in tried)
    assert (Attempt.objects.count(), Attempt.objects.contacts().count()) == (4, 1)


def test_completed_once_they_are_all_done(family, agent):
    calls, _brothers, _stranger = family
    services.log_call(take(calls[1], agent), "ok", by=agent, also={call.pk for call in calls})
    assert {call.status for call in FollowUp.objects.filter(pk__in=[call.pk for call in calls])} == {"done"}
    assert Attempt.objects.contacts().get().followup == calls[1]
    assert len(calls_made(None, [calls[0].customer_id], NOW - timedelta(hours=1))) == 1


def test_what_is_not_ticked_stays_in_the_hands_of_the_caller(family, agent):
    calls, brothers, _stranger = family
    services.log_call(take(calls[0], agent), "ok", by=agent, also={calls[1].pk})
    left = FollowUp.objects.filter(claimed_by=agent)
    assert set(left) == {calls[2], brothers}
    assert FollowUp.objects.next_for(agent, NOW) in left


def test_an_interview_is_completed_by_its_own_answers_only(store, family, agent, defaults):
    calls, _brothers, _stranger = family
    survey = make_followup(store, make_plan("survey", questionnaire_code="csi-5f"), calls[0].customer)
    services.log_call(take(calls[0], agent), "ok", by=agent, also={survey.pk})
    survey.refresh_from_db()
    assert (survey.status, survey.claimed_by, survey.attempt_count) == ("open", agent, 0)


def test_who_wants_no_more_calls_is_asked_nothing_else(family, agent):
    calls, _brothers, _stranger = family
    services.log_call(take(calls[0], agent), "do_not_call", by=agent, also={call.pk for call in calls})
    assert sorted(FollowUp.objects.filter(customer=calls[0].customer).values_list("status", flat=True)) == ["ineligible", "ineligible", "refused"]


@pytest.mark.parametrize("outcome", ["sold", "ineligible"])
def test_what_is_about_one_car_stays_with_that_car(family, agent, outcome):
    calls, _brothers, _stranger = family
    services.log_call(take(calls[0], agent), outcome, by=agent, also={call.pk for call in calls})
    calls[1].refresh_from_db()
    calls[1].vehicle.refresh_from_db()
    assert (calls[1].status, calls[1].vehicle.owner_left_on) == ("open", None)


def test_a_verification_is_never_settled_along(store, family, agent):
    calls, _brothers, _stranger = family
    verification = make_followup(store, make_plan("verify"), calls[0].customer, source_kind="complaint_round")
    services.log_call(take(calls[0], agent), "refused", by=agent, also={verification.pk})
    verification.refresh_from_db()
    assert (verification.status, verification.attempt_count) == ("open", 0)


def test_while_one_calls_nobody_else_gets_a_call_of_the_household(family, agent, second_agent):
    calls, _brothers, stranger = family
    take(calls[0], agent)
    assert FollowUp.objects.next_for(second_agent, NOW) == stranger
    assert FollowUp.objects.next_for(second_agent, NOW) == stranger


def test_calls_of_other_roles_people_and_hours_are_left_alone(store, family, agent, second_agent, salesperson):
    calls, _brothers, _stranger = family
    customer, plan = calls[0].customer, calls[0].plan
    make_followup(store, plan, customer, role="salesperson")
    make_followup(store, plan, customer, assignee=second_agent)
    make_followup(store, plan, customer, available_at=NOW + timedelta(hours=1))
    make_followup(store, make_plan("letter", kind="letter"), customer)
    assert list(others_due(calls[0], agent, NOW)) == [calls[1], calls[2], family[1]]


def test_other_stores_with_the_same_phone_are_other_households(family, other_store, agent):
    calls, _brothers, _stranger = family
    make_followup(other_store, calls[0].plan, make_customer(other_store, phone="13900000001"))
    assert others_due(calls[0], agent, NOW).count() == 3


def test_the_queue_shows_a_household_as_one_line(family, agent, page):
    calls, _brothers, stranger = family
    lines = Queue(agent, NOW).followups
    assert {line.customer.phone: line.more for line in lines} == {calls[0].customer.phone: 3, stranger.customer.phone: 0}
    assert "and 3 more with this customer" in page(agent).get("/queue/").content.decode()


def test_on_the_page_one_key_settles_what_is_ticked_and_the_rest_comes_next(family, agent, page):
    calls, brothers, _stranger = family
    client = page(agent)
    opened = client.post("/queue/next/").url
    first = FollowUp.objects.get(pk=int(opened.strip("/").split("/")[-1]))
    others = [call for call in [*calls, brothers] if call != first]
    text = client.get(opened).content.decode()
    assert all(f'value="{call.pk}"' in text for call in others)
    answer = client.post(f"{opened}log/", {"outcome": "busy", "also": [call.pk for call in others[:2]]})
    assert answer.url == f"/followups/{others[2].pk}/"
    assert sorted(FollowUp.objects.values_list("attempt_count", flat=True)) == [0, 0, 1, 1, 1]
    client.post(f"{answer.url}release/")
    assert not FollowUp.objects.exclude(claimed_by=None).exists()


def test_put_back_the_whole_household_is_free(family, agent, second_agent, page):
    calls, _brothers, _stranger = family
    client = page(agent)
    client.post(f"/followups/{calls[0].pk}/claim/")
    assert FollowUp.objects.filter(claimed_by=agent).count() == 4
    client.post(f"/followups/{calls[0].pk}/release/")
    assert not FollowUp.objects.exclude(claimed_by=None).exists()


def test_a_program_settles_a_household_too(family, agent, api):
    calls, _brothers, _stranger = family
    client = api(agent)
    taken = client.post("/api/v1/followups/next/").json()["id"]
    others = [call.pk for call in calls if call.pk != taken]
    assert client.post(f"/api/v1/followups/{taken}/log/", {"outcome": "off", "also": others}, format="json").status_code == 200
    assert Attempt.objects.contacts().count() == 1
    assert FollowUp.objects.filter(attempt_count=1).count() == 1 + len(others)


def test_a_call_with_twenty_due_contacts_asks_a_fixed_number_of_queries(store, plain, agent, page, django_assert_max_num_queries):
    customer = make_customer(store)
    calls = [make_followup(store, plain, customer, vehicle=make_vehicle(store, customer)) for _ in range(20)]
    client = page(agent)
    client.post(f"/followups/{calls[0].pk}/claim/")
    assert FollowUp.objects.filter(claimed_by=agent).count() == 11
    with django_assert_max_num_queries(40):
        client.get(f"/followups/{calls[0].pk}/")
