"""The pages of messages: list, detail, inbox, texts and rules."""

from datetime import timedelta

import pytest
from django.urls import reverse

from messaging import outbox
from messaging.models import Message, MessageTemplate, Reason, ReminderRule
from tests.factories import NOW, make_customer, make_vehicle
from tests.messaging.factories import make_message

pytestmark = pytest.mark.django_db


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_status_and_reason(customer, care, agent, page):
    make_message(customer, care, status=Message.Status.CANCELLED, reason=Reason.NO_CONSENT)
    shown = text(page(agent).get(reverse("messaging:list")))
    assert "Cancelled" in shown
    assert "no consent for this purpose by this way" in shown
    assert "139****0001" in shown


def test_another_store_sees_nothing(customer, care, stranger, page):
    message = make_message(customer, care)
    outbox.send_due(NOW)
    assert "王伟" not in text(page(stranger).get(reverse("messaging:list")))
    assert "王伟" not in text(page(stranger).get(reverse("messaging:inbox")))
    assert page(stranger).get(reverse("messaging:detail", args=[message.pk])).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"a", "b"}),
        ({"status": "sent"}, {"b"}),
        ({"due_from": "2026-11-19"}, {"b"}),
        ({"due_to": "2026-11-18"}, {"a"}),
        ({"status": "nonsense"}, set()),
        ({"due_from": "yesterday"}, set()),
    ],
)
def test_filters_narrow_the_list(customer, care, agent, page, query, found):
    make_message(customer, care, key="a")
    make_message(customer, care, key="b", status=Message.Status.SENT, due_at=NOW + timedelta(days=1))
    response = page(agent).get(reverse("messaging:list"), query)
    assert {message.key for message in response.context["page_obj"]} == found


def test_the_list_of_one_customer_and_one_template(customer, care, notice, store, agent, page):
    make_message(customer, care, key="a")
    make_message(make_customer(store), notice, key="b")
    for query, key in [({"customer": customer.pk}, "a"), ({"template": notice.pk}, "b")]:
        assert [message.key for message in page(agent).get(reverse("messaging:list"), query).context["page_obj"]] == [key]


@pytest.mark.parametrize("name", ["messaging:list", "messaging:inbox"])
def test_a_full_page_asks_few_queries(customer, care, agent, page, django_assert_max_num_queries, name):
    for _ in range(50):
        make_message(customer, care, vehicle=make_vehicle(customer.store, customer))
    client = page(agent)
    with django_assert_max_num_queries(10):
        client.get(reverse(name))


def test_the_inbox_shows_what_arrived(customer, care, agent, page):
    make_message(customer, care)
    assert "Nothing has been sent yet" in text(page(agent).get(reverse("messaging:inbox")))
    outbox.send_due(NOW)
    assert "【Store S01】王伟先生您好" in text(page(agent).get(reverse("messaging:inbox")))


def test_there_is_no_inbox_with_a_real_channel(agent, page, settings):
    settings.MESSAGE_CHANNEL = "tests.messaging.steered_channel"
    assert page(agent).get(reverse("messaging:inbox")).status_code == 404


def test_who_may_not_reveal_sees_masked_phone_and_plate(customer, care, store_manager, page, api):
    message = make_message(customer, care, vehicle=make_vehicle(customer.store, customer, plate="沪A12345"), body="您的沪A12345", due_at=NOW)
    outbox.send_due(NOW)
    for name, arguments in [("messaging:list", []), ("messaging:inbox", []), ("messaging:detail", [message.pk])]:
        shown = text(page(store_manager).get(reverse(name, args=arguments)))
        assert "13900000001" not in shown
        assert "沪A12345" not in shown
    row = api(store_manager).get("/api/v1/messages/").json()["results"][0]
    assert (row["phone"], row["body"]) == ("139****0001", "您的沪A***45")


def test_the_detail_page_tells_what_happened(customer, care, agent, page):
    message = make_message(customer, care)
    outbox.send_due(NOW)
    shown = text(page(agent).get(reverse("messaging:detail", args=[message.pk])))
    assert "Message sent" in shown
    assert "17 characters, 1 SMS" in shown


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_long_texts_take_several_sms(length, parts):
    assert Message(body="好" * length).parts == parts


def test_a_text_can_be_edited(defaults, care_manager, page):
    template = MessageTemplate.objects.get(code="birthday")
    data = {"name_zh": "生日", "name_en": "Birthday", "category": "care", "purpose": "reminder", "body": "【{store}】{customer}生日快乐"}
    page(care_manager).post(reverse("messaging:template_edit", args=[template.pk]), data)
    template.refresh_from_db()
    assert template.body == "【{store}】{customer}生日快乐"
    response = page(care_manager).post(reverse("messaging:template_edit", args=[template.pk]), {**data, "body": "{name}"})
    assert response.status_code == 422
    assert "Between braces only these are accepted" in response.content.decode()


def test_a_rule_can_be_edited_and_must_not_end_before_it_starts(defaults, care_manager, page):
    rule = ReminderRule.objects.get(code="maintenance-14")
    data = {"days_before": 20, "template": rule.template_id, "valid_from": "2026-01-01", "valid_to": ""}
    page(care_manager).post(reverse("messaging:rule_edit", args=[rule.pk]), data)
    rule.refresh_from_db()
    assert rule.days_before == 20
    for wrong in ({"valid_to": "2025-12-31"}, {"days_before": -1}, {"days_before": "x"}, {"template": 0}, {"valid_from": ""}):
        assert page(care_manager).post(reverse("messaging:rule_edit", args=[rule.pk]), {**data, **wrong}).status_code == 422


def test_texts_and_rules_of_all_stores_are_not_changed_from_one(defaults, other_store, care_manager, administrator, page):
    rule = ReminderRule.objects.get(code="maintenance-14")
    url, data = reverse("messaging:rule_edit", args=[rule.pk]), {"days_before": 20, "template": rule.template_id, "valid_from": "2026-01-01", "valid_to": ""}
    assert page(care_manager).post(url, data).status_code == 403
    rule.refresh_from_db()
    assert rule.days_before == 14
    page(administrator).post(url, data)
    rule.refresh_from_db()
    assert rule.days_before == 20


def test_texts_and_rules_need_the_right_to_configure(defaults, care_manager, agent, page):
    assert "Reminder rules" in text(page(care_manager).get(reverse("messaging:template_list")))
    assert page(agent).get(reverse("messaging:template_list")).status_code == 403
    assert page(agent).post(reverse("messaging:rule_edit", args=[ReminderRule.objects.first().pk]), {}).status_code == 403


def test_the_api_is_read_only_and_refuses_unknown_filters(customer, care, agent, stranger, api):
    message = make_message(customer, care)
    listed = api(agent).get("/api/v1/messages/", {"status": "planned"}).json()
    assert [(row["id"], row["template"], row["phone"]) for row in listed["results"]] == [(message.pk, "care", "139****0001")]
    assert api(agent).get(f"/api/v1/messages/{message.pk}/").json()["status"] == "planned"
    assert api(agent).get("/api/v1/messages/", {"state": "planned"}).status_code == 400
    assert api(agent).post("/api/v1/messages/", {}).status_code == 405
    assert api(stranger).get(f"/api/v1/messages/{message.pk}/").status_code == 404
    assert api(stranger).get("/api/v1/messages/").json()["results"] == []
