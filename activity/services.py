from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from activity.models import Event
from activity.signals import day_changed

# Kept with the row for its page; the event knows them anyway.
WHO_AND_WHEN = {"changed_at", "changed_by", "created_at", "created_by"}


def record(code, subject, *, by=None, customer_id=None, vehicle_id=None, **particulars):
    """Write the fact ``<model>.<past participle>`` about ``subject`` in the running transaction.

    ``particulars`` hold codes, numbers and ISO dates, never sentences.
    """
    return Event.objects.create(
        store_id=getattr(subject, "store_id", None),
        actor=by,
        code=code,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        customer_ref=customer_id or getattr(subject, "customer_id", None),
        vehicle_ref=vehicle_id or getattr(subject, "vehicle_id", None),
        particulars=particulars,
    )


def announce_days(store_id, *dates):
    """Tell the apps above that figures of these store days may have changed; None is passed over."""
    days = {day for day in dates if day is not None}
    if days:
        day_changed.send(sender=None, store_id=store_id, days=days)


@transaction.atomic
def save_setting(row, *, by):
    """Save a rule people live by (a plan, a text, a target) and write down what it said before, as text."""
    before = type(row)._base_manager.filter(pk=row.pk).first() if row.pk else None
    row.save()
    if before is None:
        return record("setting.created", row, by=by)
    fields = [field for field in row._meta.concrete_fields if field.editable and field.name not in WHO_AND_WHEN]
    texts = {field.name: [text_of(field, before), text_of(field, row)] for field in fields}
    changes = {name: pair for name, pair in texts.items() if pair[0] != pair[1]}
    return record("setting.edited", row, by=by, changes=changes) if changes else None


def text_of(field, row):
    """Return the value as text; a decimal without idle zeros, which saving it may add."""
    value = field.value_from_object(row)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else field.value_to_string(row)
