"""Raising a complaint on the page, from a call without typing (FU9, T43, S2-04)."""

import pytest

from activity.models import Event
from complaints.models import Complaint
from followups.models import FollowUp
from followups.services import log_call, plan_for_visit
from surveys.models import Questionnaire
from tests.factories import make_customer

ADDRESS = "/complaints/create/"


@pytest.fixture
def call(visit, defaults, time_machine):
    """The call three working days after the visit, due now."""
    plan_for_visit(visit)
    followup = FollowUp.objects.get()
    time_machine.move_to(followup.due_at, tick=False)
    return followup


@pytest.fixture
def rated_low(call, agent):
    """The call has been logged with a low rating of the promised time and the customer's words."""
    questions = {question.code: question for question in Questionnaire.objects.get(code="csi-5f").question_list}
    answers = {question.pk: 9 for question in questions.values() if question.kind == "rating"}
    answers |= {questions["promised-time"].pk: 2, questions["courtesy"].pk: 4, questions["words"].pk: "Two hours late"}
    log_call(call, "ok", by=agent, note="Very angry", answers=answers)
    call.refresh_from_db()
    return call


def filled(form):
    """Return what a browser sends when nobody types anything."""
    return {name: bound.value() for name in form.fields if (bound := form[name]).value() not in (None, False)}


@pytest.mark.parametrize("source", ["followup", "response"])
def test_a_low_answer_becomes_a_slip_without_typing(page, rated_low, agent, advisor, source):
    """FU9."""
    key = rated_low.pk if source == "followup" else rated_low.response.pk
    address = f"{ADDRESS}?{source}={key}"
    form = page(agent).get(address).context["form"]
    page(agent).post(address, filled(form))
    slip = Complaint.objects.get()
    assert (slip.customer, slip.vehicle, slip.visit, slip.employee) == (rated_low.customer, rated_low.vehicle, rated_low.visit, advisor)
    assert (slip.followup, slip.category.code, slip.department.kind, slip.channel) == (rated_low, "service-wait", "service", "call")
    assert slip.words.splitlines()[:4] == [
        "Very angry",
        "Two hours late",
        "How friendly and polite was your service adviser? 4",
        "Was the car ready at the promised time? 2",
    ]


def test_a_slip_raised_during_the_call_closes_it_as_escalated(page, call, agent):
    page(agent).post(
        f"{ADDRESS}?followup={call.pk}", {"category": pick("not-repaired"), "kind": "complaint", "channel": "call", "level": "ordinary", "words": "x"}
    )
    call.refresh_from_db()
    assert call.status == "escalated"
    assert Complaint.objects.get().followup == call


def test_the_call_of_somebody_else_goes_on(page, call, agent, second_agent):
    call.claim(by=second_agent)
    page(agent).post(
        f"{ADDRESS}?followup={call.pk}", {"category": pick("not-repaired"), "kind": "complaint", "channel": "call", "level": "ordinary", "words": "x"}
    )
    call.refresh_from_db()
    assert (call.status, Complaint.objects.count()) == ("open", 1)


def test_what_has_been_typed_so_far_is_taken_over(page, call, agent):
    fields = {question.code: question.field_name for question in call.plan.questionnaire().question_list}
    call.claim(by=agent)
    call.keep_draft({"note": "Waited two hours", fields["fair-charge"]: "3", fields["courtesy"]: "na", fields["words"]: "Too dear"}, by=agent)
    form = page(agent).get(f"{ADDRESS}?followup={call.pk}").context["form"]
    assert form["words"].value() == "Waited two hours\nToo dear\nHow fair did the charge feel? 3"
    assert form["category"].value() == pick("unreasonable-charges")


@pytest.mark.parametrize("source", ["visit", "customer"])
def test_reception_raises_one_about_a_visit_or_a_customer(page, visit, defaults, advisor, source):
    key = visit.pk if source == "visit" else visit.customer_id
    form = page(advisor).get(f"{ADDRESS}?{source}={key}").context["form"]
    sent = page(advisor).post(f"{ADDRESS}?{source}={key}", {**filled(form), "category": pick("cleanliness"), "words": "Dirty"}, follow=True)
    assert "has gone to" in sent.content.decode()
    assert Complaint.objects.get().customer == visit.customer


