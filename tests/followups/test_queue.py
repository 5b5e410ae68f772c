"""The queue page and "next": order, reasons, nobody else's work, one winner each (FU1, T35, UX2; S2-02)."""

import random
from datetime import timedelta

import pytest

from accounts.roles import Role
from followups.models import FollowUp
from followups.models.queue import PROMISED_LATER
from followups.queue import Queue
from tests.factories import NOW, make_followup, make_handed_over, make_plan, make_store, make_user

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def standing_clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def order(user):
    return [followup.pk for followup in Queue(user, NOW).followups]


def test_promised_then_verification_then_due(store, agent):
    later = make_followup(store, due_at=NOW + DAY)
    overdue = make_followup(store, due_at=NOW - DAY)
    verification = make_followup(store, source_kind="complaint_round", priority=1, due_at=NOW + 2 * DAY)
    promised = make_followup(store, promised_at=NOW, available_at=NOW, due_at=NOW + 3 * DAY)
    assert order(agent) == [promised.pk, verification.pk, overdue.pk, later.pk]
    assert [followup.why.code for followup in Queue(agent, NOW).followups] == ["promised", "verification", "overdue", "due_later"]


def test_equal_deadlines_go_by_risk_then_age(store, agent):
    mild, first, second = (make_followup(store, priority=priority) for priority in (7, 5, 5))
    assert order(agent) == [first.pk, second.pk, mild.pk]


def test_only_what_may_be_called_now_by_this_person_is_offered(store, other_store, agent, second_agent, salesperson):
    shown = make_followup(store)
    own = make_followup(store, make_plan("sold", role=Role.SALES_MANAGER), assignee=agent)
    make_followup(store, available_at=NOW + HOUR)
    make_followup(store, promised_at=NOW + HOUR, available_at=NOW + HOUR)
    make_followup(store, assignee=second_agent)
    make_followup(store, make_plan("sales", role=Role.SALESPERSON))
    make_followup(other_store)
    make_followup(store, claimed_by=second_agent, claimed_at=NOW, lease_until=NOW + HOUR)
    expired = make_followup(store, claimed_by=second_agent, claimed_at=NOW - HOUR, lease_until=NOW - HOUR / 2)
    assert set(order(agent)) == {shown.pk, own.pk, expired.pk}


def test_a_manager_steps_in_for_the_team_of_the_own_store(store, other_store, sales_manager, care_manager):
    sales, care = make_followup(store, make_plan("sales", role=Role.SALESPERSON)), make_followup(store)
    make_followup(other_store)
    assert (order(sales_manager), order(care_manager)) == ([sales.pk], [care.pk])


def test_a_role_counts_in_its_own_store_only(store, other_store):
    both = make_user("both", Role.CARE_AGENT, store)
    both.memberships.create(role=Role.SALES_MANAGER, store=other_store)
    plan = make_plan("sales", role=Role.SALES_MANAGER)
    make_followup(store, plan)
    there = make_followup(other_store, plan)
    assert order(both) == [there.pk]


def test_somebody_of_the_whole_group_sees_every_store(administrator, store, other_store):
    calls = [make_followup(place) for place in (store, other_store, make_store("S03"))]
    assert order(administrator) == [call.pk for call in calls]


def test_the_page_counts_and_says_why(page, store, agent):
    make_followup(store, due_at=NOW - DAY, visit=make_handed_over(store, kind="comeback"))
    make_followup(store, promised_at=NOW + HOUR, available_at=NOW + HOUR)
    make_followup(store, source_kind="complaint_round", priority=1)
    queue = Queue(agent, NOW)
    assert (queue.due, queue.overdue, queue.promised, queue.verifications) == (2, 1, 1, 1)
    text = page(agent).get("/queue/").content.decode()
    for words in ("overdue since", "comeback repair", "verification of a complaint", 'data-key="n"'):
        assert words in text


def test_counts_stop_somewhere(page, store, agent, monkeypatch):
    for module in ("followups.models.queue", "followups.queue", "followups.templatetags.followups"):
        monkeypatch.setattr(f"{module}.COUNTED_TO", 3)
    for _number in range(5):
        make_followup(store)
    assert Queue(agent, NOW).due == 3
    assert "2+" in page(agent).get("/queue/").content.decode()


def test_the_page_costs_at_most_ten_queries(page, store, agent, django_assert_max_num_queries):
    for _number in range(30):
        make_followup(store)
    client = page(agent)
    with django_assert_max_num_queries(10):
        client.get("/queue/")


