"""What customers write to us: ME5, ME6; domain rule 6.2."""

from datetime import timedelta

import pytest
from django.urls import reverse

from activity.models import Event
from customers.models import Channel, Consent, Customer, Purpose
from followups.models import FollowUp
from messaging import outbox
from messaging.models import Message, OptOut, Reason, Reply
from messaging.replies import match, receive
from tests.factories import NOW, make_customer, make_followup, make_vehicle
from tests.messaging.factories import agree, make_message
from tests.stores.naive_calendar import instant

pytestmark = pytest.mark.django_db
Status = Reply.Status
SENT = {"status": Message.Status.SENT, "sent_at": NOW - timedelta(hours=1)}


def allowed(customer):
    return {(purpose, channel) for purpose in Purpose for channel in Channel if Consent.objects.allows(customer, purpose, channel)}


def test_a_reply_waits_and_stands_on_the_timeline(customer, care):
    message = make_message(customer, care, **SENT)
    reply = receive("+86 139-0000-0001", " 周六上午可以吗？ ", received_at=NOW)
    assert (reply.customer, reply.store, reply.message, reply.status) == (customer, customer.store, message, Status.WAITING)
    assert (reply.body, reply.phone) == ("周六上午可以吗？", "13900000001")
    event = Event.objects.of_customer(customer).get()
    assert (event.code, event.particulars) == ("reply.received", {"words": "周六上午可以吗？"})


def test_an_answer_is_due_within_two_hours_of_business(customer):
    """The store opens 8:30 to 12:00 and 13:00 to 18:00."""
    assert receive(customer.phone, "x", received_at=instant("2026-11-18 11:00")).due_at == instant("2026-11-18 14:00")
    assert receive(customer.phone, "x", received_at=instant("2026-11-18 23:00")).due_at == instant("2026-11-19 10:30")


def test_a_store_without_business_hours_counts_by_the_clock(customer):
    customer.store.business_hours.all().delete()
    assert receive(customer.phone, "x", received_at=NOW).due_at == NOW + timedelta(hours=2)


def test_a_delivered_message_is_what_the_customer_answers(customer, care):
    delivered = make_message(agree(customer), care, **SENT | {"status": Message.Status.DELIVERED})
    reply = receive(customer.phone, "R", received_at=NOW)
    assert (reply.message, reply.status) == (delivered, Status.OPTED_OUT)
    assert not Consent.objects.allows(customer, Purpose.REMINDER, Channel.SMS)


def test_what_is_under_way_does_not_hide_what_went_out_later(customer, care):
    make_message(customer, care, status=Message.Status.UNCERTAIN, lease_until=NOW - timedelta(days=200))
    newest = make_message(customer, care, **SENT)
    assert receive(customer.phone, "x", received_at=NOW).message == newest


def test_another_number_and_the_one_we_wrote_to_are_known(customer, care):
    make_message(customer, care, **SENT)
    old = customer.phone
    Customer.objects.filter(pk=customer.pk).update(phone="13900000055", phone_tail="0055")
    customer.phones.create(phone="13900000066")
    assert [receive(number, "x", received_at=NOW).customer for number in (old, "13900000055", "13900000066")] == [customer] * 3
    receive(old, "R", received_at=NOW)
    assert not Consent.objects.allows(customer, Purpose.MARKETING, Channel.SMS)


def test_the_same_delivery_twice_is_one_reply(customer):
    first, second = (receive(customer.phone, "x", external_id="mo-7", received_at=NOW) for _ in range(2))
    assert first == second
    assert Event.objects.filter(code="reply.received").count() == 1
    assert receive(customer.phone, "x", external_id="mo-8") != first


def test_of_two_records_with_one_number_the_one_we_wrote_to_replies(customer, care, store):
    double = make_customer(store, phone=customer.phone)
    assert receive(customer.phone, "x").customer == customer
    make_message(double, care, **SENT)
    assert receive(customer.phone, "x").customer == double


def test_a_merged_record_hears_nothing(customer, store):
    make_customer(store, phone=customer.phone, merged_into=customer)
    assert receive(customer.phone, "x").customer == customer


def test_an_unknown_sender_is_kept(store):
    reply = receive("13700001111", "在吗", store=store)
    assert (reply.customer, reply.store, reply.status) == (None, store, Status.UNMATCHED)
    assert not Event.objects.exists()


def test_a_number_that_is_none_is_kept_as_it_came(store):
    assert receive("１０６９０1234", "x").phone == "106901234"


def test_a_number_on_file_in_two_stores_is_not_guessed(customer, other_store, care):
    elsewhere = make_customer(other_store, phone=customer.phone)
    reply = receive(customer.phone, "x")
    assert (reply.customer, reply.store) == (None, None)
    assert receive(customer.phone, "x", store=other_store).customer == elsewhere
    make_message(customer, care, **SENT)
    assert receive(customer.phone, "x").customer == customer


