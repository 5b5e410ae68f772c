"""Shifts, sharing out by load, and the forecast of due calls against shifts (FU15, B22)."""

from collections import Counter
from datetime import time, timedelta

import pytest

from accounts.roles import Role
from common.errors import NotAllowed
from followups.models import FollowUp, Shift
from followups.models.shift import set_shifts
from followups.staffing.forecast import USUAL_PACE, forecast, pace_of
from followups.staffing.sharing import loads, share_out
from notifications.models import Notification
from stores.calendar import Unit
from stores.models import BusinessHours
from tests.factories import NOW, make_customer, make_followup, make_plan, make_user, make_vehicle, make_visit, on
from visits.models import Appointment

DAY = timedelta(days=1)
WEDNESDAY = on("2026-11-18")


@pytest.fixture(autouse=True)
def morning(time_machine):
    """10:00 in Shanghai."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def crew(store, agent, second_agent):
    third = make_user("third", Role.CARE_AGENT, store)
    on_shift(store, agent, until=time(18))
    on_shift(store, second_agent, until=time(18))
    return [agent, second_agent, third]


def on_shift(store, person, day=WEDNESDAY, since=time(10), until=time(18)):
    return Shift.objects.create(store=store, person=person, date=day, starts=since, ends=until)


def shared(store, by):
    return {person.username: number for person, number in share_out(store, by=by).items()}


def test_calls_go_to_who_is_on_shift_by_load(store, crew, care_manager):
    first, second, _off = crew
    plan = make_plan()
    for _ in range(6):
        make_followup(store, plan, assignee=first)
    for _ in range(20):
        make_followup(store, plan, due_at=NOW)
    assert shared(store, care_manager) == {first.username: 7, second.username: 13}
    assert Counter(FollowUp.objects.values_list("assignee__username", flat=True)) == {first.username: 13, second.username: 13}
    assert Notification.objects.filter(code="followup.shared_out").count() == 2


def test_nobody_gets_more_than_the_shift_holds_and_promises_go_first(store, crew, care_manager):
    """Two hours at twelve calls are two dozen; the rest stays with the team."""
    Shift.objects.all().delete()
    on_shift(store, crew[0], until=time(12))
    plan = make_plan()
    for _ in range(30):
        make_followup(store, plan, due_at=NOW - DAY)
    promised = make_followup(store, plan, due_at=NOW + 5 * DAY, promised_at=NOW + timedelta(hours=1))
    assert shared(store, care_manager) == {crew[0].username: 2 * USUAL_PACE}
    promised.refresh_from_db()
    assert promised.assignee == crew[0]
    assert FollowUp.objects.filter(assignee=None).count() == 7
    assert shared(store, care_manager) == {}


def test_a_household_goes_to_one_person(store, crew, care_manager):
    plan, customers = make_plan(), [make_customer(store) for _ in range(5)]
    for number in range(15):
        make_followup(store, plan, customers[number % 5], due_at=NOW)
    share_out(store, by=care_manager)
    hands = {customer.pk: set(FollowUp.objects.filter(customer=customer).values_list("assignee", flat=True)) for customer in customers}
    assert {len(people) for people in hands.values()} == {1}


def test_calls_of_tomorrow_of_other_roles_and_in_other_hands_stay(store, crew, care_manager):
    plan = make_plan()
    make_followup(store, plan, due_at=NOW + DAY)
    make_followup(store, plan, due_at=NOW, role="salesperson")
    make_followup(store, plan, due_at=NOW, claimed_by=crew[2], claimed_at=NOW, lease_until=NOW + timedelta(minutes=5))
    make_followup(store, make_plan("letter", kind="letter"), due_at=NOW)
    assert shared(store, care_manager) == {}


def test_who_is_absent_gets_nothing(store, crew, care_manager):
    crew[0].absent_until = WEDNESDAY + DAY
    crew[0].save()
    make_followup(store, make_plan(), due_at=NOW)
    assert shared(store, care_manager) == {crew[1].username: 1}
    assert [day.hours for day in forecast(store, NOW, 1)] == [8]


def test_only_who_hands_out_the_work_shares_it(store, crew, agent):
    with pytest.raises(NotAllowed):
        share_out(store, by=agent)


def test_the_supervisor_sees_who_works_on_what(store, crew, care_manager, page):
    call = make_followup(store, make_plan(), assignee=crew[0])
    call.claim(by=crew[0])
    made = make_followup(store, make_plan("other"), customer=make_customer(store))
    made.log("no_answer", by=crew[1])
    found = {load.person: (load.open, load.held, load.done, load.room) for load in loads(store, NOW)}
    assert found == {crew[0]: (1, 1, 0, 95), crew[1]: (0, 0, 1, 96), crew[2]: (0, 0, 0, 0)}
    text = page(care_manager).get("/staffing/").content.decode()
    assert crew[0].name in text
    assert "12 calls an hour are assumed" in text


def test_the_due_curve_is_exact_and_overload_is_flagged_on_the_right_days(store, agent, defaults):
    """B22: known orders, appointments and days on file against shifts of one hour a day but Friday."""
    make_plan("extra", trigger="maintenance", offset=0, is_before=True, unit=Unit.CALENDAR_DAYS)
    plan = make_plan("call")
    plan.valid_to = on("2020-01-02")
    plan.save()
    for days, number in ((-1, 3), (0, 4), (1, 13), (2, 10)):
        for _ in range(number):
            make_followup(store, plan, due_at=NOW + days * DAY)
    for _ in range(5):
        car = make_vehicle(store)
        Appointment.objects.create(store=store, customer=car.customer, vehicle=car, starts_at=NOW + DAY)
    make_visit(store, promised_at=NOW + timedelta(hours=3))
    for _ in range(2):
        make_vehicle(store, next_maintenance_on=WEDNESDAY + 10 * DAY)
    for number in range(14):
        if number != 2:
            on_shift(store, agent, WEDNESDAY + number * DAY, time(11), time(12))
    days = forecast(store, NOW)
    assert [day.planned for day in days[:4]] == [7, 13, 10, 0]
    # Service calls are due after three working days: of Wednesday on Monday, of Thursday on Tuesday.
    assert [(day.date - WEDNESDAY).days for day in days if day.expected] == [5, 6, 10]
    assert [day.expected for day in days if day.expected] == [1, 5, 2]
    assert [day.capacity for day in days[:3]] == [12, 12, 0]
    assert [(day.date - WEDNESDAY).days for day in days if day.is_overloaded] == [1, 2]
    assert [day.carried for day in days[:4]] == [0, 1, 11, 0]


def test_who_makes_other_calls_holds_none_of_the_agents(store, agent, salesperson):
    on_shift(store, salesperson)
    on_shift(store, agent, since=time(9), until=time(12))
    make_followup(store, make_plan(), due_at=NOW, role="salesperson")
    today = forecast(store, NOW, 1)[0]
    assert (today.planned, today.hours) == (0, 2)


def test_a_closed_day_says_why(store, agent):
    BusinessHours.objects.filter(store=store).delete()
    for weekday in range(1, 7):
        BusinessHours.objects.create(store=store, weekday=weekday, opens=time(9), closes=time(18))
    days = forecast(store.__class__.objects.get(pk=store.pk), NOW.replace(month=9, day=28))
    assert [day.note for day in days if str(day.date) == "2026-10-01"] != [""]


def test_the_pace_is_the_stores_own_once_it_is_known(store, agent):
    assert (pace_of(store, NOW).calls, pace_of(store, NOW).hours) == (USUAL_PACE, 0)
    call = make_followup(store)
    for hour in range(24):
        for minute in range(6):
            call.attempts.create(by=agent, at=NOW - (hour + 1) * DAY + timedelta(minutes=minute), outcome="busy")
    assert (pace_of(store, NOW).calls, pace_of(store, NOW).hours) == (6, 24)


def test_shifts_are_written_like_people_write_them(store, agent, second_agent, care_manager, page):
    client, url = page(care_manager), f"/staffing/{store.code}/shifts/?day={WEDNESDAY}"
    field = f"p{agent.pk}-20261118"
    assert client.get(url).status_code == 200
    for typed, kept in (("9-18", "09:00-18:00"), ("8:30–17:30", "08:30-17:30"), ("10 至 19", "10:00-19:00")):
        assert client.post(url, {field: typed}).status_code == 302
        assert str(Shift.objects.get(person=agent)) == kept
    for typed, words in (("18-9", "A shift ends after it starts."), ("25-26", "Write the hours as"), ("late", "Write the hours as")):
        refused = client.post(url, {field: typed})
        assert (refused.status_code, words in refused.content.decode()) == (422, True)
    client.post(url, {field: ""})
    assert not Shift.objects.exists()


def test_last_week_is_copied_where_nothing_is_written_yet(store, agent, second_agent, care_manager, page):
    on_shift(store, agent, WEDNESDAY - 7 * DAY)
    on_shift(store, second_agent, WEDNESDAY - 7 * DAY)
    on_shift(store, second_agent, WEDNESDAY, until=time(12))
    client, url = page(care_manager), f"/staffing/{store.code}/shifts/?day={WEDNESDAY}"
    client.post(url, {"copy": "1"})
    client.post(url, {"copy": "1"})
    assert [(shift.person, str(shift)) for shift in Shift.objects.filter(date=WEDNESDAY).order_by("person__name")] == [
        (person, span) for person, span in sorted([(agent, "10:00-18:00"), (second_agent, "10:00-12:00")], key=lambda pair: pair[0].name)
    ]


def test_shifts_of_other_stores_and_people_are_out_of_reach(store, other_store, agent, care_manager, advisor, page):
    assert page(care_manager).get(f"/staffing/{other_store.code}/shifts/").status_code == 404
    assert page(care_manager).post(f"/staffing/{other_store.code}/share/").status_code == 404
    assert page(agent).get(f"/staffing/{store.code}/shifts/").status_code == 403
    with pytest.raises(NotAllowed):
        set_shifts(other_store, {(agent, WEDNESDAY): (time(9), time(18))}, by=care_manager)
