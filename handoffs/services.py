"""Passing on what a person has open, giving it back, and telling the customers (B25, FU15)."""

from collections import Counter, defaultdict
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activity.models import Event
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from customers.models import Customer
from followups.models import FollowUp
from handoffs.kinds import KINDS
from handoffs.models import Handoff, HandoffItem
from handoffs.sharing import share_out
from messaging.models import Message, MessageTemplate
from messaging.reasons import Reason
from messaging.services import plan_each
from notifications.services import notify
from visits.models import Visit
from visits.signals import people_changed

BATCH = 500
TEMPLATE = "new-keeper"
LETTERS_LAST = timedelta(days=3)


@transaction.atomic
def hand_off(handoff, successors, *, by):
    """Pass on all that is open, in one transaction: no row is without a person for an instant, deadlines and promised times stay."""
    store, person = handoff.store, handoff.person
    if not by.may("handoffs.manage", store.pk):
        raise NotAllowed
    for kind in KINDS:
        list(kind.rows_until(store, person, handoff.back_on).order_by().select_for_update(of=("self",)).values_list("pk", flat=True))
    shares = share_out(store, person, successors, handoff.back_on)
    if not shares and handoff.reason == Handoff.Reason.LEAVES:
        raise DomainError(_("%(name)s has nothing open in this store.") % {"name": person}, code="nothing_open", field="successors")
    handoff.by, handoff.at = by, timezone.now()
    handoff.save()
    for kind, rows in shares.items():
        pass_rows(handoff, kind, rows)
        HandoffItem.objects.bulk_create([HandoffItem(handoff=handoff, kind=kind.code, object_id=pk, to=to) for pk, _customer_id, to in rows], BATCH)
        tell_timeline("handoff.passed", handoff, kind, rows, by=by)
    if handoff.back_on:
        person.absent_until = handoff.back_on
        person.save(update_fields=["absent_until"])
    record("handoff.made", handoff, by=by, name=person.name, rows=sum(map(len, shares.values())))
    for successor, number in Counter(to for rows in shares.values() for _pk, _customer_id, to in rows).items():
        notify([successor], "handoff.received", handoff, name=person.name, rows=number)
    return handoff


def pass_rows(handoff, kind, rows):
    """Write the new person into the rows; whom a colleague is calling right now stays in that hand."""
    by_hand = defaultdict(list)
    for pk, _customer_id, to in rows:
        by_hand[to].append(pk)
    for to, pks in by_hand.items():
        for start in range(0, len(pks), BATCH):
            found = kind.model.objects.filter(pk__in=pks[start : start + BATCH])
            found.update(**{kind.field: to}, **freed(kind, handoff.person), **touched(kind))
            if kind.model is Visit:
                people_changed.send(sender=Visit, store_id=handoff.store_id, pks=pks[start : start + BATCH])


def freed(kind, person):
    """Take the call out of the hands of who goes, in the same UPDATE."""
    if kind.model is not FollowUp:
        return {}
    return {name: Case(When(claimed_by=person, then=Value(None)), default=F(name)) for name in ("claimed_by", "claimed_at", "lease_until")}


def touched(kind):
    """Let who has the row open on a form see that it has changed (T46)."""
    names = {field.name for field in kind.model._meta.concrete_fields}
    return {"updated_at": timezone.now()} if "updated_at" in names else {}


def tell_timeline(code, handoff, kind, rows, *, by):
    content_type = ContentType.objects.get_for_model(kind.model)
    events = [
        Event(
            store_id=handoff.store_id,
            actor=by,
            code=code,
            subject_type=content_type,
            subject_id=pk,
            customer_ref=customer_id,
            particulars={"kind": kind.code, "before": handoff.person.name, "now": to.name},
        )
        for pk, customer_id, to in rows
    ]
    Event.objects.bulk_create(events, BATCH)


@transaction.atomic
def give_back(handoff, *, by, now=None):
    """Give everything back that is still open and still with who took it; return how many rows that were."""
    now = now or timezone.now()
    if by is not None and not handoff.can_undo_by(by, now):
        if handoff.undone_at is None:
            raise NotAllowed
        raise Conflict(_("This work has been given back already."), code="given_back")
    handoff.start_undo(by=by, now=now)
    returned = sum(give_kind_back(handoff, kind, by=by) for kind in KINDS)
    if handoff.back_on:
        User.objects.filter(pk=handoff.person_id, absent_until=handoff.back_on).update(absent_until=None)
    stop_letters(handoff)
    record("handoff.undone", handoff, by=by, name=handoff.person.name, rows=returned)
    return returned


def give_kind_back(handoff, kind, *, by):
    items = {item.object_id: item for item in handoff.items.filter(kind=kind.code).select_related("to")}
    if not items:
        return 0
    if not handoff.person.may(kind.permission, handoff.store_id):
        message = _("%(name)s may not work on this any more: %(what)s.") % {"name": handoff.person, "what": kind.label}
        raise DomainError(message, code="not_here", field="person")
    back = []
    by_hand = defaultdict(list)
    for item in items.values():
        by_hand[item.to].append(item.object_id)
    customer_id = "pk" if kind.model is Customer else "customer_id"
    for to, pks in by_hand.items():
        for start in range(0, len(pks), BATCH):
            mine = kind.all_open(handoff.store).filter(pk__in=pks[start : start + BATCH], **{kind.field: to})
            found = list(mine.order_by().select_for_update(of=("self",)).values_list("pk", customer_id))
            found_pks = [pk for pk, _customer_id in found]
            kind.model.objects.filter(pk__in=found_pks).update(**{kind.field: handoff.person}, **freed(kind, to), **touched(kind))
            if kind.model is Visit:
                people_changed.send(sender=Visit, store_id=handoff.store_id, pks=found_pks)
            HandoffItem.objects.filter(pk__in=[items[pk].pk for pk in found_pks]).update(is_returned=True)
            back += [(pk, customer, to) for pk, customer in found]
    returned_to = [(pk, customer, handoff.person) for pk, customer, _to in back]
    tell_timeline("handoff.returned", handoff, kind, returned_to, by=by)
    return len(back)


def stop_letters(handoff):
    content_type = ContentType.objects.get_for_model(Handoff)
    for message in Message.objects.filter(subject_type=content_type, subject_id=handoff.pk, status=Message.Status.PLANNED):
        message.end(Message.Status.CANCELLED, Reason.STOPPED)


def tell_customers(now=None):
    """Plan the letters to customers who have somebody else to turn to now; safe to run again at any time."""
    now = now or timezone.now()
    template = MessageTemplate.objects.filter(code=TEMPLATE).first()
    for handoff in Handoff.objects.untold().select_related("store"):
        if template is not None:
            given = handoff.items.filter(kind="customers").values("object_id")
            customers = Customer.objects.filter(pk__in=given).select_related("store", "keeper")
            plan_each(template, customers, subject=handoff, due_at=now, expires_at=now + LETTERS_LAST)
        Handoff.objects.filter(pk=handoff.pk, told_at=None).update(told_at=now)


def end_absences(now=None):
    """Give back the work of everybody whose absence is over."""
    now = now or timezone.now()
    for handoff in Handoff.objects.absences().select_related("store", "person"):
        today = handoff.store.today(now)
        # Who has been reported absent for longer meanwhile gets it all when they are back.
        if handoff.back_on <= today and handoff.person.is_here(today):
            try:
                give_back(handoff, by=None, now=now)
            except DomainError:
                # Who does not work here any more gets nothing back; the manager sees it as still open.
                continue