# Opt-outs.


@pytest.mark.parametrize("words", ["R", "r", " T ", "td", "ＴＤ", "退订", "退订。", "“R”", "T D"])
def test_an_opt_out_closes_all_promotions_at_once(customer, marketing, words):
    customer.set_consent(Purpose.MARKETING, Channel.WECHAT, True)
    reply = receive(customer.phone, words)
    assert reply.status == Status.OPTED_OUT
    assert allowed(customer) == {(Purpose.REMINDER, Channel.SMS)}
    word = Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING, channel=Channel.SMS).order_by("-given_at", "-pk").first()
    assert (word.is_granted, word.source, word.evidence) == (False, "reply", words.strip())
    assert "reply.opted_out" in Event.objects.of_customer(customer).values_list("code", flat=True)


@pytest.mark.parametrize("words", ["Right", "TT", "退订吗", "请退订", "N", "T4", "", "!", "好的"])
def test_anything_else_is_read_by_a_person(customer, marketing, words):
    assert receive(customer.phone, words).status == Status.WAITING
    assert allowed(customer) == {(Purpose.REMINDER, Channel.SMS), (Purpose.MARKETING, Channel.SMS)}


def test_it_closes_what_the_message_was_sent_for_too(customer, care):
    """The reminder ends with “拒收请回复R” (ME5)."""
    make_message(customer, care, **SENT)
    receive(customer.phone, "R")
    assert allowed(customer) == set()


def test_a_notice_is_nothing_one_could_refuse(customer, notice):
    make_message(customer, notice, **SENT)
    receive(customer.phone, "R")
    assert allowed(customer) == {(Purpose.REMINDER, Channel.SMS)}


def test_it_holds_for_every_record_of_the_number(customer, marketing, store, other_store):
    doubles = [agree(make_customer(place, phone=customer.phone), Purpose.MARKETING) for place in (store, other_store)]
    receive(customer.phone, "TD")
    assert [allowed(double) for double in doubles] == [set(), set()]


def test_what_is_planned_is_stopped_on_the_spot(customer, marketing, promotion, care, notice):
    planned = {each.code: make_message(customer, each) for each in (promotion, care, notice)}
    receive(customer.phone, "T")
    found = {code: Message.objects.get(pk=message.pk) for code, message in planned.items()}
    assert {code: (message.status, message.reason) for code, message in found.items()} == {
        "promotion": ("cancelled", Reason.OPTED_OUT),
        "care": ("planned", ""),
        "notice": ("planned", ""),
    }


def test_it_outlives_a_new_import(store, promotion):
    """The number of somebody who was not on file opts out; an archive brings a yes from before."""
    receive("13900000001", "退订", received_at=NOW)
    customer = agree(make_customer(store, phone="13900000001"), Purpose.MARKETING, at=NOW - timedelta(days=1))
    message = make_message(customer, promotion)
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert (message.status, message.reason) == ("cancelled", Reason.OPTED_OUT)


def test_a_newer_yes_counts_again(store, promotion):
    receive("13900000001", "退订", received_at=NOW - timedelta(days=1))
    message = make_message(agree(make_customer(store, phone="13900000001"), Purpose.MARKETING, at=NOW - timedelta(hours=1)), promotion)
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert message.status == "sent"


def test_the_newest_opt_out_is_kept(customer):
    for hours in (2, 1):
        receive(customer.phone, "R", received_at=NOW - timedelta(hours=hours))
    assert OptOut.objects.get().said_at == NOW - timedelta(hours=1)


def test_a_promotion_needs_a_yes_to_marketing_whatever_its_purpose(customer, promotion):
    """The customer has agreed to reminders only."""
    promotion.purpose = Purpose.REMINDER
    promotion.save()
    message = make_message(customer, promotion)
    outbox.send_due(NOW)
    message.refresh_from_db()
    assert (message.status, message.reason) == ("cancelled", Reason.NO_CONSENT)


# The related task.


def given_up(customer, **fields):
    ending = {"status": "unreachable", "attempt_count": 3, "finished_at": NOW - timedelta(days=1)}
    return make_followup(customer.store, customer=customer, **{**ending, **fields})


def test_a_reply_reopens_the_call_that_was_given_up(customer):
    older, newest = given_up(customer, finished_at=NOW - timedelta(days=2)), given_up(customer)
    receive(customer.phone, "刚才在开会", received_at=NOW)
    assert [FollowUp.objects.get(pk=each.pk).status for each in (older, newest)] == ["unreachable", "open"]
    newest.refresh_from_db()
    assert (newest.finished_at, newest.finished_by) == (None, None)
    assert Event.objects.filter(code="followup.reopened").get().subject_id == newest.pk


