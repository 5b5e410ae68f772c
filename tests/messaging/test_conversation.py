"""One conversation per customer, claimed and answered: ME6."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.context import Shell
from activity.models import Event
from common.errors import Conflict, NotAllowed
from customers.masking import seen
from customers.models import Customer
from messaging import outbox
from messaging.conversation import Conversation
from messaging.models import ANSWER, Message, MessageTemplate, Reason, Receipt, Reply
from messaging.replies import receive
from tests.factories import NOW, make_customer, make_user
from tests.messaging.factories import make_message

pytestmark = pytest.mark.django_db
Status = Reply.Status


@pytest.fixture
def answers(db):
    return MessageTemplate.objects.create(code=ANSWER, category="notice", purpose="reminder", name_en="Answer", name_zh="答复", body="【{store}】{answer}")


@pytest.fixture
def asked(customer, answers):
    """The customer has written at NOW."""
    return receive(customer.phone, "周六上午可以吗？", received_at=NOW)


def talk(customer, now=NOW):
    return Conversation(customer, now)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_takes_it_and_the_second_is_told(customer, asked, agent, second_agent):
    talk(customer).claim(by=agent)
    with pytest.raises(Conflict, match="Alice answers this customer, until 10:15"):
        talk(customer).claim(by=second_agent)
    asked.refresh_from_db()
    assert (asked.claimed_by, asked.lease_until) == (agent, NOW + timedelta(minutes=15))
    assert list(Event.objects.filter(code="reply.claimed").values_list("actor", flat=True)) == [agent.pk]


def test_a_reply_that_comes_in_meanwhile_belongs_to_who_holds_it(customer, asked, agent, second_agent):
    talk(customer).claim(by=agent)
    receive(customer.phone, "或者周日", received_at=NOW)
    for verb in ("claim", "settle", "release"):
        with pytest.raises(Conflict):
            getattr(talk(customer), verb)(by=second_agent)
    talk(customer).answer("周六九点见", by=agent, token="1")
    assert not Reply.objects.waiting().exists()


def test_a_claim_left_alone_frees_itself(customer, asked, agent, second_agent):
    talk(customer).claim(by=agent)
    talk(customer, NOW + timedelta(minutes=16)).claim(by=second_agent)
    asked.refresh_from_db()
    assert asked.claimed_by == second_agent


def test_who_holds_a_conversation_sees_the_number(customer, asked, agent, second_agent, time_machine):
    time_machine.move_to(NOW)
    talk(customer).claim(by=agent)
    assert [seen(customer, "phone", who) for who in (agent, second_agent)] == ["13900000001", "139****0001"]


def test_it_can_be_put_back(customer, asked, agent, page):
    talk(customer).claim(by=agent)
    talk(customer).release(by=agent)
    asked.refresh_from_db()
    assert (asked.claimed_by, asked.status) == (None, Status.WAITING)
    with pytest.raises(Conflict):
        talk(customer).release(by=agent)


def test_an_answer_goes_through_the_outbox(customer, asked, agent):
    message = talk(customer).answer(" 周六九点见 ", by=agent, token="1")
    assert (message.body, message.status, message.due_at) == ("【Store S01】周六九点见", "planned", NOW)
    asked.refresh_from_db()
    assert (asked.status, asked.answer, asked.closed_by) == (Status.ANSWERED, message, agent)
    assert Event.objects.get(code="reply.answered").actor == agent
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert message.status == "sent"


def test_an_answer_at_night_waits_for_the_morning(customer, asked, agent):
    night = NOW + timedelta(hours=13)
    message = talk(customer, night).answer("x", by=agent, token="1")
    outbox.send_due(night)
    message.refresh_from_db()
    assert (message.status, message.reason) == ("planned", Reason.QUIET_HOURS)


def test_the_same_answer_sent_twice_is_one(customer, asked, agent):
    first, second = (talk(customer).answer("x", by=agent, token="a1") for _ in range(2))
    assert first == second
    assert Event.objects.filter(code="reply.answered").count() == 1
    assert talk(customer).answer("and more", by=agent, token="a2") != first


def test_what_does_not_go_out_waits_again(customer, asked, agent):
    """The gate has the last word: the number has become doubtful."""
    message = talk(customer).answer("x", by=agent, token="1")
    Customer.objects.filter(pk=customer.pk).update(phone_doubtful_at=NOW)
    outbox.send_due(NOW)
    message.refresh_from_db()
    asked.refresh_from_db()
    assert (message.status, asked.status, asked.answer, asked.closed_by) == ("cancelled", Status.WAITING, message, None)


def test_an_answer_reported_as_failed_waits_again_and_sent_once_more_waits_no_longer(customer, asked, agent, care_manager):
    message = talk(customer).answer("x", by=agent, token="1")
    Message.objects.filter(pk=message.pk).update(status="sent", provider_ref="P1", attempts=1)
    message.refresh_from_db()
    message.take_receipt(Receipt.objects.create(channel="x", provider_ref="P1", state="failed"), NOW)
    asked.refresh_from_db()
    assert (message.status, asked.status) == ("failed", Status.WAITING)
    message.resend(by=care_manager)
    asked.refresh_from_db()
    assert asked.status == Status.ANSWERED


def test_nobody_answers_over_a_colleagues_answer(customer, asked, agent, second_agent):
    seen = talk(customer).last_answer
    talk(customer).answer("At nine", by=agent, token="1", seen=seen)
    with pytest.raises(Conflict, match="meanwhile"):
        talk(customer).answer("At ten", by=second_agent, token="2", seen=seen)
    assert Message.objects.filter(template__code="answer").count() == 1


def test_nobody_writes_out_of_the_blue(customer, answers, agent):
    with pytest.raises(Conflict, match="nothing to answer"):
        talk(customer).answer("Buy a car", by=agent, token="1")
    receive(customer.phone, "x", received_at=NOW)
    talk(customer).settle(by=agent)
    talk(customer, NOW + timedelta(days=6)).answer("x", by=agent, token="1")
    with pytest.raises(Conflict):
        talk(customer, NOW + timedelta(days=8)).answer("x", by=agent, token="2")


def test_who_opted_out_is_not_written_to(customer, answers, agent):
    receive(customer.phone, "R", received_at=NOW)
    with pytest.raises(Conflict):
        talk(customer).answer("Sorry", by=agent, token="1")


def test_a_thank_you_needs_no_answer(customer, asked, agent):
    talk(customer).settle(by=agent)
    asked.refresh_from_db()
    assert (asked.status, asked.closed_by) == (Status.SETTLED, agent)
    for verb in ("settle", "claim"):
        with pytest.raises(Conflict):
            getattr(talk(customer), verb)(by=agent)


@pytest.mark.parametrize("verb", ["claim", "release", "answer", "settle"])
def test_each_verb_asks_for_right_and_store(customer, asked, store_manager, stranger, agent, page, verb):
    address = reverse(f"messaging:conversation_{verb}", args=[customer.pk])
    assert page(store_manager).post(address).status_code == 403
    assert page(stranger).post(address).status_code == 404
    assert page(agent).get(address).status_code == 405
    with pytest.raises(NotAllowed):
        getattr(talk(customer), verb)(by=store_manager, **({"text": "x", "token": "1"} if verb == "answer" else {}))


# Pages.


def test_the_inbox_lists_customers_by_how_long_they_wait(customer, asked, agent, second_agent, page, store):
    late = make_customer(store, name="李娜")
    receive(late.phone, "在吗", received_at=NOW - timedelta(hours=3))
    receive(customer.phone, "或者周日", received_at=NOW)
    talk(customer, None).claim(by=second_agent)
    response = page(agent).get(reverse("messaging:reply_list"))
    assert [(row["number"], reply.customer.name, holder) for row, reply, holder in response.context["rows"]] == [(1, "李娜", None), (2, "王伟", second_agent)]
    assert "或者周日" in text(response)
    assert "2 replies wait" in text(response)


def test_the_navigation_counts_customers_who_wait(customer, asked, agent, stranger, advisor, rf):
    receive(customer.phone, "或者周日")
    counts = {}
    for person in (agent, stranger, advisor):
        request = rf.get("/")
        request.user = person
        counts[person.username] = Shell(request).counts.get("messaging:reply_list")
    assert counts == {"alice": 1, "bob": 0, "sam": None}


def test_the_navigation_shows_the_number(customer, asked, agent, page):
    assert '<span class="side-count">1' in text(page(agent).get("/"))
    talk(customer, None).settle(by=agent)
    assert "side-count" not in text(page(agent).get("/"))


def test_my_day_names_answers_that_are_overdue(customer, asked, agent, page, time_machine):
    time_machine.move_to(NOW + timedelta(hours=5))
    stats = {stat.label: stat.value for stat in page(agent).get("/").context["home"].stats}
    assert (stats["Unanswered replies"], stats["Answers overdue"]) == (1, 1)


def test_the_conversation_shows_both_sides_and_every_state(customer, asked, care, agent, page):
    make_message(customer, care, status="sent", sent_at=NOW - timedelta(days=1), body="【Store S01】保养提醒")
    make_message(customer, care, status="cancelled", reason=Reason.NO_CONSENT, due_at=NOW - timedelta(days=2), body="【Store S01】生日快乐")
    shown = text(page(agent).get(reverse("messaging:conversation", args=[customer.pk])))
    places = [shown.index(words) for words in ("生日快乐", "保养提醒", "周六上午可以吗")]
    assert places == sorted(places)
    assert "no consent for this purpose by this way" in shown
    assert "Waits for an answer" in shown


def test_an_agent_takes_and_answers_on_the_page(customer, answers, agent, second_agent, page):
    receive(customer.phone, "周六可以吗")
    page(agent).post(reverse("messaging:conversation_claim", args=[customer.pk]))
    address = reverse("messaging:conversation_answer", args=[customer.pk])
    assert "Alice answers, until" in text(page(second_agent).get(reverse("messaging:conversation", args=[customer.pk])))
    assert page(agent).post(address, {"text": "", "token": uuid4()}).status_code == 422
    assert page(agent).post(address, {"text": "可以", "token": "nonsense"}).status_code == 422
    given = {"text": "可以", "token": uuid4()}
    for _double_click in range(2):
        page(agent).post(address, given)
    assert Message.objects.get().body == "【Store S01】可以"
    assert "Reply</a> answered" in text(page(agent).get(customer.get_absolute_url()))


def test_who_may_not_reveal_sees_no_numbers_in_the_words(customer, answers, store_manager, agent, page):
    receive(customer.phone, "我的车沪A12345，打13911112222")
    for person, is_shown in ((store_manager, False), (agent, True)):
        shown = text(page(person).get(reverse("messaging:conversation", args=[customer.pk])))
        assert ("沪A12345" in shown, "13911112222" in shown) == (is_shown, is_shown)
    assert Event.objects.get(code="reply.received").particulars["words"] == "我的车沪A***45，打139****2222"


@pytest.mark.parametrize("name", ["reply_list", "stranger_list", "conversation"])
def test_pages_ask_few_queries(customer, asked, care, store, agent, page, django_assert_max_num_queries, name):
    for number in range(20):
        make_message(customer, care)
        receive(make_customer(store).phone, "x")
        receive(f"1370000{number:04d}", "x", store=store)
    client = page(agent)
    arguments = [customer.pk] if name == "conversation" else []
    with django_assert_max_num_queries(11):
        client.get(reverse(f"messaging:{name}", args=arguments))


def test_another_store_sees_nothing(customer, asked, store, stranger, page):
    receive("13700001111", "陌生人", store=store)
    assert "王伟" not in text(page(stranger).get(reverse("messaging:reply_list")))
    assert "陌生人" not in text(page(stranger).get(reverse("messaging:stranger_list")))
    assert page(stranger).get(reverse("messaging:conversation", args=[customer.pk])).status_code == 404


def test_a_reply_to_no_store_is_seen_by_the_group(store, other_store, agent, administrator, page):
    receive("13700001111", "陌生人")
    assert "陌生人" not in text(page(agent).get(reverse("messaging:stranger_list")))
    assert "陌生人" in text(page(administrator).get(reverse("messaging:stranger_list")))


# The simulator.


def test_the_customer_writes_back_from_the_simulated_phone(customer, care, agent, page):
    message = make_message(customer, care)
    outbox.send_due(NOW)
    client = page(agent)
    client.post(reverse("messaging:write_back", args=[message.pk]), {"text": "周六可以吗"})
    assert Reply.objects.get().customer == customer
    assert "周六可以吗" in text(client.get(reverse("messaging:inbox")))
    client.post(reverse("messaging:write_back", args=[message.pk]), {"text": ""})
    assert Reply.objects.count() == 1


def test_anybody_writes_from_any_number(store, agent, page):
    client = page(agent)
    assert "From the number" in text(client.get(reverse("messaging:write_in")))
    client.post(reverse("messaging:write_in"), {"store": store.pk, "phone": "13700001111", "text": "在吗"})
    assert Reply.objects.get().status == Status.UNMATCHED
    assert client.post(reverse("messaging:write_in"), {"store": store.pk, "phone": "", "text": ""}).status_code == 422


def test_nobody_writes_for_customers_with_a_real_channel(customer, care, agent, page, settings):
    message = make_message(customer, care, status="sent", sent_at=NOW)
    settings.MESSAGE_CHANNEL = "tests.messaging.steered_channel"
    assert page(agent).post(reverse("messaging:write_back", args=[message.pk]), {"text": "x"}).status_code == 404
    assert page(agent).get(reverse("messaging:write_in")).status_code == 404


def test_a_page_without_anybody_signed_in_counts_nothing(db):
    assert "side-count" not in Client().get(reverse("accounts:login")).content.decode()


def test_a_text_for_answers_must_hold_the_answer(answers, administrator, care, page):
    data = {"name_zh": "答复", "name_en": "Answer", "category": "notice", "purpose": "reminder", "body": "【{store}】"}
    address = reverse("messaging:template_edit", args=[answers.pk])
    assert page(administrator).post(address, data).status_code == 422
    assert page(administrator).post(address, {**data, "body": "{answer}", "category": "promotion"}).status_code == 422
    assert page(administrator).post(address, {**data, "body": "{answer}"}).status_code == 302
    assert page(administrator).post(reverse("messaging:template_edit", args=[care.pk]), {**data, "body": "{answer}"}).status_code == 422


def test_a_merge_brings_the_replies_together(customer, asked, store, administrator):
    from customers.merging import merge_customers

    double = make_customer(store)
    receive(double.phone, "x")
    merge_customers(customer, double, by=administrator)
    assert len(talk(customer).waiting) == 2


def test_a_viewer_is_offered_no_answer(customer, asked, store, page):
    from accounts.roles import Role

    shown = text(page(make_user("viewer", Role.STORE_MANAGER, store)).get(reverse("messaging:conversation", args=[customer.pk])))
    assert "Answer the customer" not in shown
