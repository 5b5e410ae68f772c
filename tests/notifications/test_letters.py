"""Mail to staff: one digest a working day, quiet while the store is closed, nothing lost while the server is away (UX10)."""

from datetime import timedelta
from smtplib import SMTPConnectError, SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail

from accounts.roles import Role
from notifications import letters
from notifications.models import MOST_ATTEMPTS, Letter, Notification
from notifications.services import notify
from notifications.tasks import mail_staff
from stores.models import CalendarDay, StoreDay
from tests.factories import NOW, make_customer, make_user, on
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.django_db
WEDNESDAY, THURSDAY = "2026-11-18", "2026-11-19"
FRIDAY, SATURDAY, MONDAY = "2026-11-20", "2026-11-21", "2026-11-23"
DIGEST, AT_ONCE, URGENT = "complaint.unsatisfied", "complaint.issued", "complaint.overdue"


def sweep(at):
    """Run the sweeper; return how many mails it sent."""
    before, now = len(mail.outbox), instant(at)
    letters.plan(now)
    letters.send_due(now)
    return len(mail.outbox) - before


# The digest.


def test_the_digest_comes_once_at_its_hour(tell, head):
    tell(head, DIGEST)
    tell(head, DIGEST, number="C2")
    assert [sweep(f"{THURSDAY} {clock}") for clock in ("07:59", "08:00", "08:01", "12:00")] == [0, 1, 0, 0]
    assert mail.outbox[0].to == ["wendy@example.com"]
    assert mail.outbox[0].subject == "Manyi: 2 notifications to read"


def test_the_hour_is_the_one_chosen(tell, head, prefer):
    prefer(head, hour=17)
    tell(head, DIGEST)
    assert [sweep(f"{WEDNESDAY} {clock}") for clock in ("16:59", "17:00")] == [0, 1]


def test_what_comes_after_the_hour_is_told_the_next_day(tell, head):
    tell(head, DIGEST, instant(f"{THURSDAY} 07:00"))
    sweep(f"{THURSDAY} 08:00")
    tell(head, DIGEST, instant(f"{THURSDAY} 08:01"))
    assert [sweep(f"{THURSDAY} 17:00"), sweep(f"{FRIDAY} 08:00")] == [0, 1]


def test_nothing_is_sent_when_there_is_nothing_to_tell(head):
    assert sweep(f"{THURSDAY} 08:00") == 0
    assert not Letter.objects.exists()


def test_what_has_been_read_is_not_mailed(tell, head):
    tell(head, DIGEST).read()
    assert sweep(f"{THURSDAY} 08:00") == 0


def test_what_is_read_between_planning_and_sending_is_not_mailed(tell, head):
    note = tell(head, DIGEST)
    letters.plan(instant(f"{THURSDAY} 08:00"))
    note.read()
    assert sweep(f"{THURSDAY} 08:00") == 0
    assert Letter.objects.get().status == "empty"


def test_the_digest_rests_on_days_off(tell, head):
    """The store sells cars on Saturday, but Saturday is no working day."""
    tell(head, DIGEST, instant(f"{FRIDAY} 09:00"))
    assert [sweep(f"{SATURDAY} 08:00"), sweep(f"{MONDAY} 08:00")] == [0, 1]


def test_a_holiday_has_no_digest_and_a_make_up_day_has_one(tell, head):
    CalendarDay.objects.create(date=on(THURSDAY), is_working=False)
    CalendarDay.objects.create(date=on(SATURDAY), is_working=True)
    tell(head, DIGEST)
    assert sweep(f"{THURSDAY} 08:00") == 0
    assert sweep(f"{FRIDAY} 08:00") == 1
    tell(head, DIGEST, instant(f"{FRIDAY} 09:00"))
    assert sweep(f"{SATURDAY} 08:00") == 1


def test_a_special_day_of_the_store_wins(tell, head, store):
    StoreDay.objects.create(store=store, date=on(THURSDAY), spans=[], reason="Stocktaking")
    StoreDay.objects.create(store=store, date=on(SATURDAY), spans=[["09:00", "12:00"]], reason="Open house")
    tell(head, DIGEST)
    assert sweep(f"{THURSDAY} 08:00") == 0
    sweep(f"{FRIDAY} 08:00")
    tell(head, DIGEST, instant(f"{FRIDAY} 09:00"))
    assert sweep(f"{SATURDAY} 08:00") == 1


def test_a_worker_that_was_away_sends_it_late_but_not_at_night(tell, head):
    tell(head, DIGEST)
    assert [sweep(f"{THURSDAY} 23:00"), sweep(f"{FRIDAY} 10:00")] == [0, 1]


