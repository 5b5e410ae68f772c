"""Finding doubtful calls in what was logged, settling them, and what a voided call does to the figures (FU13, T27)."""

from datetime import timedelta

import pytest
from django.utils import translation

from activity.models import Event
from common.errors import Conflict, DomainError, NotAllowed
from followups.models import Doubt, EvidenceRule, FollowUp, Plan
from followups.review import doubt_calls, logged_calls
from followups.services import log_call
from kpis.facts import refresh
from kpis.models import DailyFact
from notifications.models import Notification
from surveys.models import Response
from tests.factories import NOW, make_followup, make_handed_over, make_user

pytestmark = pytest.mark.usefixtures("defaults")
SOON = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


@pytest.fixture
def hurried(store, agent):
    """Five customers marked as not reached within four seconds."""
    return [log(store, agent, NOW + SECOND * number) for number in range(5)]


def log(store, by, at, outcome="no_answer", **fields):
    followup = make_followup(store)
    followup.log(outcome, by=by, now=at, **fields)
    return followup


def found():
    return Doubt.objects.get()


def attempts_of(*followups):
    return [attempt for followup in followups for attempt in followup.attempts.all()]


# Looking through


def test_what_is_logged_too_quickly_is_found_once_and_the_care_manager_is_told(hurried, store, agent, care_manager, store_manager):
    """T27."""
    assert doubt_calls(NOW + SOON) == 1
    assert doubt_calls(NOW + SOON) == 0
    doubt = found()
    assert (doubt.store, doubt.by, doubt.sign, doubt.first_at) == (store, agent, "pace", NOW)
    assert sorted(doubt.attempts.values_list("pk", flat=True)) == sorted(attempt.pk for attempt in attempts_of(*hurried))
    assert doubt.reason == "5 calls logged within 4 seconds; asked about from 4 calls within 60 seconds"
    assert [(told.user, told.code) for told in Notification.objects.filter(code="doubt.found")] == [(care_manager, "doubt.found")]
    assert Event.objects.get(code="doubt.found").particulars == {"sign": "pace", "count": 5}


def test_what_comes_later_joins_the_open_doubt(hurried, store, agent):
    doubt_calls(NOW + SOON)
    log(store, agent, NOW + SECOND * 5)
    assert doubt_calls(NOW + SOON) == 0
    assert (found().attempts.count(), found().numbers["calls"]) == (6, 6)


def test_what_was_settled_is_not_asked_again(hurried, store, agent, care_manager):
    doubt_calls(NOW + SOON)
    found().settle("plausible", "Entered from paper.", by=care_manager)
    log(store, agent, NOW + SECOND * 5)
    assert doubt_calls(NOW + SOON) == 0
    for number in range(6, 10):
        log(store, agent, NOW + SECOND * number)
    assert doubt_calls(NOW + SOON) == 1


def test_the_calls_of_a_care_manager_are_told_to_the_store_manager(store, care_manager, store_manager):
    for number in range(5):
        log(store, care_manager, NOW + SECOND * number)
    doubt_calls(NOW + SOON)
    assert Notification.objects.get(code="doubt.found").user == store_manager


def test_each_person_and_store_is_looked_at_apart(store, other_store, agent, second_agent, stranger):
    for number in range(3):
        for by, own in ((agent, store), (second_agent, store), (stranger, other_store)):
            log(own, by, NOW + SECOND * number)
    assert doubt_calls(NOW + SOON) == 0


def test_letters_and_visits_are_no_calls(store, salesperson):
    plan = Plan.objects.get(code="thank-you-letter")
    for number in range(5):
        make_followup(store, plan).log("ok", by=salesperson, now=NOW + SECOND * number)
    assert doubt_calls(NOW + SOON) == 0


def test_the_rule_of_the_day_judges_and_none_judges_nothing(hurried, administrator):
    rule = EvidenceRule(valid_from=NOW.date(), pace_calls=6, source_en="Ours", source_zh="自定")
    rule.set(by=administrator)
    assert doubt_calls(NOW + SOON) == 0
    assert doubt_calls(NOW + timedelta(days=90)) == 0
    EvidenceRule.objects.all().delete()
    assert doubt_calls(NOW + SOON) == 0


