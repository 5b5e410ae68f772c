"""Erasure: no table and no file names the person any more, figures stay (T123, SE6, PIPL Art. 47)."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Sum

from accounts.roles import Role
from activity.models import Event
from activity.services import announce_days, record
from customers.models import Customer, CustomerMerge, DuplicatePair
from customers.rights.erasing import erase
from customers.rights.holdings import holdings
from customers.rights.plan import DASH, ERASED, KEPT, NOTHING, REMOVED
from customers.rights.services import grant
from followups.models import FollowUp
from kpis import facts
from kpis.models import DailyFact
from leads.models import Lead
from messaging.models import Message, SimulatedReceipt
from notifications.services import notify
from tests.factories import NOW, make_customer, make_handed_over, make_user, make_vehicle
from tests.world import make_followup, make_response, make_world

CANARY = "金丝雀"
PHONE = "13777770000"


def make_everything(store, customer, agent, advisor, auditor):
    """Give the customer a row in nearly every table."""
    world = make_world(store, SimpleNamespace(agent=agent, advisor=advisor, auditor=auditor))
    for holding in holdings()[1:]:
        if holding.path == "customer":
            holding.model._base_manager.update(customer=customer)
    world.rights_request.refuse("Asked twice", by=make_user("cleo", Role.CARE_MANAGER, store))
    world.lead.contacts.create(kind="call", note="said", level="a")
    world.lead.test_drives.create(car="Test car", summary="fine")
    world.visit.agreements.create(subject="time", text=NOW.isoformat(), amount=0, agreed_by=customer.name, logged_by=agent)
    world.followup.attempts.create(by=agent, outcome="ok", note="said", at=NOW)
    return world


def text_fields(model):
    texts = (models.CharField, models.TextField, models.JSONField, models.FileField)
    return [field for field in model._meta.concrete_fields if isinstance(field, texts) and not field.choices]


def test_every_text_of_a_person_has_been_decided_on():
    """T123: a new column makes this fail until the plan names it."""
    undecided = []
    for holding in holdings():
        decided = {name for names in ERASED.get(holding.label, {}).values() for name in names}
        for field in text_fields(holding.model) if holding.label not in REMOVED else ():
            if field.name not in decided and f"{holding.label}.{field.name}" not in KEPT:
                undecided.append(f"{holding.label}.{field.name}")
    assert undecided == []


def test_the_plan_names_nothing_that_is_not_there():
    held = {holding.label: holding.model for holding in holdings()}
    named = {f"{label}.{name}" for label, left in ERASED.items() for names in left.values() for name in names} | set(KEPT)
    assert REMOVED | set(ERASED) <= set(held)
    assert [path for path in named if not hasattr(held[path.rpartition(".")[0]], path.rpartition(".")[2])] == []


@pytest.fixture
def canary(store, customer, agent, advisor, auditor, defaults, django_capture_on_commit_callbacks):
    """A customer whose every erasable text is a canary, with copies in every place the plan names."""
    world = make_everything(store, customer, agent, advisor, auditor)
    Customer.objects.filter(pk=customer.pk).update(name=CANARY, notes=CANARY, address=CANARY, phone=PHONE, phone_tail=PHONE[-4:], custom={"hobby": CANARY})
    sing(customer)
    record("followup.remarked", world.followup, by=agent, note=CANARY)
    notify([agent], "promise.created", world.promise, customer=CANARY, text=CANARY)
    SimulatedReceipt.objects.create(message_ref=world.message.pk, phone=PHONE, body=CANARY)
    twin = make_customer(store, name=CANARY, phone=PHONE)
    DuplicatePair.objects.create(store=store, first=customer, second=twin, score=99)
    Customer.everyone.filter(pk=twin.pk).update(merged_into=customer)
    CustomerMerge.objects.create(store=store, kept=customer, other=twin, merged_by=agent, other_before={"name": CANARY}, moved={})
    Lead.objects.create(store=store, name=CANARY, phone=PHONE)
    customer.refresh_from_db()
    return SimpleNamespace(customer=customer, twin=twin, world=world)


def sing(customer):
    for holding in holdings()[1:]:
        names = [name for left in ERASED.get(holding.label, {}).values() for name in left]
        for row in holding.rows([customer.pk]):
            for name in names:
                field = holding.model._meta.get_field(name)
                if isinstance(field, models.FileField):
                    getattr(row, name).save("canary.jpg", ContentFile(CANARY.encode()), save=False)
                elif isinstance(field, models.JSONField):
                    setattr(row, name, {"said": CANARY})
                elif isinstance(field, models.CharField | models.TextField):
                    setattr(row, name, f"{CANARY}{row.pk}"[: field.max_length])
            holding.model._base_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names})


def singing_places(*words):
    """Return the columns of all tables in which one of ``words`` still stands."""
    found = []
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if isinstance(field, models.CharField | models.TextField | models.JSONField)]
        for row in model._base_manager.values_list(*(field.name for field in fields)) if fields else ():
            found += [f"{model._meta.label}.{field.name}" for field, value in zip(fields, row, strict=True) if any(word in text(value) for word in words)]
    return sorted(set(found))


def text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def test_no_table_names_an_erased_person(canary, store):
    """T123, invariant 17: no canary of erased persons in any table."""
    assert len(singing_places(CANARY, PHONE)) > 40
    erase(canary.customer)
    assert singing_places(CANARY, PHONE) == []
    names = set(Customer.everyone.filter(pk__in=[canary.customer.pk, canary.twin.pk]).values_list("name", flat=True))
    assert names == {f"#{canary.customer.pk}", f"#{canary.twin.pk}"}
    assert not DuplicatePair.objects.filter(second=canary.twin).exists()


def test_its_files_go_too(canary, django_capture_on_commit_callbacks):
    """T123."""
    current = canary.world.complaint.rounds.get()
    storage, name = current.evidence.storage, current.evidence.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        erase(canary.customer)
    assert not storage.exists(name)


def test_every_page_still_opens_and_every_sentence_still_reads(canary, care_manager, administrator, page):
    """What is left keeps its pages: events without their texts, rows without a name."""
    erase(canary.customer)
    world, client = canary.world, page(administrator)
    for address in (
        f"/customers/{canary.customer.pk}/", f"/visits/{world.visit.pk}/", f"/complaints/{world.complaint.pk}/", f"/followups/{world.followup.pk}/",
        f"/surveys/{world.response.pk}/", f"/messages/{world.message.pk}/", f"/promises/{world.promise.pk}/", "/visits/", "/complaints/", "/followups/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert CANARY not in answer.content.decode()


def test_events_keep_codes_days_and_numbers(customer, agent):
    """T121 beside T123: that something happened, when and by whom stays on record."""
    record("visit.signed", customer, by=agent, customer_id=customer.pk, number="T000001", agreed_by="王示例")
    record("vehicle.given_up", customer, by=agent, customer_id=customer.pk, on="2026-11-01", reason="sold")
    record("customer.edited", customer, by=agent, customer_id=customer.pk, fields=["phone"])
    erase(customer)
    kept = {event.code: event.particulars for event in Event.objects.filter(actor=agent)}
    assert kept == {
        "visit.signed": {"number": "T000001", "agreed_by": "–"},
        "vehicle.given_up": {"on": "2026-11-01", "reason": "sold"},
        "customer.edited": {"fields": ["phone"]},
    }


def test_figures_stay_what_they_were(store, customer, agent, advisor, defaults, long_ago):
    """SE6: the sums of a person's visits, answers and calls are the same before and after."""
    visit = make_handed_over(store, vehicle=make_vehicle(store, customer), at=long_ago, advisor=advisor, total_amount=300)
    make_response(store, visit, agent)
    make_followup(store, visit, due_at=long_ago, available_at=long_ago, status="done", finished_at=long_ago)
    days = [store.today(long_ago) + timedelta(days=number) for number in range(-1, 2)]
    before = sums(store, days)
    assert sum(before.values()) > 0
    erase(customer)
    assert sums(store, days) == before