# At once.


def test_what_is_to_go_at_once_goes_in_one_letter(tell, head):
    tell(head, AT_ONCE)
    tell(head, AT_ONCE, number="C2")
    assert [sweep(f"{WEDNESDAY} 10:00"), sweep(f"{WEDNESDAY} 10:01")] == [1, 0]
    assert mail.outbox[0].subject == "Manyi: New complaint for my department and 1 more"


@pytest.mark.parametrize(("at", "opening"), [(f"{WEDNESDAY} 23:00", f"{THURSDAY} 08:30"), (f"{WEDNESDAY} 18:00", f"{THURSDAY} 08:30")])
def test_it_is_quiet_while_the_store_is_closed(tell, head, at, opening):
    tell(head, AT_ONCE, instant(at))
    assert [sweep(at), sweep(opening)] == [0, 1]


def test_it_is_quiet_over_a_weekend_off(tell, head, closed_at_weekends):
    tell(head, AT_ONCE, instant(f"{FRIDAY} 19:00"))
    assert [sweep(f"{FRIDAY} 19:00"), sweep(f"{SATURDAY} 10:00"), sweep(f"{MONDAY} 08:30")] == [0, 0, 1]


@pytest.mark.parametrize("at", [f"{WEDNESDAY} 23:00", f"{SATURDAY} 03:00", f"{WEDNESDAY} 12:30"])
def test_what_is_urgent_goes_at_any_hour(tell, head, at):
    tell(head, URGENT, instant(at))
    tell(head, AT_ONCE, instant(at))
    assert sweep(at) == 1
    assert mail.outbox[0].subject == "Manyi, urgent: Feedback of a complaint is overdue"
    assert Notification.objects.get(code=AT_ONCE).letter is None


def test_a_colleague_of_another_store_has_other_hours(tell, head, other_store):
    bob = make_user("bob", Role.SERVICE_MANAGER, other_store, email="bob@example.com")
    StoreDay.objects.create(store=other_store, date=on(WEDNESDAY), spans=[], reason="Moving")
    notify([head, bob], AT_ONCE, bob)
    assert sweep(f"{WEDNESDAY} 10:00") == 1
    assert mail.outbox[0].to == ["wendy@example.com"]


# Nothing is lost and nothing comes twice.


def test_while_the_server_is_away_letters_wait(tell, head, server):
    tell(head, URGENT)
    server.away.append(SMTPConnectError(421, b"away"))
    assert [sweep(f"{WEDNESDAY} {clock}") for clock in ("10:00", "10:01", "22:00")] == [0, 0, 0]
    letter = Letter.objects.get()
    assert (letter.status, letter.attempts, letter.is_late(instant(f"{WEDNESDAY} 22:00"))) == ("planned", 0, True)
    server.away.clear()
    assert [sweep(f"{THURSDAY} 03:00"), sweep(f"{THURSDAY} 03:01")] == [1, 0]


def test_what_is_not_urgent_waits_for_the_morning_when_the_server_comes_back_at_night(tell, head, server):
    tell(head, AT_ONCE)
    server.away.append(OSError("no route"))
    sweep(f"{WEDNESDAY} 10:00")
    server.away.clear()
    assert [sweep(f"{THURSDAY} 03:00"), sweep(f"{THURSDAY} 08:29"), sweep(f"{THURSDAY} 08:30")] == [0, 0, 1]


def test_a_belated_digest_waits_for_a_working_day(tell, head, server):
    tell(head, DIGEST)
    server.away.append(OSError("no route"))
    sweep(f"{FRIDAY} 08:00")
    server.away.clear()
    assert [sweep(f"{SATURDAY} 10:00"), sweep(f"{MONDAY} 08:30")] == [0, 1]


def test_after_days_without_a_server_there_is_still_one_digest(tell, head, server):
    tell(head, DIGEST, number="C1")
    server.away.append(OSError("no route"))
    sweep(f"{THURSDAY} 08:00")
    tell(head, DIGEST, instant(f"{THURSDAY} 09:00"), number="C2")
    sweep(f"{FRIDAY} 08:00")
    server.away.clear()
    assert [sweep(f"{FRIDAY} 08:05"), sweep(f"{FRIDAY} 10:00")] == [1, 0]
    assert all(number in mail.outbox[0].body for number in ("C1", "C2"))


def test_a_broken_connection_ends_the_round_and_all_are_sent_in_the_next(tell, head, store, server):
    other = make_user("walter", Role.SERVICE_MANAGER, store, email="walter@example.com")
    tell(head, URGENT)
    tell(other, URGENT)
    server.answers.append(SMTPServerDisconnected("gone"))
    assert sweep(f"{WEDNESDAY} 10:00") == 0
    assert sorted(Letter.objects.values_list("status", "attempts")) == [("planned", 0), ("planned", 1)]
    assert sweep(f"{WEDNESDAY} 10:01") == 2


