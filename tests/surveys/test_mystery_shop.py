"""Mystery shops: created, entered, submitted once, seen by whom they concern (S3-10, S3-27 to S3-30)."""

from decimal import Decimal

import pytest

from accounts.roles import Role
from activity.models import Event
from activity.signals import day_changed
from common.errors import Conflict, DomainError, NotAllowed
from notifications.models import Notification
from surveys.models import Checklist, MysteryShop
from tests.factories import make_user, on
from tests.surveys.conftest import announced, finish, full_entries, make_shop

# The sales checklist: 3 items of reception 5 3 5, product 5 3, test drive 3 5 3 (may be N/A), deal 5 5 3, overall 10: 55 points.


def test_full_points_are_a_hundred(shop, auditor):
    assert finish(shop, auditor).score == 100


def test_points_are_shared_over_what_applies(shop, auditor):
    """11 points of the test drive do not apply: 38 of 44 are 86.36."""
    not_driven = {"item_5": {"is_na": True}, "item_6": {"is_na": True}, "item_7": {"is_na": True}}
    finish(shop, auditor, item_0={"earned": 0}, item_11={"earned": 9}, **not_driven)
    shop.refresh_from_db()
    assert shop.score == Decimal("86.36")
    assert shop.has_passed is False


@pytest.mark.parametrize(("lost", "has_passed"), [(5, True), (6, False)])
def test_ninety_is_the_mark(shop, auditor, lost, has_passed):
    """50 of 55 are 90.91, 49 of 55 are 89.09."""
    finish(shop, auditor, item_11={"earned": 10 - lost})
    assert shop.has_passed is has_passed


def test_submitting_records_announces_and_tells_the_adviser(shop, auditor, salesperson):
    with announced(day_changed) as sent:
        finish(shop, auditor)
    event = Event.objects.get(code="mystery_shop.submitted")
    assert (event.actor, event.particulars) == (auditor, {"score": "100.00", "employee": salesperson.pk})
    assert [(one["store_id"], one["days"]) for one in sent] == [(shop.store_id, {on("2026-11-18")})]
    told = Notification.objects.get()
    assert (told.user, told.code, told.subject) == (salesperson, "mystery_shop.submitted", shop)


def test_a_submitted_shop_is_frozen(shop, auditor):
    finish(shop, auditor)
    with pytest.raises(Conflict):
        shop.enter(full_entries(shop), by=auditor)
    with pytest.raises(Conflict):
        shop.submit(by=auditor)
    with pytest.raises(Conflict):
        shop.discard(by=auditor)
    assert Notification.objects.count() == 1


def test_a_stale_copy_cannot_change_what_was_submitted_meanwhile(shop, auditor):
    stale = MysteryShop.objects.get(pk=shop.pk)
    finish(shop, auditor)
    with pytest.raises(Conflict):
        stale.enter(full_entries(stale, item_0={"earned": 0}), by=auditor)
    assert MysteryShop.objects.get(pk=shop.pk).score == 100


def test_every_item_must_be_scored_before_submitting(shop, auditor):
    entries = full_entries(shop)
    del entries[shop.items[2].pk]
    shop.enter(entries, by=auditor)
    with pytest.raises(DomainError, match="1 item is not scored yet: “Asked about the customer's need”") as refused:
        shop.submit(by=auditor)
    assert refused.value.code == "items_missing"
    assert MysteryShop.objects.get(pk=shop.pk).submitted_at is None


def test_a_note_alone_does_not_score_an_item(shop, auditor):
    shop.enter(full_entries(shop, item_2={"note": "Ask again"}), by=auditor)
    with pytest.raises(DomainError, match="not scored yet"):
        shop.submit(by=auditor)


