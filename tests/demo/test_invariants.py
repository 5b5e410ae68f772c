"""What the demo group writes in bulk must be what the verbs would have left behind."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Max, Q

from activity.models import Event
from complaints.models import Complaint, Round
from customers.models import Consent, Customer, Vehicle
from customers.numbers import normal_phone, plate_known, vin_check_ok
from followups.models import VERIFICATION, FollowUp
from followups.outcomes import OUTCOMES
from followups.services import plan_due
from kpis.models import DailyFact
from messaging.models import Message, SimulatedReceipt
from stores.calendar import Calendar
from stores.models import Store
from surveys.models import Answer, MysteryShop, Questionnaire, Response
from surveys.scoring import rounded
from visits.models import Appointment, Delivery, Visit

pytestmark = pytest.mark.slow
# The midnight at which the last day of the group begins.
NOW = datetime(2026, 11, 18, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module", autouse=True)
def group(django_db_setup, django_db_blocker):
    """Build one small group for all tests of this file; nothing in it is changed."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", months=4, visits=400, today=NOW.date(), verbosity=0)
        yield
        transaction.set_rollback(True)


def test_there_are_as_many_visits_as_asked_for(db):
    assert Visit.objects.count() == 400
    assert Store.objects.count() == 2


def test_nothing_but_plans_lies_ahead_of_the_last_day(db):
    assert not Visit.objects.filter(Q(arrived_at__gte=NOW) | Q(handed_over_at__gte=NOW)).exists()
    assert not Delivery.objects.filter(delivered_at__gte=NOW).exists()
    assert not FollowUp.objects.filter(Q(finished_at__gte=NOW) | Q(first_attempt_at__gte=NOW)).exists()
    assert not Round.objects.filter(Q(answered_at__gte=NOW) | Q(verified_at__gte=NOW)).exists()
    assert not Event.objects.filter(at__gte=NOW).exists()


def test_no_car_is_handed_over_before_it_arrived(db):
    assert not Visit.objects.filter(Q(handed_over_at__lt=F("arrived_at")) | Q(promised_at__lt=F("arrived_at"))).exists()


def test_status_and_moment_of_a_visit_agree(db):
    assert not Visit.objects.filter(status=Visit.Status.HANDED_OVER, handed_over_at=None).exists()
    assert not Visit.objects.exclude(status=Visit.Status.HANDED_OVER).filter(handed_over_at__isnull=False).exists()


def test_mileage_only_grows(db):
    for vehicle in Vehicle.objects.annotate(times=Count("visits")).filter(times__gte=2):
        readings = list(vehicle.visits.order_by("arrived_at").values_list("mileage", flat=True))
        assert readings == sorted(readings)
        assert vehicle.mileage == readings[-1]


def test_numbers_of_people_and_cars_are_valid_and_unique(db):
    assert all(normal_phone(phone) == phone for phone in Customer.objects.values_list("phone", flat=True))
    assert Customer.objects.values("phone").distinct().count() == Customer.objects.count()
    assert all(vin_check_ok(vin) for vin in Vehicle.objects.values_list("vin", flat=True))
    assert all(plate_known(plate) for plate in Vehicle.objects.exclude(plate="").values_list("plate", flat=True))
    assert Vehicle.objects.values("vin").distinct().count() == Vehicle.objects.count()


def test_every_hand_over_and_delivery_is_planned_as_the_plans_say(db):
    assert plan_due(NOW) == 0
    assert FollowUp.objects.filter(delivery__isnull=False).exclude(source_kind=VERIFICATION).count() == 3 * Delivery.objects.count()


def test_deadlines_are_those_of_the_calendar(db):
    calendars = {store.pk: Calendar(store) for store in Store.objects.all()}
    for followup in FollowUp.objects.select_related("plan", "visit", "delivery").exclude(source_kind=VERIFICATION):
        start = followup.visit.handed_over_at if followup.visit else followup.delivery.delivered_at
        assert followup.due_at == calendars[followup.store_id].deadline(start, followup.plan.offset, followup.plan.unit).at