def test_a_letter_turned_down_is_tried_again_after_a_pause(tell, head, server):
    tell(head, URGENT)
    server.answers.append(SMTPDataError(451, b"try later"))
    assert [sweep(f"{WEDNESDAY} 10:00"), sweep(f"{WEDNESDAY} 10:00"), sweep(f"{WEDNESDAY} 10:01")] == [0, 0, 1]


def test_a_bug_in_one_letter_does_not_hold_up_the_others(tell, head, store, server):
    other = make_user("walter", Role.SERVICE_MANAGER, store, email="walter@example.com")
    tell(head, URGENT)
    tell(other, URGENT)
    server.answers.append(ValueError("bug"))
    assert sweep(f"{WEDNESDAY} 10:00") == 1
    assert sorted(Letter.objects.values_list("status", flat=True)) == ["planned", "sent"]


def test_an_address_refused_for_good_rings_instead(tell, head, server, prefer):
    prefer(head, complaint__issued=(False, "at_once"))
    note = tell(head, AT_ONCE)
    server.answers.append(SMTPRecipientsRefused({"wendy@example.com": (550, b"unknown")}))
    assert not note.in_bell
    assert sweep(f"{WEDNESDAY} 10:00") == 0
    note.refresh_from_db()
    assert (Letter.objects.get().status, note.in_bell) == ("failed", True)


def test_an_address_refused_for_now_is_tried_again(tell, head, server):
    tell(head, AT_ONCE)
    server.answers.append(SMTPRecipientsRefused({"wendy@example.com": (450, b"greylisted")}))
    assert [sweep(f"{WEDNESDAY} 10:00"), sweep(f"{WEDNESDAY} 10:01")] == [0, 1]


def test_after_the_last_try_it_rings_instead(tell, head, server, prefer):
    prefer(head, complaint__issued=(False, "at_once"))
    note = tell(head, AT_ONCE)
    letters.plan(NOW)
    Letter.objects.update(attempts=MOST_ATTEMPTS - 1)
    server.answers.append(SMTPDataError(554, b"spam"))
    sweep(f"{WEDNESDAY} 10:00")
    note.refresh_from_db()
    assert (Letter.objects.get().status, note.in_bell) == ("failed", True)


def test_an_address_taken_away_meanwhile_rings_instead(tell, head, prefer):
    prefer(head, complaint__issued=(False, "at_once"))
    note = tell(head, AT_ONCE)
    head.email = ""
    head.save()
    assert sweep(f"{WEDNESDAY} 10:00") == 0
    note.refresh_from_db()
    assert note.in_bell


def test_what_a_dead_sender_left_is_sent_again_under_the_same_name(tell, head):
    tell(head, URGENT)
    letters.plan(NOW)
    letter = Letter.objects.get()
    assert letter.begin(NOW)
    assert sweep(f"{WEDNESDAY} 10:01") == 0
    assert sweep(f"{WEDNESDAY} 10:03") == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<letter-{letter.pk}@localhost>"


def test_a_late_answer_of_an_older_try_changes_nothing(tell, head):
    tell(head, URGENT)
    letters.plan(NOW)
    older, newer = Letter.objects.get(), Letter.objects.get()
    older.begin(NOW)
    newer.attempts = 1
    assert newer.begin(NOW + timedelta(minutes=3))
    older.fail()
    assert Letter.objects.get().status == "sending"


def test_whoever_has_left_the_house_or_the_store_gets_nothing(tell, head, store, left):
    gone = make_user("gone", Role.SERVICE_MANAGER, store, email="gone@example.com")
    tell(head, URGENT)
    tell(gone, URGENT)
    letters.plan(NOW)
    left(head)
    gone.is_active = False
    gone.save()
    assert sweep(f"{WEDNESDAY} 10:00") == 0
    assert set(Letter.objects.values_list("status", flat=True)) == {"empty"}


def test_the_door_runs_with_nothing_to_do(db):
    mail_staff()
    assert mail.outbox == []


def test_planning_many_people_costs_a_fixed_number_of_queries(store, django_assert_max_num_queries):
    people = [make_user(f"head{number}", Role.SERVICE_MANAGER, store, email="x@example.com") for number in range(20)]
    notify(people, DIGEST, make_customer(store))
    Notification.objects.update(created_at=NOW)
    with django_assert_max_num_queries(10):
        letters.plan(instant(f"{SATURDAY} 10:00"))
