"""What is left of a person outside the person's own rows: events, bell lines, images of merges."""

import re

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from activity.models import Event
from customers.models import CustomerLink, CustomerMerge, DuplicatePair
from customers.rights.plan import CODED_REASONS, CODES, DASH
from notifications.models import Notification

# A day, a moment or a short number says nothing of a person.
DAY_OR_NUMBER = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.+]+)?|-?\d{1,6}(\.\d+)?")
AT_ONCE = 500


def clear_traces(customer_ids, rows):
    """Clear what names the person in tables that belong to everybody; ``rows`` are ``{model: ids}`` of the person's own."""
    about = Q(pk__in=[])
    for model, ids in rows.items():
        about |= Q(subject_type=ContentType.objects.get_for_model(model), subject_id__in=ids)
        LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id__in=map(str, ids)).update(object_repr=DASH, change_message="")
    events = Event._base_manager.filter(about | Q(customer_ref__in=customer_ids))
    told = Q(subject_type=ContentType.objects.get_for_model(Event), subject_id__in=events.values("pk"))
    Notification.objects.filter(about | told).delete()
    clear_events(events)
    CustomerMerge.objects.filter(Q(kept__in=customer_ids) | Q(other__in=customer_ids)).update(kept_before={}, kept_after={}, other_before={}, moved={})
    CustomerLink.objects.filter(Q(first__in=customer_ids) | Q(second__in=customer_ids)).delete()
    DuplicatePair.objects.filter(Q(first__in=customer_ids) | Q(second__in=customer_ids)).delete()


def clear_events(events):
    """Take the texts out of events; that something happened, when and by whom stays on record (T121)."""
    changed = []
    for event in events.exclude(particulars={}).iterator(chunk_size=AT_ONCE):
        cleared = {name: cleared_value(event.code, name, value) for name, value in event.particulars.items()}
        if cleared != event.particulars:
            event.particulars = cleared
            changed.append(event)
    # Past the guard of append-only events: the law on the person's data stands above it.
    Event._base_manager.bulk_update(changed, ["particulars"], batch_size=AT_ONCE)


def cleared_value(code, name, value):
    if isinstance(value, str):
        return value if is_code(code, name, value) else DASH
    if isinstance(value, list | dict):
        return value if name in CODES else type(value)()
    return value


def is_code(code, name, value):
    return not value or name in CODES or DAY_OR_NUMBER.fullmatch(value) or (name == "reason" and code.startswith(CODED_REASONS))