@pytest.mark.parametrize("words", ["R", "x"])
def test_it_does_not_when_no_calls_are_wanted(customer, words):
    followup = given_up(customer)
    if words != "R":
        Customer.objects.filter(pk=customer.pk).update(do_not_call_at=NOW)
    receive(customer.phone, words, received_at=NOW)
    followup.refresh_from_db()
    assert followup.status == "unreachable"


@pytest.mark.parametrize("fields", [{"finished_at": NOW - timedelta(days=8)}, {"status": "refused"}, {"status": "done"}])
def test_it_leaves_other_calls_as_they_are(customer, fields):
    followup = given_up(customer, **fields)
    receive(customer.phone, "x", received_at=NOW)
    followup.refresh_from_db()
    assert followup.status == fields.get("status", "unreachable")


# Not matched.


def test_a_stranger_is_matched_and_waits(customer, store, agent, page):
    reply = receive("13700001111", "我换号了", store=store, received_at=NOW)
    make_vehicle(store, customer, plate="沪A12345")
    response = page(agent).post(reverse("messaging:reply_match", args=[reply.pk]), {"customer": "沪A12345"})
    assert response["Location"] == reverse("messaging:conversation", args=[customer.pk])
    reply.refresh_from_db()
    assert (reply.customer, reply.status) == (customer, Status.WAITING)
    assert reply.due_at is not None
    assert set(Event.objects.of_customer(customer).values_list("code", flat=True)) == {"phone.added", "reply.matched", "reply.received"}
    assert receive("13700001111", "x", received_at=NOW).customer == customer


def test_one_who_is_not_found_or_not_sure_is_not_matched(customer, store, agent, page):
    reply = receive("13700001111", "x", store=store)
    make_customer(store, name="王伟东")
    address = reverse("messaging:reply_match", args=[reply.pk])
    assert "Nobody on file fits" in page(agent).post(address, {"customer": "赵"}, follow=True).content.decode()
    assert "2 customers fit" in page(agent).post(address, {"customer": "王伟"}, follow=True).content.decode()
    assert page(agent).post(address, {"customer": ""}).status_code == 302
    reply.refresh_from_db()
    assert reply.status == Status.UNMATCHED


def test_it_is_matched_once(customer, store, agent):
    from common.errors import Conflict, NotAllowed

    reply = receive("13700001111", "x", store=store)
    again = Reply.objects.get(pk=reply.pk)
    match(reply, customer, by=agent)
    with pytest.raises(Conflict):
        match(again, customer, by=agent)
    with pytest.raises(Conflict):
        again.dismiss(by=agent)
    with pytest.raises(NotAllowed):
        match(receive("13700001112", "x", store=store), customer, by=make_viewer(store))


def make_viewer(store):
    from accounts.roles import Role
    from tests.factories import make_user

    return make_user("viewer", Role.STORE_MANAGER, store)


def test_a_stranger_that_needs_no_answer_is_dismissed(store, agent, page):
    reply = receive("13700001111", "广告", store=store)
    page(agent).post(reverse("messaging:reply_dismiss", args=[reply.pk]))
    reply.refresh_from_db()
    assert (reply.status, reply.closed_by) == (Status.SETTLED, agent)


# The door of the provider.


def test_a_gateway_hands_over_what_comes_in(customer, administrator, agent, stranger, api):
    given = {"phone": customer.phone, "body": "周六可以吗", "external_id": "mo-1", "received_at": "2026-11-18T10:00:00+08:00"}
    answers = [api(administrator).post("/api/v1/replies/", given, format="json") for _delivered_twice in range(2)]
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [(201, "waiting")] * 2
    reply = Reply.objects.get()
    assert (reply.customer, reply.received_at) == (customer, NOW)
    listed = api(agent).get("/api/v1/replies/", {"status": "waiting"}).json()["results"]
    assert [(row["id"], row["phone"], row["body"]) for row in listed] == [(reply.pk, "139****0001", "周六可以吗")]
    assert api(stranger).get("/api/v1/replies/").json()["results"] == []
    assert api(stranger).get(f"/api/v1/replies/{reply.pk}/").status_code == 404


@pytest.mark.parametrize("wrong", [{"phone": ""}, {"body": ""}, {"external_id": ""}, {"received_at": "yesterday"}, {"store": 0}, {"status": "answered"}])
def test_a_wrong_delivery_is_refused(administrator, api, wrong):
    given = {"phone": "13900000001", "body": "x", "external_id": "mo-1"} | wrong
    assert api(administrator).post("/api/v1/replies/", given, format="json").status_code == 400
    assert not Reply.objects.exists()


def test_a_gateway_speaks_for_every_store(customer, other_store, agent, api):
    given = {"phone": customer.phone, "body": "x", "external_id": "mo-1"}
    assert api(agent).post("/api/v1/replies/", given, format="json").status_code == 403
