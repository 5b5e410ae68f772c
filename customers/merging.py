"""Making two records of one customer into one, and taking it back (AR4)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from customers.models import Customer, CustomerMerge
from customers.references import references

# Nobody is asked about these: both records agree, or a rule decides, or the database keeps them.
DECIDED = {"store", "custom", "do_not_call_at", "phone_doubtful_at", "confirmed_at", "source", "external_id", "created_at", "updated_at", "merged_into"}


def choosable():
    """Return the fields whose value is chosen side by side: every one that is typed, new ones too."""
    return [field for field in Customer._meta.concrete_fields if field.editable and not field.primary_key and field.name not in DECIDED]


@transaction.atomic
def merge_customers(kept, other, *, by, taken=(), taken_own=()):
    """Keep ``kept``, move all that hangs on ``other`` to it and hide ``other``.

    ``taken`` names the fields, ``taken_own`` the codes of own fields, whose value ``other`` gives; all else stays as kept.
    """
    kept, other = locked(kept, other)
    check_merge(kept, other, by)
    before = {"kept_before": image(kept), "other_before": image(other)}
    # Hidden first, so that its external id is free.
    Customer.everyone.filter(pk=other.pk).update(merged_into=kept)
    take_over(kept, other, taken, taken_own)
    moved = {reference.key: ids for reference in references() if (ids := reference.ids(other))}
    for reference in references():
        reference.move(moved.get(reference.key, []), kept)
    added = keep_numbers(kept, before.values())
    after = {"kept_after": image(kept), "moved": moved, "added": added}
    merge = CustomerMerge.objects.create(store_id=kept.store_id, kept=kept, other=other, merged_by=by, **before, **after)
    record("customer.merged", kept, by=by, customer_id=kept.pk, other=other.pk, rows=sum(map(len, moved.values())))
    return merge


def locked(*customers):
    """Return the rows as they stand now; always locked in the order of their ids, so that two merges never wait for each other (T45)."""
    rows = {row.pk: row for row in Customer.everyone.select_for_update().filter(pk__in=[each.pk for each in customers]).order_by("pk")}
    return [rows[each.pk] for each in customers]


def check_merge(kept, other, by):
    if not by.may("customers.merge", kept.store_id):
        raise NotAllowed
    if kept.pk == other.pk:
        raise DomainError(_("These are not two records."), code="same_record")
    if kept.store_id != other.store_id:
        raise DomainError(_("Only records of the same store can be merged."), code="other_store")
    if kept.merged_into_id or other.merged_into_id:
        raise Conflict(_("One of the two has been merged in the meantime."), code="merged_already")
    if kept.restricted_at or other.restricted_at:
        raise Conflict(_("One of the two is restricted or erased."), code="restricted")


def take_over(kept, other, taken, taken_own):
    """Give the kept record what was chosen and what no choice should lose."""
    for name in {field.name for field in choosable()} & set(taken):
        setattr(kept, name, getattr(other, name))
    if "phone" in taken:
        kept.phone_doubtful_at = other.phone_doubtful_at
    # A wish not to be called holds whichever record it was told to.
    kept.do_not_call_at = min(filter(None, [kept.do_not_call_at, other.do_not_call_at]), default=None)
    kept.created_at = min(kept.created_at, other.created_at)
    if not kept.external_id:
        kept.source, kept.external_id = other.source, other.external_id
    kept.custom = other.custom | kept.custom | {code: other.custom[code] for code in taken_own if code in other.custom}
    kept.updated_at = timezone.now()
    kept.save()


def keep_numbers(kept, images):
    """Write down beside the preferred number which of the two records' was not chosen; return the ids for the undo."""
    known = {kept.phone, "", *kept.phones.values_list("phone", flat=True)}
    doubted = {image["phone"]: kept._meta.get_field("phone_doubtful_at").to_python(image["phone_doubtful_at"]) for image in images}
    return [kept.write_down(number, doubtful_at).pk for number, doubtful_at in doubted.items() if number not in known]


@transaction.atomic
def undo_merge(kept, *, by, now=None):
    """Take the newest merge into ``kept`` back: both records stand as before, and every row that moved is where it was.

    What came in since stays with ``kept``. A change the undo would overwrite or cannot reach refuses it.
    """
    if not by.may("customers.merge", kept.store_id):
        raise NotAllowed
    now = now or timezone.now()
    merge = CustomerMerge.objects.undoable(now).filter(kept=kept).first()
    if merge is None:
        raise Conflict(_("There is no merge of the last 30 days to undo."), code="nothing_to_undo")
    kept, other = locked(kept, merge.other)
    if not CustomerMerge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=now, undone_by=by):
        raise Conflict(_("There is no merge of the last 30 days to undo."), code="nothing_to_undo")
    check_fields(merge, kept)
    check_external_id(kept, other)
    kept.phones.filter(pk__in=merge.added).delete()
    move_back(merge, kept, other)
    restore(kept, restored(merge, image(kept), now))
    restore(other, merge.other_before)
    record("customer.merge_undone", kept, by=by, customer_id=kept.pk, other=other.pk)
    return other


def check_fields(merge, kept):
    now = image(kept)
    edited = [name for name in changed_names(merge) if now[name] != merge.kept_after[name]]
    if edited:
        names = _(", ").join(str(Customer._meta.get_field(name).verbose_name) for name in edited)
        raise Conflict(_("These fields have been changed since, so the merge can no longer be undone: %(fields)s.") % {"fields": names}, code="changed_since")


def check_external_id(kept, other):
    taken = (
        Customer.everyone.standing()
        .filter(store=other.store_id, source=other.source, external_id=other.external_id)
        .exclude(external_id="")
        .exclude(pk=kept.pk)
    )
    if taken.exists():
        raise Conflict(_("Another customer has the external id of the merged record now, so the merge can no longer be undone."), code="external_id_taken")


def move_back(merge, kept, other):
    """Point what moved to ``other`` again; rows deleted since stay deleted, rows given to somebody else refuse the undo."""
    for reference in references():
        ids = merge.moved.get(reference.key, [])
        if reference.existing(ids).count() != reference.rows(kept).filter(pk__in=ids).count():
            raise Conflict(
                _("Some of what was moved belongs to somebody else now (%(what)s), so the merge can no longer be undone.") % {"what": reference.label}
            )
        reference.move(ids, other)


def changed_names(merge):
    """Return the fields the merge changed; the moment of the last change is nobody's input."""
    return [name for name, value in merge.kept_before.items() if merge.kept_after[name] != value and name != "updated_at"]


def restored(merge, now_image, now):
    """Return the values to put back: exactly those of before, unless another field was edited since, which is kept."""
    if now_image == merge.kept_after:
        return merge.kept_before
    return {name: merge.kept_before[name] for name in changed_names(merge)} | {"updated_at": now.isoformat()}


def image(customer):
    """Return every column of the row as JSON can hold it, without losing a microsecond."""
    row = Customer.everyone.get(pk=customer.pk)
    values = {field.name: field.value_from_object(row) for field in Customer._meta.concrete_fields}
    return {name: value if value is None else Customer._meta.get_field(name).value_to_string(row) for name, value in values.items()}


def restore(customer, values):
    fields = [Customer._meta.get_field(name) for name in values if name != "id"]
    Customer.everyone.filter(pk=customer.pk).update(**{field.attname: field.to_python(values[field.name]) for field in fields})