def test_calls_after_closing_time_are_found_but_not_those_of_the_first_half_hour(store, agent):
    """FU13: calls are made until 20:00 and the store closes at 18:00."""
    for minutes in (5, 29):
        log(store, agent, NOW + timedelta(hours=10, minutes=minutes), "refused")
    assert doubt_calls(NOW + timedelta(hours=12)) == 0
    for minutes in (47, 59):
        log(store, agent, NOW + timedelta(hours=10, minutes=minutes), "refused")
    assert doubt_calls(NOW + timedelta(hours=12)) == 1
    assert found().reason == "2 calls from 20:47 to 20:59; the store is closed then and calls are made 09:00–20:00, with 30 minutes left out"


def test_the_time_in_hand_and_the_telephone_are_kept_as_evidence(store, agent, api):
    """T27: how long it was in hand, and the id of the call."""
    followup = make_followup(store)
    followup.claim(by=agent, now=NOW)
    followup.log("refused", by=agent, now=NOW + SECOND * 42)
    attempt = followup.attempts.get()
    assert (attempt.held_since, attempt.seconds, attempt.call_ref) == (NOW, 42, "")
    other = make_followup(store)
    answer = api(agent).post(f"/api/v1/followups/{other.pk}/log/", {"outcome": "refused", "call_ref": "PBX-7", "talk_seconds": 0}, format="json")
    assert answer.status_code == 200, answer.json()
    attempt = other.attempts.get()
    assert (attempt.held_since, attempt.seconds, attempt.call_ref) == (None, 0, "PBX-7")
    assert doubt_calls() == 1
    assert found().reason.startswith("1 call shorter than its outcome allows; it took 0 seconds where at least 10 are needed")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("sign", "numbers"),
    [
        ("pace", {"calls": 5, "seconds": 4, "most": 4, "within": 60}),
        ("length", {"calls": 2, "seconds": 1, "least": 30, "most": 3}),
        ("notes", {"calls": 6, "customers": 5, "percent": 85, "most": 4, "days": 7}),
        ("series", {"calls": 14, "minutes": 20, "most": 12}),
        ("hours", {"calls": 2, "first": "2026-11-18T13:47:00+00:00", "last": "2026-11-18T14:02:00+00:00", "grace": 30}),
    ],
)
def test_every_sign_says_its_numbers(store, agent, language, sign, numbers):
    """FU13: the reason with the numbers, in both languages."""
    doubt = Doubt(store=store, by=agent, sign=sign, numbers=numbers, first_at=NOW)
    with translation.override(language):
        assert str(numbers["calls"]) in doubt.reason
        assert "%" not in doubt.reason.replace("85%", "")


# Settling


@pytest.fixture
def doubt(hurried):
    doubt_calls(NOW + SOON)
    return found()


@pytest.mark.parametrize("status", ["plausible", "talked"])
def test_a_doubt_is_settled_with_words_and_the_calls_go_on_counting(doubt, care_manager, status):
    """FU13."""
    doubt.settle(status, " Looked at. ", by=care_manager, now=NOW + SOON)
    doubt.refresh_from_db()
    assert (doubt.status, doubt.words, doubt.settled_by, doubt.settled_at) == (status, "Looked at.", care_manager, NOW + SOON)
    assert doubt.attempts.valid().count() == 5
    assert Event.objects.get(code="doubt.settled").particulars == {"status": status, "words": "Looked at.", "voided": 0}
    with pytest.raises(Conflict):
        doubt.settle("talked", "Again.", by=care_manager)