def sums(store, days):
    announce_days(store.pk, *days, store.today(NOW))
    facts.refresh()
    return dict(DailyFact.objects.filter(store=store).values_list("part").annotate(sum=Sum("n")).order_by("part"))


def test_a_granted_request_erases_who_nothing_holds(ask, customer, care_manager, page):
    """PIPL Art. 47: a person without repairs, contracts and complaints goes at once."""
    asked, client = ask(), page(care_manager)
    assert "erased at once" in client.get(f"/rights/{asked.pk}/").content.decode()
    client.post(f"/rights/{asked.pk}/grant/", {"reason": "The person wishes it"})
    asked.refresh_from_db()
    gone = Customer.everyone.get(pk=customer.pk)
    assert (asked.status, asked.outcome, asked.asked_by) == ("granted", "erased", "–")
    assert (gone.name, gone.phone, gone.notes, gone.birthday, bool(gone.erased_at)) == (f"#{customer.pk}", "", "–", None, True)
    assert "was erased on" in client.get(f"/customers/{customer.pk}/").content.decode()
    assert Event.objects.filter(code="customer.erased", actor=care_manager).count() == 1


def test_an_open_call_and_a_planned_message_end(customer, store, defaults, care_manager, ask):
    """T123: the outbox."""
    from tests.world import make_message

    message = make_message(customer)
    visit = make_handed_over(store, vehicle=make_vehicle(store, customer), at=NOW - timedelta(days=366 * 12))
    call = make_followup(store, visit)
    grant(ask(), "The person wishes it", by=care_manager)
    message, call = Message.objects.get(pk=message.pk), FollowUp.objects.get(pk=call.pk)
    assert (message.status, message.reason, message.phone, message.body) == ("cancelled", "restricted", "", "")
    assert (call.status, call.exemption) == ("ineligible", "restricted")