def test_a_finished_follow_up_has_the_attempts_it_counts_and_ended_as_the_last_one_says(db):
    followups = FollowUp.objects.exclude(status=FollowUp.Status.INELIGIBLE).annotate(tries=Count("attempts"), last=Max("attempts__at"))
    for followup in followups:
        assert followup.tries == followup.attempt_count
        if followup.status == FollowUp.Status.OPEN:
            assert followup.finished_at is None
            continue
        assert followup.tries and followup.last == followup.finished_at
        rule = OUTCOMES[followup.outcome]
        assert followup.status in (rule.closes_as, rule.exhausted_as, FollowUp.Status.ESCALATED)


def test_a_completed_interview_has_a_response(db):
    done = FollowUp.objects.filter(outcome="ok", plan__questionnaire_code__gt="")
    assert done.exists()
    assert not done.filter(response=None).exists()


def test_responses_score_again_to_the_same_points(db):
    questionnaires = Questionnaire.objects.prefetch_related("factors").in_bulk()
    questions = {question.pk: question for each in questionnaires.values() for question in each.question_list}
    given = {}
    for response_id, question_id, value, text in Answer.objects.values_list("response_id", "question_id", "value", "text"):
        given.setdefault(response_id, {})[questions[question_id]] = value if value is not None else text or None
    for response in Response.objects.all():
        questionnaire = questionnaires[response.questionnaire_id]
        answers = questionnaire.checked({question.pk: answer for question, answer in given[response.pk].items()})
        score = questionnaire.score(answers)
        assert (response.points, response.is_counted) == (rounded(score.points, 4), score.is_counted)
        assert response.mood == questionnaire.mood(answers)


def test_rounds_follow_each_other_without_gaps(db):
    complaints = Complaint.objects.prefetch_related("rounds")
    assert complaints.exists()
    for complaint in complaints:
        rounds = list(complaint.rounds.all())
        assert [each.number for each in rounds] == list(range(1, complaint.round_count + 1))
        assert all(each.is_satisfied is False for each in rounds[:-1])
        assert (rounds[-1].is_satisfied is True) == (complaint.status == Complaint.Status.SATISFIED)
        assert complaint.due_at == rounds[-1].due_at
        assert (complaint.closed_at is not None) == (complaint.status in Complaint.CLOSED)


def test_an_answered_round_has_its_verification_call(db):
    answered = set(Round.objects.filter(answered_at__isnull=False).values_list("pk", flat=True))
    assert set(FollowUp.objects.filter(source_kind=VERIFICATION).values_list("source_id", flat=True)) == answered
    waiting = Complaint.objects.filter(status=Complaint.Status.ANSWERED).count()
    assert FollowUp.objects.open().filter(source_kind=VERIFICATION).count() == waiting


def test_something_waits_for_everybody_today(db):
    """The tour of a newcomer: nothing to click may be empty."""
    for store in Store.objects.all():
        calls = FollowUp.objects.open().filter(store=store)
        assert {"care_agent", "sales_manager", "salesperson"} >= set(calls.values_list("role", flat=True)) > {"care_agent"}
        assert calls.filter(due_at__lt=NOW).exists()
        assert calls.filter(source_kind=VERIFICATION).exists()
        assert Visit.objects.overdue(NOW).filter(store=store).count() == 1
        assert Appointment.objects.filter(store=store).on_day(NOW.date(), store.zone).count() == 7
        assert set(Complaint.objects.filter(store=store).open().values_list("status", flat=True)) == {"issued", "answered", "exception_asked"}
        assert Complaint.objects.filter(store=store).overdue(NOW).exists()
        assert MysteryShop.objects.filter(store=store, submitted_at=None).count() == 1
        assert Message.objects.filter(store=store, status=Message.Status.PLANNED, due_at__gt=NOW).exists()


def test_sent_messages_have_a_receipt_and_an_agreement(db):
    sent = Message.objects.filter(status=Message.Status.SENT)
    assert set(sent.values_list("pk", flat=True)) == set(SimulatedReceipt.objects.values_list("message_ref", flat=True))
    for message in sent.select_related("template", "customer"):
        assert Consent.objects.allows(message.customer, message.template.purpose, "sms")


def test_the_figures_are_computed(db):
    visits = DailyFact.objects.filter(part="visits")
    assert sum(visits.values_list("n", flat=True)) == Visit.objects.exclude(status=Visit.Status.CANCELLED).count()
    assert DailyFact.objects.filter(part="csi").exists()