def test_voided_calls_count_as_contact_no_more_and_are_open_again(doubt, hurried, care_manager, agent):
    """T27."""
    doubt.settle("voided", "Nobody was called.", by=care_manager, attempts=attempts_of(*hurried[:4]), now=NOW + SOON)
    voided, kept = hurried[0], hurried[4]
    for followup in (voided, kept):
        followup.refresh_from_db()
    assert (voided.status, voided.attempt_count, voided.first_attempt_at, voided.outcome) == ("open", 0, None, "")
    assert (kept.attempt_count, kept.first_attempt_at) == (1, NOW + SECOND * 4)
    assert voided.history().tries == []
    particulars = {"count": 1, "status": "open", "reason": "Nobody was called."}
    assert Event.objects.filter(code="followup.attempt_voided", customer_ref=voided.customer_id).get().particulars == particulars
    assert (doubt.attempts.valid().count(), doubt.attempts.filter(voided_by=care_manager, voided_at=NOW + SOON).count()) == (1, 4)
    assert doubt_calls(NOW + SOON) == 0


def facts_of(store):
    refresh(now=NOW + timedelta(days=2))
    rows = DailyFact.objects.filter(store=store, part__in=["attempted", "on_time", "success.after_sales", "satisfied.after_sales"])
    return {row.part: (row.n, row.numerator) for row in rows}


def completed(store, agent, at=NOW):
    """A completed interview after a service."""
    visit = make_handed_over(store, advisor=agent)
    followup = make_followup(store, customer=visit.customer, vehicle=visit.vehicle, visit=visit)
    questions = followup.plan.questionnaire().questions.filter(kind="rating")
    return log_call(followup, "ok", by=agent, answers={question.pk: 9 for question in questions}, now=at)


def doubt_about(followup, **fields):
    attempts = attempts_of(followup)
    numbers = {"calls": len(attempts), "seconds": 1, "least": 30, "most": 4}
    doubt = Doubt.objects.create(store=followup.store, by=attempts[0].by, sign="length", first_at=attempts[0].at, numbers=numbers, **fields)
    doubt.attempts.set(attempts)
    return doubt


def test_a_voided_interview_leaves_facts_and_index_and_is_made_anew(store, agent, care_manager):
    """FU13, T27: a voided attempt no longer counts as contact in the facts, nor its answers in an index."""
    followup = completed(store, agent)
    assert facts_of(store) == {"attempted": (1, 1), "on_time": (1, 1), "success.after_sales": (1, 1), "satisfied.after_sales": (1, 1)}
    response = followup.response
    doubt_about(followup).settle("voided", "The customer knows of no call.", by=care_manager, attempts=attempts_of(followup), now=NOW + SOON)
    followup.refresh_from_db()
    response.refresh_from_db()
    assert (followup.status, followup.response, followup.finished_at, followup.finished_by) == ("open", None, None, None)
    assert followup.available_at == NOW + SOON
    assert (response.voided_by, response.void_reason) == (care_manager, "The customer knows of no call.")
    assert facts_of(store) == {"attempted": (1, 0), "on_time": (1, 0), "success.after_sales": (1, 0)}
    followup.log("refused", by=agent, now=NOW + timedelta(hours=1))
    assert followup.attempt_count == 1


def test_too_late_to_call_it_stays_closed_as_unreached(store, agent, store_manager):
    """T27: the store manager's right is enough for the answers too."""
    followup = completed(store, agent)
    later = followup.due_at + timedelta(days=6)
    doubt_about(followup).settle("voided", "No call.", by=store_manager, attempts=attempts_of(followup), now=later)
    followup.refresh_from_db()
    assert (followup.status, followup.attempt_count, followup.finished_by) == ("unreachable", 0, agent)
    assert Response.objects.valid().count() == 0
    assert facts_of(store)["attempted"] == (1, 0)


def test_an_earlier_try_is_voided_without_touching_what_came_after(store, agent, care_manager):
    followup = make_followup(store)
    followup.log("no_answer", by=agent, now=NOW)
    first = attempts_of(followup)
    followup.log("refused", by=agent, now=followup.available_at)
    doubt = doubt_about(followup)
    doubt.settle("voided", "The first was none.", by=care_manager, attempts=first)
    followup.refresh_from_db()
    assert (followup.status, followup.attempt_count, followup.outcome) == ("refused", 1, "refused")
    assert followup.first_attempt_at > NOW