def test_a_lead_of_the_same_phone_goes_along(customer, store):
    """Domain rule 6.4: leads are anonymised at withdrawal."""
    lead = Lead.objects.create(store=store, name="王示例", phone=customer.phone, notes="Calls in the evening")
    other = Lead.objects.create(store=store, name="别人", phone="13900001111")
    erase(customer)
    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.name, lead.phone, lead.notes, lead.status) == ("–", "", "–", "lost")
    assert (other.name, other.status) == ("别人", "open")


def test_nothing_of_others_is_touched(customer, store, agent, defaults):
    other = make_handed_over(store, vehicle=make_vehicle(store, make_customer(store, name="别人", notes="Stays")), symptom="Noise")
    response = make_response(store, other, agent)
    before = [*Customer.everyone.filter(pk=other.customer_id).values(), *Event.objects.filter(customer_ref=other.customer_id).values()]
    erase(customer)
    assert [*Customer.everyone.filter(pk=other.customer_id).values(), *Event.objects.filter(customer_ref=other.customer_id).values()] == before
    other.refresh_from_db()
    assert (other.symptom, response.points is not None) == ("Noise", True)


def test_only_texts_are_dashed_and_none_that_is_looked_up():
    """A dash in a phone or a VIN would be found and dialled."""
    dialled = {"phone", "sender_phone", "plate", "vin", "phone_tail", "vin_tail", "name_key"}
    dashed = {name for left in ERASED.values() for mark, names in left.items() if mark != NOTHING for name in names}
    assert not dialled & dashed
    held = {holding.label: holding.model for holding in holdings()}
    marked = [held[label]._meta.get_field(name) for label, left in ERASED.items() for name in left.get(DASH, ())]
    assert [str(field) for field in marked if type(field) not in (models.CharField, models.TextField)] == []