def test_a_checklist_on_which_nothing_applies_cannot_be_submitted(store, salesperson, auditor, shipped):
    checklist = Checklist.objects.create(code="tiny", side="sales", name_en="Tiny", name_zh="Tiny")
    checklist.items.create(section_en="s", section_zh="s", text_en="Only if asked", text_zh="t", points=5, may_be_na=True)
    shop = make_shop(store, checklist, salesperson, auditor)
    shop.enter({shop.items[0].pk: {"is_na": True}}, by=auditor)
    with pytest.raises(DomainError) as refused:
        shop.submit(by=auditor)
    assert refused.value.code == "nothing_scored"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"earned": 6}, "item_range"),
        ({"earned": -1}, "item_range"),
        ({"is_na": True}, "item_na"),
        ({"note": "x" * 301}, "note_long"),
        ({"note": "\x00"}, "note_long"),
    ],
)
def test_it_refuses_what_an_item_does_not_take(shop, auditor, entry, code):
    with pytest.raises(DomainError) as refused:
        shop.enter({shop.items[0].pk: entry}, by=auditor)
    assert refused.value.code == code
    assert not shop.scores.exists()


def test_it_refuses_an_item_of_another_checklist(shop, auditor):
    foreign = Checklist.objects.get(code="ms-after-sales").items.first()
    with pytest.raises(DomainError) as refused:
        shop.enter({foreign.pk: {"earned": 1}}, by=auditor)
    assert refused.value.code == "unknown_item"


def test_a_draft_can_be_corrected(shop, auditor):
    item = shop.items[0]
    shop.enter({item.pk: {"earned": 5, "note": "fine"}}, by=auditor, remark="Busy day")
    shop.enter({item.pk: {"earned": 3}}, by=auditor)
    score = shop.scores.get()
    assert (score.earned, score.note) == (3, "")
    assert MysteryShop.objects.get().remark == "Busy day"


def test_a_draft_can_be_thrown_away(shop, auditor):
    shop.discard(by=auditor)
    assert not MysteryShop.objects.exists()
    assert Event.objects.filter(code="mystery_shop.discarded").exists()


def test_nobody_scores_himself(store, sales_checklist, care_manager, shipped):
    with pytest.raises(DomainError) as refused:
        make_shop(store, sales_checklist, care_manager, care_manager)
    assert refused.value.code == "own_shop"


@pytest.mark.parametrize(("fields", "code"), [({"visited_on": "2126-01-01"}, "visited_in_future")])
def test_it_refuses_a_day_to_come(store, sales_checklist, salesperson, auditor, fields, code):
    with pytest.raises(DomainError) as refused:
        make_shop(store, sales_checklist, salesperson, auditor, visited_on=on(fields["visited_on"]))
    assert refused.value.code == code


def test_it_refuses_an_adviser_of_another_store(store, other_store, sales_checklist, auditor):
    with pytest.raises(DomainError) as refused:
        make_shop(store, sales_checklist, make_user("far", Role.SALESPERSON, other_store), auditor)
    assert refused.value.field == "employee"


def test_those_without_the_right_are_refused(store, sales_checklist, shop, salesperson, agent, sales_manager):
    for person in (agent, sales_manager):
        with pytest.raises(NotAllowed):
            make_shop(store, sales_checklist, salesperson, person)
        with pytest.raises(NotAllowed):
            shop.enter(full_entries(shop), by=person)
        with pytest.raises(NotAllowed):
            shop.submit(by=person)


def test_an_adviser_sees_only_his_own_submitted_shops(shop, store, sales_checklist, salesperson, sales_manager, auditor):
    other = finish(make_shop(store, sales_checklist, sales_manager, auditor), auditor)
    assert list(MysteryShop.objects.for_user(salesperson)) == []
    finish(shop, auditor)
    assert list(MysteryShop.objects.for_user(salesperson)) == [shop]
    assert set(MysteryShop.objects.for_user(auditor)) == {shop, other}


def test_a_head_of_department_does_not_see_a_covert_draft_about_himself(store, sales_checklist, sales_manager, auditor):
    draft = make_shop(store, sales_checklist, sales_manager, auditor, kind=MysteryShop.Kind.COVERT)
    assert list(MysteryShop.objects.for_user(sales_manager)) == []
    finish(draft, auditor)
    assert list(MysteryShop.objects.for_user(sales_manager)) == [draft]


def test_the_group_sees_all_and_another_store_nothing(shop, administrator, stranger, other_store):
    far_auditor = make_user("olga", Role.AUDITOR, other_store)
    assert list(MysteryShop.objects.for_user(administrator)) == [shop]
    assert list(MysteryShop.objects.for_user(stranger)) == list(MysteryShop.objects.for_user(far_auditor)) == []
