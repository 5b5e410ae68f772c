"""The follow-up report of a day, a week and a month, made on schedule (S2-03, S2-09, S2-12)."""

from datetime import timedelta

import pytest

from followups import reporting
from followups.models import Report
from followups.reporting import last_periods, make_reports
from notifications.models import Notification
from tests.factories import NOW, make_followup, make_plan, make_vehicle, on
from visits.models import Appointment

DAY = timedelta(days=1)
# Wednesday, 25 November 2026: the week before ran from the 16th to the 22nd, and NOW is its Wednesday.
LATER = NOW + 7 * DAY


@pytest.fixture(autouse=True)
def in_that_week(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def week(store, agent, second_agent):
    """Five calls due: one done in time, one tried late, one refused, one open, one cancelled; two appointments."""
    plan = make_plan()
    make_followup(store, plan, due_at=NOW + DAY).log("ok", by=agent)
    make_followup(store, plan, due_at=NOW - DAY).log("no_answer", by=agent)
    make_followup(store, plan, due_at=NOW + DAY).log("refused", by=second_agent)
    make_followup(store, plan, due_at=NOW + 2 * DAY)
    make_followup(store, plan, due_at=NOW + 2 * DAY, status="cancelled")
    make_followup(store, plan, due_at=NOW + 7 * DAY)
    for status in ("arrived", "no_show"):
        car = make_vehicle(store)
        Appointment.objects.create(store=store, customer=car.customer, vehicle=car, starts_at=NOW, status=status)
    return plan


def test_the_last_whole_week_and_month_are_reported():
    assert [(period, str(first), str(last)) for period, first, last in last_periods(on("2026-11-25"))] == [
        ("day", "2026-11-24", "2026-11-24"),
        ("week", "2026-11-16", "2026-11-22"),
        ("month", "2026-10-01", "2026-10-31"),
    ]
    assert str(last_periods(on("2026-03-01"))[2][1]) == "2026-02-01"


def test_figures_are_counted_by_hand(store, other_store, week):
    make_followup(other_store, week, due_at=NOW)
    assert (make_reports(LATER), make_reports(LATER)) == (4, 0)
    figures = Report.objects.get(store=store, period="week").figures
    expected = {"due": 4, "tried": 3, "on_time": 2, "reached": 2, "done": 1, "open": 2}
    assert [{name: row[name] for name in expected} for row in figures["plans"]] == [expected]
    assert figures["outcomes"] == {"ok": 1, "no_answer": 1, "refused": 1}
    assert [(row["talks"], row["reached"]) for row in figures["people"]] == [(2, 1), (1, 1)]
    assert figures["appointments"] == {"all": 2, "booked": 0, "arrived": 1, "no_show": 1, "cancelled": 0}


def test_every_morning_the_head_hears_of_yesterday_and_of_nothing_on_idle_days(store, week, store_manager):
    """S2-09: call results reach the head of the store in time, with the daily digest."""
    store_manager.email = "head@example.com"
    store_manager.save()
    make_reports(NOW + DAY)
    report = Report.objects.get(store=store, period="day")
    assert (str(report), report.figures["outcomes"]) == ("2026-11-18", {"ok": 1, "no_answer": 1, "refused": 1})
    told = Notification.objects.get(user=store_manager, subject_id=report.pk)
    assert (told.code, told.mail) == ("followup_report.made", "digest")
    make_reports(NOW + 5 * DAY)
    assert Report.objects.filter(store=store, period="day").count() == 1


def test_a_report_stays_as_it_was_made(store, week, agent):
    make_reports(LATER)
    before = Report.objects.get(store=store, period="week").figures
    week.followups.open().first().log("ok", by=agent, now=NOW + DAY)
    make_reports(LATER)
    assert Report.objects.get(store=store, period="week").figures == before


def test_who_answers_for_the_calls_is_told(store, week, care_manager, store_manager, agent):
    make_reports(LATER)
    assert set(Notification.objects.filter(code="followup_report.made").values_list("user", flat=True)) == {care_manager.pk, store_manager.pk}


def test_reports_are_read_on_their_page_by_people_of_the_store(store, week, care_manager, other_store, page):
    make_reports(LATER)
    report = Report.objects.get(store=store, period="week")
    client = page(care_manager)
    assert str(report) in client.get("/followups/reports/").content.decode()
    text = client.get(f"/followups/reports/{report.pk}/").content.decode()
    assert "Calls due in these days" in text
    assert client.get(f"/followups/reports/{Report.objects.filter(store=other_store).first().pk}/").status_code == 404


def test_an_empty_store_gets_an_empty_report(store, care_manager, page):
    assert reporting.figures_of(store, on("2026-11-16"), on("2026-11-22"))["plans"] == []
    make_reports(LATER)
    assert "No call was due." in page(care_manager).get(f"/followups/reports/{Report.objects.first().pk}/").content.decode()
