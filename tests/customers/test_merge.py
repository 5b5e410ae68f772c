"""AR4, T45: two records become one, and within thirty days both are had back byte for byte."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core import serializers
from django.db import models
from django.utils import timezone

from activity.models import Event
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from customers.merging import DECIDED, choosable, merge_customers, undo_merge
from customers.models import Customer, CustomerMerge, CustomField, DuplicatePair
from customers.references import STAYING, direct, generic, references
from customers.tasks import forget_merges
from notifications.models import Notification
from tests.factories import make_customer, make_vehicle
from tests.world import make_world
from visits.models import Promise

# Written by every merge and undo, or derived; all other rows must come back as they were.
OWN_TRACES = {"activity.Event", "customers.CustomerMerge", "sessions.Session"}


def dump():
    """Return every row of every table as text."""
    rows = {}
    for model in apps.get_models():
        if model._meta.label not in OWN_TRACES:
            rows |= {(model._meta.label, row.pk): serializers.serialize("json", [row]) for row in model._base_manager.all()}
    return rows


@pytest.fixture
def kept(store):
    return make_customer(store, name="王示例", phone="13812345678", gender="male", custom={"hobby": "fishing"})


@pytest.fixture
def other(store):
    fields = {"address": "示例路 1 号", "custom": {"hobby": "chess", "club": "A"}, "source": "dms", "external_id": "C2"}
    return make_customer(store, name="王小例", phone="13900001111", created_at=timezone.now() - timedelta(days=400), **fields)


@pytest.fixture
def world(defaults, store, agent, advisor, auditor):
    """A customer with one row of every kind the product knows."""
    return make_world(store, SimpleNamespace(agent=agent, advisor=advisor, auditor=auditor))


# Nothing is forgotten.


def test_every_relation_to_a_customer_moves_or_says_why_not():
    """A foreign key, many-to-many table or generic reference anyone adds is moved by itself; one that stays must be named with its reason."""
    found = {reference.key for reference in references()}
    pointing = set()
    for model in apps.get_models(include_auto_created=True):
        keys = [field.attname for field in model._meta.concrete_fields if field.is_relation and field.related_model is Customer]
        keys += [field.fk_field for field in model._meta.private_fields if isinstance(field, GenericForeignKey)]
        pointing |= {f"{model._meta.label}.{name}" for name in keys if model._meta.label not in STAYING}
    assert found == pointing
    assert {"visits.Visit.customer_id", "customers.Vehicle.customer_id", "visits.Promise.origin_id", "customers.Customer.merged_into_id"} <= found


def test_what_stays_exists_and_has_its_reason():
    assert set(STAYING) <= {model._meta.label for model in apps.get_models()}
    assert all(STAYING.values())


def test_customers_are_referred_to_by_number_in_events_alone():
    names = {"customer_ref", "customer_id", "customer_pk"}
    bare = {model._meta.label for model in apps.get_models() for field in model._meta.concrete_fields if field.name in names and not field.is_relation}
    assert bare == {"activity.Event"}


def test_no_move_can_meet_a_unique_constraint():
    """Were a customer part of a unique key, two records could not always be made one."""
    clashing = []
    for reference in (*direct(), *generic()):
        field = reference.model._meta.get_field(reference.name)
        unique = [each.fields for each in reference.model._meta.constraints if isinstance(each, models.UniqueConstraint)]
        if reference.model._meta.label not in STAYING and (field.unique or any(field.name in names for names in unique)):
            clashing.append(reference.key)
    assert clashing == []


def test_every_field_is_chosen_or_decided():
    chosen = {field.name for field in choosable()}
    derived = {"id", "name_key", "phone_tail", "loyalty", "loyalty_on"}
    restricted = {"restricted_at", "restricted_until", "restricted_for", "erased_at"}
    assert chosen | DECIDED | derived | restricted == {field.name for field in Customer._meta.concrete_fields}
    assert chosen & DECIDED == set()


# The merge.


def test_all_that_hangs_on_the_other_moves(world, kept, care_manager):
    kept_before = {reference.key: len(reference.ids(kept)) for reference in references()}
    moving = {reference.key: reference.ids(world.customer) for reference in references()}
    assert {"visits.Visit.customer_id", "customers.Vehicle.customer_id", "followups.FollowUp.customer_id", "surveys.Response.customer_id"} <= {
        key for key, ids in moving.items() if ids
    }
    merge_customers(kept, world.customer, by=care_manager)
    assert [reference.key for reference in references() if reference.key != "customers.Customer.merged_into_id" and reference.ids(world.customer)] == []
    # The record itself, and its number, which is written down beside the preferred one.
    more = {"customers.Customer.merged_into_id": 1, "customers.Phone.customer_id": 1}
    for reference in references():
        expected = kept_before[reference.key] + len(moving[reference.key]) + more.get(reference.key, 0)
        assert len(reference.ids(kept)) == expected, reference.key


def test_a_generic_reference_moves_and_a_bell_leads_to_the_kept_one(kept, other, store, agent, advisor, care_manager, page):
    Promise.objects.create(store=store, customer=other, text="x", owner=advisor, due_on="2026-12-31", origin=other)
    bell = Notification.objects.create(user=agent, code="complaint.issued", subject=other)
    merge_customers(kept, other, by=care_manager)
    assert (Promise.objects.get().origin, Promise.objects.get().customer) == (kept, kept)
    assert page(agent).get(bell.url).url == kept.get_absolute_url()


def test_what_was_chosen_wins_and_the_rest_is_kept(kept, other, care_manager):
    merge_customers(kept, other, by=care_manager, taken={"name", "address"}, taken_own={"hobby"})
    kept.refresh_from_db()
    assert (kept.name, kept.name_key, kept.phone, kept.address, kept.gender) == ("王小例", "wxl wangxiaoli", "13812345678", "示例路 1 号", "male")
    assert kept.custom == {"hobby": "chess", "club": "A"}
    assert (kept.source, kept.external_id, kept.created_at) == ("dms", "C2", other.created_at)


def test_a_wish_not_to_be_called_is_never_lost(kept, other, care_manager):
    other.stop_calls()
    merge_customers(kept, other, by=care_manager)
    kept.refresh_from_db()
    assert kept.do_not_call_at == other.do_not_call_at


def test_the_other_is_hidden_and_its_page_leads_to_the_kept_one(kept, other, care_manager, agent, page, api):
    merge_customers(kept, other, by=care_manager)
    assert list(Customer.objects.all()) == [kept]
    assert page(agent).get(f"/customers/{other.pk}/").url == f"/customers/{kept.pk}/"
    assert page(agent).get(f"/customers/{other.pk}/edit/").status_code == 404
    assert api(agent).get(f"/api/v1/customers/{other.pk}/").status_code == 404


def test_the_timeline_tells_of_both(kept, other, agent, care_manager):
    record("customer.confirmed", other, by=agent, customer_id=other.pk)
    merge_customers(kept, other, by=care_manager)
    assert list(Event.objects.of_customer(kept).values_list("code", flat=True)) == ["customer.merged", "customer.confirmed"]


def test_another_system_still_finds_the_kept_one_by_the_old_number(kept, other, store, care_manager, agent, api):
    Customer.objects.filter(pk=kept.pk).update(source="dms", external_id="C1")
    merge_customers(kept, other, by=care_manager)
    row = {"store": store.pk, "source": "dms", "external_id": "C2", "name": "王小例"}
    answer = api(agent).put("/api/v1/customers/upsert/", row)
    assert (answer.status_code, answer.json()["id"], answer.json()["name"]) == (200, kept.pk, "王示例")
    assert Customer.everyone.count() == 2


def test_it_refuses_what_makes_no_sense(kept, other, other_store, agent, care_manager, administrator):
    with pytest.raises(NotAllowed):
        merge_customers(kept, other, by=agent)
    with pytest.raises(DomainError, match="not two records"):
        merge_customers(kept, kept, by=care_manager)
    with pytest.raises(DomainError, match="same store"):
        merge_customers(kept, make_customer(other_store), by=administrator)
    merge_customers(kept, other, by=care_manager)
    for pair in ((kept, other), (other, kept)):
        with pytest.raises(Conflict, match="in the meantime"):
            merge_customers(*pair, by=care_manager)


# The undo.


def test_merge_and_undo_leave_every_row_byte_for_byte(world, kept, other, care_manager):
    """AR4: merge, add nothing, undo, compare dumps."""
    before = dump()
    for customer in (world.customer, other):
        merge_customers(kept, customer, by=care_manager, taken={field.name for field in choosable()}, taken_own={"hobby"})
    assert dump() != before
    undo_merge(kept, by=care_manager)
    undo_merge(kept, by=care_manager)
    assert dump() == before
    assert list(Event.objects.filter(code="customer.merge_undone").order_by("pk").values_list("subject_id", flat=True)) == [kept.pk, kept.pk]


def test_a_chain_of_merges_is_undone_link_by_link(kept, other, store, care_manager):
    third = make_customer(store)
    before = dump()
    merge_customers(other, third, by=care_manager)
    merge_customers(kept, other, by=care_manager)
    assert Customer.everyone.get(pk=third.pk).merged_into == kept
    undo_merge(kept, by=care_manager)
    undo_merge(other, by=care_manager)
    assert dump() == before


def test_what_came_in_since_stays_and_other_edits_are_kept(kept, other, care_manager, agent):
    car = make_vehicle(other.store, other)
    merge_customers(kept, other, by=care_manager)
    new_car = make_vehicle(kept.store, kept)
    kept.refresh_from_db()
    kept.edit(by=agent, notes="Likes tea")
    undo_merge(kept, by=care_manager)
    kept.refresh_from_db()
    assert (list(kept.vehicles.all()), list(other.vehicles.all())) == ([new_car], [car])
    assert (kept.notes, kept.external_id) == ("Likes tea", "")


def test_an_edit_of_a_taken_field_refuses_the_undo_by_its_name(kept, other, care_manager, agent):
    merge_customers(kept, other, by=care_manager, taken={"address"})
    kept.refresh_from_db()
    kept.edit(by=agent, address="新路 2 号")
    before = dump()
    with pytest.raises(Conflict, match=r"changed since.*address"):
        undo_merge(kept, by=care_manager)
    assert dump() == before


def test_a_car_sold_since_refuses_the_undo(kept, other, care_manager, agent, store):
    car = make_vehicle(store, other)
    merge_customers(kept, other, by=care_manager)
    car.refresh_from_db()
    car.transfer(make_customer(store), by=agent)
    with pytest.raises(Conflict, match="vehicles"):
        undo_merge(kept, by=care_manager)


def test_an_external_id_taken_since_refuses_the_undo(kept, other, care_manager, store):
    Customer.objects.filter(pk=kept.pk).update(source="dms", external_id="C1")
    merge_customers(kept, other, by=care_manager)
    make_customer(store, source="dms", external_id="C2")
    with pytest.raises(Conflict, match="external id"):
        undo_merge(kept, by=care_manager)


def test_it_can_be_undone_once_for_thirty_days_by_who_may_merge(kept, other, care_manager, agent):
    merge = merge_customers(kept, other, by=care_manager)
    with pytest.raises(NotAllowed):
        undo_merge(kept, by=agent)
    with pytest.raises(Conflict, match="30 days"):
        undo_merge(kept, by=care_manager, now=merge.undoable_until)
    undo_merge(kept, by=care_manager, now=merge.undoable_until - timedelta(seconds=1))
    with pytest.raises(Conflict, match="30 days"):
        undo_merge(kept, by=care_manager)


def test_the_copies_are_dropped_when_no_undo_needs_them(kept, other, care_manager):
    merge = merge_customers(kept, other, by=care_manager)
    forget_merges()
    merge.refresh_from_db()
    assert merge.other_before["name"] == "王小例"
    CustomerMerge.objects.update(merged_at=timezone.now() - timedelta(days=31))
    forget_merges()
    merge.refresh_from_db()
    assert (merge.kept_before, merge.kept_after, merge.other_before, merge.moved) == ({}, {}, {}, {})


# The pages.


def test_the_page_proposes_the_kept_value_and_fills_gaps(kept, other, care_manager, page):
    CustomField.objects.create(subject="customer", code="hobby", kind="text", name_en="Hobby", name_zh="爱好")
    form = page(care_manager).get(f"/customers/{kept.pk}/merge/{other.pk}/").context["form"]
    assert {name: field.initial for name, field in form.fields.items()} == {
        "name": "kept",
        "gender": "kept",
        "phone": "kept",
        "address": "other",
        "custom_hobby": "kept",
    }
    assert form.fields["custom_hobby"].choices == [("kept", "fishing"), ("other", "chess")]


def test_merging_and_undoing_on_the_page(kept, other, care_manager, page):
    make_vehicle(other.store, other)
    client, address = page(care_manager), f"/customers/{kept.pk}/merge/{other.pk}/"
    assert [(str(label), count) for label, count in client.get(address).context["moving"]] == [("vehicles", 1)]
    assert client.post(address, {"name": "other"}).status_code == 422
    chosen = {"name": "other", "gender": "kept", "phone": "kept", "address": "other"}
    answer = client.post(address, chosen, follow=True)
    assert answer.context["customer"].name == "王小例"
    assert "Undo the merge" in answer.content.decode()
    answer = client.post(f"/customers/{kept.pk}/unmerge/", follow=True)
    assert (answer.context["customer"], Customer.objects.count()) == (other, 2)
    assert client.post(f"/customers/{kept.pk}/unmerge/").status_code == 409


def test_records_out_of_reach_are_not_found(kept, other, other_store, care_manager, administrator, agent, page):
    foreign = make_customer(other_store)
    assert page(care_manager).get(f"/customers/{kept.pk}/merge/{foreign.pk}/").status_code == 404
    assert page(administrator).get(f"/customers/{kept.pk}/merge/{foreign.pk}/").status_code == 404
    assert page(care_manager).get(f"/customers/{kept.pk}/merge/{kept.pk}/").status_code == 404
    assert page(agent).get(f"/customers/{kept.pk}/merge/{other.pk}/").status_code == 403


def test_a_merged_pair_leaves_the_list_and_returns_with_the_undo(kept, other, store, care_manager):
    first, second = sorted([kept, other], key=lambda each: each.pk)
    DuplicatePair.objects.create(store=store, first=first, second=second, score=60)
    merge_customers(kept, other, by=care_manager)
    assert not DuplicatePair.objects.open().exists()
    undo_merge(kept, by=care_manager)
    assert DuplicatePair.objects.open().exists()