def test_a_call_a_complaint_came_of_was_made(store, agent, care_manager):
    followup = make_followup(store)
    followup.escalate(by=agent, now=NOW)
    doubt = doubt_about(followup)
    with pytest.raises(DomainError) as refusal:
        doubt.settle("voided", "No call.", by=care_manager, attempts=attempts_of(followup))
    assert refusal.value.code == "complaint_raised"
    doubt.refresh_from_db()
    assert doubt.is_open


def test_a_talk_counts_once_and_is_voided_with_all_it_settled(store, agent, care_manager):
    """FU11 beside FU13."""
    first, other = make_followup(store), make_followup(store)
    first.log("refused", by=agent, now=NOW)
    other.log("refused", by=agent, now=NOW, joined_to=first.attempts.get())
    assert [len(calls) for calls in logged_calls(store, lambda _day: None, NOW - SOON).values()] == [1]
    doubt_about(first).settle("voided", "No talk.", by=care_manager, attempts=attempts_of(first), now=NOW + SOON)
    other.refresh_from_db()
    assert (other.status, other.attempt_count) == ("open", 0)
    assert Event.objects.get(code="doubt.settled").particulars["voided"] == 2


def test_a_call_in_somebodys_hands_stays_there(store, agent, second_agent, care_manager):
    followup = log(store, agent, NOW)
    FollowUp.objects.filter(pk=followup.pk).update(available_at=NOW)
    followup.refresh_from_db()
    followup.claim(by=second_agent, now=NOW + SOON)
    doubt_about(followup).settle("voided", "No call.", by=care_manager, attempts=attempts_of(followup))
    followup.refresh_from_db()
    assert (followup.claimed_by, followup.attempt_count) == (second_agent, 0)


@pytest.mark.parametrize(
    ("status", "words", "code"), [("open", "x", "unknown_settlement"), ("talked", " ", "words_missing"), ("voided", "x", "attempts_missing")]
)
def test_a_settlement_says_what_and_why(doubt, care_manager, status, words, code):
    with pytest.raises(DomainError) as refusal:
        doubt.settle(status, words, by=care_manager)
    assert refusal.value.code == code
    doubt.refresh_from_db()
    assert doubt.is_open


def test_nobody_settles_what_is_doubtful_about_own_calls(store, care_manager, agent, doubt):
    """T27, as T24: somebody else looks at it."""
    own = log(store, care_manager, NOW + timedelta(hours=1))
    with pytest.raises(NotAllowed):
        doubt_about(own).settle("plausible", "All mine.", by=care_manager)
    with pytest.raises(NotAllowed):
        doubt.settle("plausible", "All mine.", by=agent)


def test_only_calls_of_the_doubt_are_voided(doubt, store, agent, care_manager):
    other = log(store, agent, NOW + timedelta(hours=2))
    with pytest.raises(DomainError):
        doubt.settle("voided", "No call.", by=care_manager, attempts=attempts_of(other))
    other.refresh_from_db()
    assert other.attempt_count == 1


# Pages and API


def test_the_page_lists_what_is_to_be_settled_first(doubt, store, other_store, agent, stranger, store_manager, page):
    settled = doubt_about(log(store, agent, NOW + timedelta(hours=3)), status="talked", settled_at=NOW)
    doubt_about(log(other_store, stranger, NOW))
    answer = page(store_manager).get("/followups/doubts/")
    assert list(answer.context["page_obj"]) == [doubt, settled]
    assert doubt.reason in answer.content.decode()
    assert list(page(store_manager).get("/followups/doubts/", {"status": "talked"}).context["page_obj"]) == [settled]
    assert page(agent).get("/followups/doubts/").status_code == 403


def test_the_list_costs_few_queries(doubt, store, agent, care_manager, page, django_assert_max_num_queries):
    for number in range(5):
        doubt_about(log(store, agent, NOW + timedelta(hours=number)))
    client = page(care_manager)
    with django_assert_max_num_queries(10):
        client.get("/followups/doubts/")


