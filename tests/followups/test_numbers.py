"""AR1, FU4: a customer with several numbers is called on the next one when one has failed."""

from datetime import timedelta

import pytest

from common.errors import DomainError
from followups import services
from followups.models import FollowUp
from tests.factories import NOW, make_customer, make_followup, make_handed_over, make_plan

FIRST, SECOND = "13812345678", "13900001111"


@pytest.fixture(autouse=True)
def standing_clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def customer(store):
    return make_customer(store, phone=FIRST)


@pytest.fixture
def second(customer):
    return customer.phones.create(phone=SECOND, label="work", note="Evenings only")


@pytest.fixture
def held(store, customer, second, agent):
    return make_followup(store, customer=customer).claim(by=agent, now=NOW)


def address(followup, verb=""):
    return f"/followups/{followup.pk}/{verb}{'/' if verb else ''}"


@pytest.mark.parametrize(("outcome", "is_doubted"), [("no_answer", False), ("busy", False), ("off", False), ("empty", True), ("wrong", True)])
def test_when_one_fails_the_caller_goes_on_with_the_other(held, second, agent, outcome, is_doubted):
    held.log(outcome, by=agent, now=NOW)
    held.customer.refresh_from_db()
    assert (held.status, held.available_at, held.claimed_by) == ("open", NOW, agent)
    assert (held.customer.phone_doubtful_at is not None, second.wrong_at) == (is_doubted, None)
    assert held.attempts.get().phone_tail == "5678"
    assert held.numbers_left() == [second]


def test_when_all_have_failed_it_ends_or_waits_as_ever(held, second, agent):
    held.log("wrong", by=agent, now=NOW)
    held.log("wrong", by=agent, phone=second.pk, now=NOW)
    second.refresh_from_db()
    assert (held.status, second.wrong_at is not None) == ("unreachable", True)
    assert [attempt.phone_tail for attempt in held.attempts.order_by("pk")] == ["5678", "1111"]


def test_without_an_answer_on_any_it_comes_back_later(held, second, agent):
    held.log("no_answer", by=agent, now=NOW)
    held.log("no_answer", by=agent, phone=second.pk, now=NOW)
    assert (held.status, held.claimed_by, held.available_at > NOW) == ("open", None, True)


def test_a_wrong_other_number_leaves_the_preferred_one_in_peace(held, second, agent):
    held.log("wrong", by=agent, phone=second.pk, now=NOW)
    held.customer.refresh_from_db()
    second.refresh_from_db()
    assert (held.claimed_by, held.customer.phone_doubtful_at, second.wrong_at is None) == (agent, None, False)


def test_a_number_known_to_be_wrong_is_not_offered(held, second, agent):
    second.mark_wrong()
    held.log("empty", by=agent, now=NOW)
    assert held.status == "unreachable"


def test_at_night_the_other_number_waits_for_the_morning(held, agent):
    late = NOW + timedelta(hours=12)
    held.claim(by=agent, now=late)
    held.log("empty", by=agent, now=late)
    assert (held.status, held.claimed_by, held.available_at > late) == ("open", None, True)


def test_who_is_reached_on_another_number_is_reached(held, second, agent):
    held.log("refused", by=agent, phone=second.pk, now=NOW)
    assert held.status == "refused"


def test_the_number_of_somebody_else_is_refused(held, store, agent):
    foreign = make_customer(store).phones.create(phone="13900009999")
    with pytest.raises(DomainError) as refusal:
        held.log("no_answer", by=agent, phone=foreign.pk, now=NOW)
    assert refusal.value.code == "phone_unknown"


def test_a_double_click_tries_only_once(held, second, agent):
    """T38: the caller still holds the follow-up, and the second request must not be taken for a try on the other number."""
    for _click in range(2):
        services.log_call(FollowUp.objects.get(pk=held.pk), "no_answer", by=agent, note="x")
    assert held.attempts.count() == 1
    services.log_call(FollowUp.objects.get(pk=held.pk), "no_answer", by=agent, note="x", phone=second.pk)
    assert held.attempts.count() == 2


def test_the_screen_offers_the_next_number(page, held, second, agent, defaults):
    client = page(agent)
    text = client.get(address(held)).content.decode()
    assert "Number dialled" in text and f"{FIRST} · Preferred" in text and f"{SECOND} · Work phone · Evenings only" in text
    client.post(address(held, "keep_draft"), {"outcome": "no_answer", "note": "Rang long"})
    answer = client.post(address(held, "log"), {"outcome": "no_answer", "phone": "", "note": "Rang long"}, follow=True)
    text = answer.content.decode()
    assert "There is another number: try it now." in text
    form = answer.context["call"].form
    assert (form["phone"].value(), form["outcome"].value(), form["note"].value()) == (second.pk, None, "Rang long")
    client.post(address(held, "log"), {"outcome": "wrong", "phone": str(second.pk), "note": ""})
    held.refresh_from_db()
    assert (held.attempt_count, held.claimed_by) == (2, None)


def test_a_customer_with_one_number_is_asked_nothing_more(page, store, agent):
    followup = make_followup(store).claim(by=agent, now=NOW)
    assert "Number dialled" not in page(agent).get(address(followup)).content.decode()


def test_a_letter_has_no_number(store, customer, second, agent):
    letter = make_followup(store, make_plan("letter", kind="letter"), customer=customer)
    letter.log("ok", by=agent, now=NOW)
    assert (letter.status, letter.attempts.get().phone_tail) == ("done", "")


def test_the_screen_costs_few_queries(page, held, store, defaults, advisor, agent, second, django_assert_max_num_queries):
    visit = make_handed_over(store, at=NOW - timedelta(days=1), advisor=advisor)
    held.customer.phones.create(phone="02112345678")
    FollowUp.objects.filter(pk=held.pk).update(visit=visit, vehicle=visit.vehicle)
    client = page(agent)
    with django_assert_max_num_queries(15):
        client.get(address(held))


def test_the_api_logs_the_number_dialled(held, second, agent, api):
    answer = api(agent).post(f"/api/v1/followups/{held.pk}/log/", {"outcome": "no_answer", "phone": second.pk}, format="json").json()
    assert [attempt["phone_tail"] for attempt in answer["attempts"]] == ["1111"]


def test_a_wrong_other_number_says_nothing_of_the_rest_of_the_household(store, held, second, agent):
    """FU11: what they share is the preferred number."""
    neighbour = make_followup(store, customer=make_customer(store, phone=FIRST)).claim(by=agent, now=NOW)
    own = make_followup(store, customer=held.customer).claim(by=agent, now=NOW)
    services.log_call(held, "wrong", by=agent, phone=second.pk, also=[neighbour.pk, own.pk])
    neighbour.refresh_from_db()
    assert (neighbour.attempt_count, own.attempts.get().phone_tail) == (0, "1111")


def test_the_caller_stays_with_the_customer_who_has_another_number(page, store, held, agent, defaults):
    make_followup(store, customer=held.customer).claim(by=agent, now=NOW)
    answer = page(agent).post(address(held, "log"), {"outcome": "no_answer", "phone": "", "note": ""})
    assert answer.url == address(held)
