"""Who changed a rule, when, and what it said before."""

import pytest

from accounts.roles import Role
from activity.models import Event
from activity.services import save_setting
from followups.models import Plan
from kpis.models import Target
from messaging.models import MessageTemplate, ReminderRule
from tests.factories import make_plan, make_user, on

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def boss(db):
    return make_user("gina", Role.GROUP_MANAGER, is_group=True)


def sent(form):
    return {bound.name: bound.value() for bound in form if bound.value() not in (None, False)}


def edit_on_page(client, address, **values):
    form = client.get(address).context["form"]
    return client.post(address, sent(form) | values)


def test_a_plan_keeps_what_it_said_before(boss, page):
    plan = Plan.objects.get(code="service-3wd")
    client, address = page(boss), f"/followups/plans/{plan.pk}/edit/"
    assert edit_on_page(client, address, offset="5", priority="2").status_code == 302
    event = Event.objects.get(code="setting.edited")
    assert (event.actor, event.subject, event.store) == (boss, plan, None)
    assert event.particulars["changes"]["offset"] == ["3", "5"]
    assert "3 → 5" in client.get(address).content.decode()


def test_saving_the_same_again_is_no_change(boss):
    plan = make_plan("again")
    assert save_setting(plan, by=boss) is None


def test_a_text_and_a_rule_are_kept_too(boss, page):
    template, rule = MessageTemplate.objects.first(), ReminderRule.objects.first()
    edit_on_page(page(boss), f"/messages/templates/{template.pk}/edit/", body="【{store}】{customer}，您好。" * 3)
    edit_on_page(page(boss), f"/messages/rules/{rule.pk}/edit/", days_before="21")
    assert [list(event.particulars["changes"]) for event in Event.objects.filter(code="setting.edited").order_by("pk")] == [["body"], ["days_before"]]


def test_a_target_of_a_store_belongs_to_the_store(care_manager, store):
    target = Target(indicator="csi", store=store, value=900, valid_from=on("2026-01-01"))
    target.set(by=care_manager)
    target.value = 910
    target.set(by=care_manager)
    assert list(Event.objects.filter(store=store).order_by("pk").values_list("code", flat=True)) == ["setting.created", "setting.edited"]
    assert Event.objects.last().particulars["changes"] == {"value": ["900", "910"]}


def test_long_texts_and_links_are_only_named(boss, page):
    template = MessageTemplate.objects.first()
    client, address = page(boss), f"/messages/templates/{template.pk}/edit/"
    edit_on_page(client, address, body="【{store}】" + "很长的内容" * 20)
    assert "→" not in client.get(address).content.decode()


def test_choices_are_worded(boss, page):
    plan = Plan.objects.get(code="service-3wd")
    client, address = page(boss), f"/followups/plans/{plan.pk}/edit/"
    edit_on_page(client, address, unit="calendar_days")
    assert "working days → calendar days" in client.get(address).content.decode().lower()
