from django.contrib.contenttypes.models import ContentType

from activity.models import Event
from activity.signals import day_changed


def record(code, subject, *, by=None, customer_id=None, vehicle_id=None, **particulars):
    """Write the fact ``<model>.<past participle>`` about ``subject`` in the running transaction.

    ``particulars`` hold codes, numbers and ISO dates, never sentences.
    """
    return Event.objects.create(
        store_id=subject.store_id,
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