def test_next_claims_the_best_one_and_opens_it(page, store, agent):
    make_followup(store, due_at=NOW + DAY)
    best = make_followup(store, due_at=NOW - DAY)
    response = page(agent).post("/queue/next/")
    assert response["Location"] == f"/followups/{best.pk}/"
    best.refresh_from_db()
    assert best.claimed_by == agent


def test_next_comes_back_to_what_one_holds(page, store, agent):
    held, _other = make_followup(store, due_at=NOW + 5 * DAY), make_followup(store)
    held.claim(by=agent, now=NOW)
    assert page(agent).post("/queue/next/")["Location"] == f"/followups/{held.pk}/"


def test_next_costs_at_most_eleven_queries(page, store, agent, django_assert_max_num_queries):
    for _number in range(30):
        make_followup(store)
    client = page(agent)
    client.post("/queue/next/")
    FollowUp.objects.get(claimed_by=agent).release(by=agent)
    with django_assert_max_num_queries(11):
        client.post("/queue/next/")


def test_next_on_an_empty_queue_says_so(page, agent):
    response = page(agent).post("/queue/next/", follow=True)
    assert response.redirect_chain == [("/queue/", 302)]
    assert "Nothing is waiting for you right now." in response.content.decode()


def test_next_gives_everybody_another_one_in_order(store):
    """T35: whoever presses next gets the best that is left."""
    calls = [make_followup(store, due_at=NOW + number * HOUR) for number in range(6)]
    agents = [make_user(f"agent{number}", Role.CARE_AGENT, store) for number in range(7)]
    taken = [FollowUp.objects.next_for(person, NOW) for person in agents]
    assert [followup and followup.pk for followup in taken] == [*(call.pk for call in calls), None]


def test_next_passes_over_what_was_taken_between_looking_and_claiming(store, agent, second_agent, monkeypatch):
    calls = [make_followup(store, due_at=NOW + number * HOUR) for number in range(3)]
    stale = FollowUp.objects.queue_for(agent, NOW)
    for call in calls[:2]:
        FollowUp.objects.get(pk=call.pk).claim(by=second_agent, now=NOW)
    assert FollowUp.objects.all().take_first([entry.pk for entry in stale], agent, NOW).pk == calls[2].pk


def test_next_is_a_post_for_people_who_call(page, store, agent, store_manager):
    make_followup(store)
    assert page(agent).get("/queue/next/").status_code == 405
    assert page(store_manager).post("/queue/next/").status_code == 403
    assert page(store_manager).get("/queue/").status_code == 403


def test_the_statement_finds_what_a_plain_search_finds(store, other_store, agent, second_agent, sales_manager):
    """The same queue by a second way: look at every row and sort in memory."""
    chance = random.Random(3)
    plans = [make_plan("care"), make_plan("sold", role=Role.SALESPERSON), make_plan("head", role=Role.SALES_MANAGER)]
    for _number in range(150):
        holder = chance.choice([None, None, agent, second_agent])
        followup = make_followup(chance.choice([store, store, other_store]), chance.choice(plans))
        promised = chance.choice([None, None, None, -2, 3])
        FollowUp.objects.filter(pk=followup.pk).update(
            status=chance.choice(["open", "open", "open", "done"]),
            assignee=chance.choice([None, None, agent, sales_manager]),
            priority=chance.choice([1, 5, 5, 7]),
            due_at=NOW + chance.randint(-3, 3) * HOUR,
            available_at=NOW + (promised if promised is not None else chance.choice([-1, 0, 1])) * HOUR,
            promised_at=promised and NOW + promised * HOUR,
            claimed_by=holder,
            lease_until=holder and NOW + chance.choice([-1, 1]) * HOUR,
        )
    for person, roles in ((agent, {"care_agent"}), (sales_manager, {"sales_manager", "salesperson"})):
        entries = [entry.pk for entry in FollowUp.objects.queue_for(person, NOW, 500) if entry.rank != PROMISED_LATER]
        assert entries == [followup.pk for followup in sorted(plain_queue(store, person, roles), key=place)]
        assert len(entries) > 10


def plain_queue(store, person, roles):
    for followup in FollowUp.objects.all():
        is_free = followup.claimed_by_id is None or followup.lease_until < NOW
        is_own = followup.assignee_id == person.pk or (followup.assignee_id is None and followup.role in roles)
        if followup.store_id == store.pk and followup.status == "open" and is_free and is_own and followup.available_at <= NOW:
            yield followup


def place(followup):
    if followup.promised_at:
        return 0, followup.promised_at, followup.priority, followup.pk
    return (1 if followup.priority == 1 else 2), followup.due_at, followup.priority, followup.pk
