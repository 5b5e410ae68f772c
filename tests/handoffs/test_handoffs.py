"""Passing on the work of who leaves or is absent (B25, FU15)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from activity.models import Event
from common.errors import Conflict, DomainError
from customers.models import Customer
from followups.models import FollowUp
from followups.services import plan_for_delivery
from handoffs.kinds import KINDS
from handoffs.models import Handoff
from handoffs.services import end_absences, give_back, hand_off, tell_customers
from handoffs.sharing import colleagues, left_behind, share_out
from messaging.models import Message
from notifications.models import Notification
from tests.factories import make_customer, make_delivery, make_followup, make_handed_over, make_user, make_vehicle, make_visit
from tests.leads.test_leads import make_lead
from tests.world import make_complaint
from visits.models import Appointment, Promise

DAY = timedelta(days=1)


@pytest.fixture
def leaver(store):
    """Somebody who sells, advises and calls."""
    return with_roles(make_user("leaver"), store)


@pytest.fixture
def heirs(store):
    return [with_roles(make_user(f"heir{number}"), store) for number in range(3)]


def with_roles(user, store, roles=(Role.SALESPERSON, Role.SERVICE_ADVISOR, Role.CARE_AGENT)):
    for role in roles:
        user.memberships.create(role=role, store=store)
    return user


@pytest.fixture
def work(store, leaver, defaults):
    """Thirty customers with a call each, three of them promised; leads, promises, an appointment, a car in the shop, a complaint."""
    customers = [make_customer(store, keeper=leaver) for _ in range(30)]
    now = timezone.now()
    for number, customer in enumerate(customers):
        make_followup(store, customer=customer, assignee=leaver, promised_at=now + DAY if number < 3 else None)
    for _ in range(4):
        make_lead(store, salesperson=leaver, next_contact_on=store.today() + DAY)
    make_promise(store, customers[0], leaver)
    car = make_vehicle(store)
    Appointment.objects.create(store=store, customer=car.customer, vehicle=car, advisor=leaver, starts_at=now + DAY)
    make_visit(store, advisor=leaver)
    make_complaint(store, make_handed_over(store), leaver)
    return customers


def make_promise(store, customer, owner, due_on=None):
    return Promise.objects.create(store=store, customer=customer, text="mats", owner=owner, due_on=due_on or store.today() + DAY)


def counts(store, *people):
    return {kind.code: sum(kind.rows(store, person).count() for person in people) for kind in KINDS}


def pass_on(store, leaver, heirs, by, **fields):
    return hand_off(Handoff(store=store, person=leaver, **{"reason": "leaves", **fields}), heirs, by=by)


EVERYTHING = {"customers": 30, "leads": 4, "promises": 1, "calls": 30, "appointments": 1, "visits": 1, "complaints": 1}


def test_counts_before_and_after_match_and_nothing_is_left(store, leaver, heirs, work, store_manager):
    assert counts(store, leaver) == EVERYTHING
    times = dict(FollowUp.objects.values_list("pk", "promised_at")), dict(FollowUp.objects.values_list("pk", "due_at"))
    pass_on(store, leaver, heirs, store_manager)
    assert (counts(store, leaver), counts(store, *heirs)) == (dict.fromkeys(EVERYTHING, 0), EVERYTHING)
    assert (dict(FollowUp.objects.values_list("pk", "promised_at")), dict(FollowUp.objects.values_list("pk", "due_at"))) == times
    assert not FollowUp.objects.filter(assignee=None).exists()


def test_no_row_is_without_a_person_between_two_statements(store, leaver, heirs, work, store_manager):
    """Every UPDATE is watched: the person goes from one to the other in one statement."""
    unowned = []

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("UPDATE"):
            with connection.cursor() as cursor:
                cursor.cursor.execute("SELECT count(*) FROM followups_followup WHERE assignee_id IS NULL")
                unowned.append(cursor.cursor.fetchone()[0])
        return result

    with connection.execute_wrapper(watch):
        pass_on(store, leaver, heirs, store_manager)
    assert (len(unowned) > 5, set(unowned)) == (True, {0})


def test_who_has_least_gets_most(store, leaver, heirs, store_manager):
    busy, idle, half = heirs
    for owner, number in ((busy, 8), (half, 4)):
        for _ in range(number):
            make_followup(store, assignee=owner)
    for _ in range(12):
        make_followup(store, assignee=leaver)
    pass_on(store, leaver, heirs, store_manager)
    assert Counter(FollowUp.objects.values_list("assignee__username", flat=True)) == {"heir0": 8, "heir1": 8, "heir2": 8}
    assert idle.username == "heir1"


def test_what_belongs_to_one_customer_stays_in_one_hand(store, leaver, heirs, work):
    hands = {}
    for rows in share_out(store, leaver, heirs).values():
        for _pk, customer_id, to in rows:
            if customer_id:
                hands.setdefault(customer_id, set()).add(to)
    assert {len(people) for people in hands.values()} == {1}


def test_promised_calls_are_shared_first(store, leaver, heirs, work):
    calls = next(rows for kind, rows in share_out(store, leaver, heirs).items() if kind.code == "calls")
    promised = set(FollowUp.objects.promised().values_list("pk", flat=True))
    assert {pk for pk, _customer_id, _to in calls[:3]} == promised


def test_everybody_hears_of_it_once_and_every_row_tells_it(store, leaver, heirs, work, store_manager):
    handoff = pass_on(store, leaver, heirs, store_manager)
    assert set(Notification.objects.filter(code="handoff.received").values_list("user", flat=True)) == {heir.pk for heir in heirs}
    assert Event.objects.filter(code="handoff.passed").count() == sum(EVERYTHING.values())
    event = Event.objects.filter(code="handoff.passed", customer_ref=work[0].pk).first()
    assert (event.particulars["before"], event.actor, event.store) == (leaver.name, store_manager, store)
    assert Event.objects.get(code="handoff.made").subject_id == handoff.pk


def test_given_back_it_is_as_before_but_for_what_has_moved_on(store, leaver, heirs, work, store_manager):
    handoff = pass_on(store, leaver, heirs, store_manager)
    call = FollowUp.objects.filter(assignee=heirs[0]).first()
    FollowUp.objects.filter(pk=call.pk).update(status="done")
    customer = Customer.objects.filter(keeper=heirs[1]).first()
    Customer.objects.filter(pk=customer.pk).update(keeper=heirs[2])
    assert give_back(handoff, by=store_manager) == sum(EVERYTHING.values()) - 2
    assert counts(store, leaver) == EVERYTHING | {"calls": 29, "customers": 29}
    assert handoff.items.filter(is_returned=False).count() == 2
    with pytest.raises(Conflict):
        give_back(handoff, by=store_manager)


def test_who_is_gone_gets_nothing_back(store, leaver, heirs, work, store_manager):
    handoff = pass_on(store, leaver, heirs, store_manager)
    leaver.is_active = False
    leaver.save()
    handoff.refresh_from_db()
    handoff.person = type(leaver).objects.get(pk=leaver.pk)
    with pytest.raises(DomainError) as refused:
        give_back(handoff, by=store_manager)
    assert refused.value.code == "not_here"
    assert counts(store, *heirs) == EVERYTHING


def test_after_thirty_days_it_stands(store, leaver, heirs, work, store_manager):
    handoff = pass_on(store, leaver, heirs, store_manager)
    assert handoff.can_undo_by(store_manager)
    assert not handoff.can_undo_by(store_manager, timezone.now() + 31 * DAY)


def test_an_absence_passes_on_what_falls_before_the_return(store, leaver, heirs, work, store_manager, page):
    back_on = store.today() + 3 * DAY
    later = make_lead(store, salesperson=leaver, next_contact_on=back_on)
    pass_on(store, leaver, heirs, store_manager, reason="absent", back_on=back_on)
    left = counts(store, leaver)
    assert (left["customers"], left["complaints"], left["leads"], left["calls"], left["visits"]) == (30, 1, 1, 0, 0)
    later.refresh_from_db()
    assert later.salesperson == leaver


def test_on_the_day_of_return_the_work_comes_back_by_itself(store, leaver, heirs, work, store_manager):
    now = timezone.now()
    handoff = pass_on(store, leaver, heirs, store_manager, reason="absent", back_on=store.today() + 2 * DAY)
    end_absences(now + DAY)
    assert counts(store, leaver)["calls"] == 0
    end_absences(now + 2 * DAY)
    end_absences(now + 2 * DAY)
    leaver.refresh_from_db()
    handoff.refresh_from_db()
    assert (counts(store, leaver), leaver.absent_until, handoff.undone_by) == (EVERYTHING, None, None)


def test_who_is_absent_is_given_nothing_new(store, leaver, heirs, store_manager, work):
    pass_on(store, leaver, heirs, store_manager, reason="absent", back_on=store.today() + 2 * DAY)
    delivery = make_delivery(store, salesperson=leaver, vehicle=make_vehicle(store))
    plan_for_delivery(delivery)
    assert FollowUp.objects.get(delivery=delivery, plan__code="delivery-7d").assignee is None
    assert leaver not in colleagues(store, heirs[0])


def test_a_kind_nobody_may_take_is_named(store, leaver, work, store_manager):
    agent = with_roles(make_user("only-calls"), store, [Role.CARE_AGENT])
    with pytest.raises(DomainError) as refused:
        pass_on(store, leaver, [agent], store_manager)
    assert "Open leads" in str(refused.value.message)
    assert counts(store, leaver) == EVERYTHING
    assert not Handoff.objects.exists()


def test_customers_are_told_by_template_once(store, leaver, heirs, work, store_manager):
    store.phone = "02100000000"
    store.save()
    handoff = pass_on(store, leaver, heirs, store_manager, tells_customers=True)
    tell_customers()
    tell_customers()
    letters = Message.objects.filter(template__code="new-keeper")
    assert letters.count() == 30
    customer = Customer.objects.get(pk=work[0].pk)
    assert customer.keeper.name in letters.get(customer=customer).body
    give_back(handoff, by=store_manager)
    assert set(letters.values_list("status", flat=True)) == {"cancelled"}


def test_what_somebody_left_behind_without_a_handoff_is_shown(store, leaver, work, store_manager, page):
    assert left_behind(store) == []
    leaver.memberships.all().delete()
    assert left_behind(store) == [(leaver, sum(EVERYTHING.values()))]
    assert "Lying around" in page(store_manager).get("/handoffs/").content.decode()


def test_from_the_look_to_the_way_back_on_the_pages(store, leaver, heirs, work, store_manager, page):
    client, url = page(store_manager), f"/handoffs/new/{store.code}/{leaver.username}/"
    assert "30" in client.get(url).content.decode()
    given = {"reason": "leaves", "successors": [heir.pk for heir in heirs]}
    looked = client.post(url, given | {"look": "1"})
    assert (looked.status_code, 'id="shares"' in looked.content.decode(), Handoff.objects.count()) == (200, True, 0)
    done = client.post(url, given | {"confirm": "1"})
    handoff = Handoff.objects.get()
    assert done.url == f"/handoffs/{handoff.pk}/"
    assert "Heir1" in client.get(done.url).content.decode()
    client.post(f"{done.url}undo/")
    assert counts(store, leaver) == EVERYTHING


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"successors": []}, "This field is required"),
        ({"reason": "absent"}, "Say on which day the person is back."),
        ({"reason": "absent", "back_on": "2020-01-01"}, "The day of return must lie in the future."),
        ({"reason": "bored"}, "not one of the available choices"),
    ],
)
def test_a_bad_handoff_is_refused_with_words(store, leaver, heirs, work, store_manager, page, changes, words):
    given = {"reason": "leaves", "successors": [heirs[0].pk], "confirm": "1"}
    answer = page(store_manager).post(f"/handoffs/new/{store.code}/{leaver.username}/", given | changes)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert counts(store, leaver) == EVERYTHING


def test_people_of_other_stores_neither_see_nor_take(store, other_store, leaver, heirs, work, page):
    foreign = make_user("foreign", Role.STORE_MANAGER, other_store)
    assert page(foreign).get(f"/handoffs/new/{store.code}/{leaver.username}/").status_code == 404
    assert page(foreign).get(f"/handoffs/new/{other_store.code}/{leaver.username}/").status_code == 404
    outsider = with_roles(make_user("outsider"), other_store)
    manager = make_user("mine", Role.STORE_MANAGER, store)
    answer = page(manager).post(f"/handoffs/new/{store.code}/{leaver.username}/", {"reason": "leaves", "successors": [outsider.pk], "confirm": "1"})
    assert answer.status_code == 422


def test_a_call_a_colleague_is_in_stays_with_the_colleague(store, leaver, heirs, store_manager):
    now = timezone.now()
    call = make_followup(store, assignee=leaver, claimed_by=store_manager, claimed_at=now, lease_until=now + DAY)
    mine = make_followup(store, claimed_by=leaver, claimed_at=now, lease_until=now + DAY)
    assert counts(store, leaver)["calls"] == 2
    pass_on(store, leaver, heirs[:1], store_manager)
    call.refresh_from_db()
    mine.refresh_from_db()
    assert (call.assignee, call.claimed_by) == (heirs[0], store_manager)
    assert (mine.assignee, mine.claimed_by, mine.lease_until) == (heirs[0], None, None)