def test_the_department_follows_the_category_when_left_open(page, visit, defaults, agent):
    data = {"category": pick("forced-accessories"), "kind": "complaint", "channel": "phone", "level": "ordinary", "words": "x"}
    page(agent).post(f"{ADDRESS}?customer={visit.customer_id}", data)
    assert Complaint.objects.get().department.kind == "sales"


def test_a_second_slip_about_the_same_is_asked_about(page, slip, second_agent):
    """T43: open slips are shown; the same matter needs a tick."""
    address = f"{ADDRESS}?visit={slip.visit_id}"
    shown = page(second_agent).get(address)
    assert "C-S01-000001" in shown.content.decode()
    data = {**filled(shown.context["form"]), "words": "Again"}
    refused = page(second_agent).post(address, data)
    assert refused.status_code == 422
    assert "C-S01-000001 is already open for this" in refused.content.decode()
    assert 'type="checkbox" name="is_separate"' in refused.content.decode()
    page(second_agent).post(address, {**data, "is_separate": "on"})
    assert Complaint.objects.count() == 2


def test_a_form_sent_twice_makes_one_slip(page, visit, defaults, agent):
    """T38: nothing but the words tells that it is the same matter."""
    data = {"category": pick("cleanliness"), "kind": "complaint", "channel": "phone", "level": "ordinary", "words": "Dirty seat"}
    for _click in range(2):
        page(agent).post(f"{ADDRESS}?customer={visit.customer_id}", data)
    assert Complaint.objects.count() == 1


def test_the_car_stays_on_the_slip_after_it_was_sold(page, visit, defaults, agent, store):
    visit.vehicle.customer = make_customer(store)
    visit.vehicle.save()
    form = page(agent).get(f"{ADDRESS}?visit={visit.pk}").context["form"]
    page(agent).post(f"{ADDRESS}?visit={visit.pk}", {**filled(form), "words": "Dirty seat"})
    assert Complaint.objects.get().vehicle == visit.vehicle


def test_missing_words_and_category_are_named(page, visit, defaults, agent):
    sent = page(agent).post(f"{ADDRESS}?customer={visit.customer_id}", {"kind": "complaint", "channel": "phone", "level": "ordinary"})
    assert sent.status_code == 422
    assert set(sent.context["form"].errors) == {"category", "words"}
    assert not Event.objects.filter(code="complaint.issued").exists()


def test_without_a_source_the_page_asks_whose_it_is(page, visit, agent):
    found = page(agent).get(ADDRESS, {"q": visit.vehicle.plate[-5:]})
    assert [customer.pk for customer in found.context["customers"]] == [visit.customer_id]
    found = page(agent).get(ADDRESS, {"q": visit.customer.phone[-4:]})
    assert [customer.pk for customer in found.context["customers"]] == [visit.customer_id]


def test_the_search_finds_nobody_of_another_store(page, visit, stranger):
    assert list(page(stranger).get(ADDRESS, {"q": visit.vehicle.plate}).context["customers"]) == []


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "", "１"])
@pytest.mark.parametrize("source", ["followup", "customer"])
def test_an_unknown_source_is_not_found(page, agent, source, key):
    assert page(agent).get(f"{ADDRESS}?{source}={key}").status_code == 404


def test_strangers_and_wrong_people_are_refused(page, call, stranger, auditor):
    for source, key in [("followup", call.pk), ("visit", call.visit_id), ("customer", call.customer_id)]:
        assert page(stranger).get(f"{ADDRESS}?{source}={key}").status_code == 404
        assert page(stranger).post(f"{ADDRESS}?{source}={key}", {}).status_code == 404
    assert page(auditor).get(ADDRESS).status_code == 403


def pick(code):
    from complaints.models import Category

    return Category.objects.get(code=code).pk