def test_the_page_settles_and_voids_the_ticked_calls(doubt, hurried, care_manager, page):
    client = page(care_manager)
    shown = client.get(f"/followups/doubts/{doubt.pk}/").content.decode()
    assert shown.count('aria-label="Never made" checked') == 5
    ticked = [attempt.pk for attempt in attempts_of(*hurried[:2])]
    answer = client.post(f"/followups/doubts/{doubt.pk}/settle/", {"status": "voided", "words": "Not called.", "attempts": ticked})
    assert answer.status_code == 302
    assert doubt.attempts.valid().count() == 3
    shown = client.get(f"/followups/doubts/{doubt.pk}/").content.decode()
    assert "Not called." in shown and "settle/" not in shown
    assert "Call voided, it was never made: Not called." in client.get(hurried[0].get_absolute_url()).content.decode()


def test_the_page_says_what_is_missing_and_keeps_what_was_ticked(doubt, hurried, care_manager, page):
    ticked = [attempt.pk for attempt in attempts_of(hurried[1])]
    answer = page(care_manager).post(f"/followups/doubts/{doubt.pk}/settle/", {"status": "voided", "words": "", "attempts": ticked})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"words": ["This field is required."]}
    assert answer.content.decode().count('name="attempts"') == 5
    assert answer.content.decode().count(f'value="{ticked[0]}" form="settle" aria-label="Never made" checked') == 1
    answer = page(care_manager).post(f"/followups/doubts/{doubt.pk}/settle/", {"status": "voided", "words": "None."})
    assert "Tick the calls that were never made." in answer.content.decode()


def test_the_caller_sees_no_form_about_own_calls(store, page):
    own = make_user("both", "care_manager", store)
    doubt = doubt_about(log(store, own, NOW))
    client = page(own)
    assert "settle/" not in client.get(f"/followups/doubts/{doubt.pk}/").content.decode()
    assert client.post(f"/followups/doubts/{doubt.pk}/settle/", {"status": "plausible", "words": "Mine."}).status_code == 403


def test_the_rules_are_changed_for_the_whole_group_and_say_where_they_come_from(administrator, care_manager, other_store, page):
    """FU13: thresholds are dated and name their source."""
    shipped = EvidenceRule.objects.get()
    assert "Kuriakose" in shipped.source
    client = page(administrator)
    assert client.get("/followups/evidence-rules/").status_code == 200
    sent = {name: getattr(shipped, name) for name in client.get("/followups/evidence-rules/new/").context["form"].fields}
    sent |= {"valid_from": "2027-01-01", "pace_calls": 6, "source_en": "Our telephone", "source_zh": "本店电话系统"}
    assert client.post("/followups/evidence-rules/new/", sent).status_code == 302
    rule = EvidenceRule.objects.get(valid_from="2027-01-01")
    assert client.post(f"/followups/evidence-rules/{rule.pk}/edit/", sent | {"pace_calls": 1}).status_code == 422
    assert client.post(f"/followups/evidence-rules/{rule.pk}/edit/", sent | {"pace_calls": 8}).status_code == 302
    assert Event.objects.get(code="setting.edited").particulars["changes"] == {"pace_calls": ["6", "8"]}
    assert page(care_manager).post(f"/followups/evidence-rules/{rule.pk}/edit/", sent).status_code == 403


def test_the_api_lists_and_settles(doubt, hurried, care_manager, agent, stranger, api):
    client = api(care_manager)
    row = client.get("/api/v1/doubtful-calls/", {"sign": "pace"}).json()["results"][0]
    assert (row["by"], row["numbers"]["seconds"], len(row["attempts"])) == (agent.pk, 4, 5)
    address = f"/api/v1/doubtful-calls/{doubt.pk}/settle/"
    assert api(agent).post(address, {"status": "talked", "words": "x"}, format="json").status_code == 403
    refused = client.post(address, {"status": "voided", "words": "x", "attempts": [10**9]}, format="json")
    assert refused.json()["code"] == "attempts_missing"
    answer = client.post(address, {"status": "voided", "words": "Not called.", "attempts": row["attempts"][:1]}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "voided")
    assert doubt.attempts.valid().count() == 4


def test_nothing_of_a_doubt_stands_on_the_customers_page(hurried):
    doubt_calls(NOW + SOON)
    assert not Event.objects.filter(code="doubt.found", customer_ref__isnull=False).exists()
