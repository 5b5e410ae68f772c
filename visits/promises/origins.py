"""Where a promise was made. Calls and complaints stand above this app: they are found by the name of their model."""

import re

from django.apps import apps
from django.shortcuts import get_object_or_404

ORIGINS = {"visit": "visits.Visit", "delivery": "visits.Delivery", "followup": "followups.FollowUp", "complaint": "complaints.Complaint"}
NUMBER = re.compile(r"[0-9]{1,18}")


def visible(kind, user):
    return apps.get_model(ORIGINS[kind]).objects.for_user(user)


def origin_in(query, user):
    """Return the row an address names, for example by ``?complaint=7``; None where it names none, 404 where it is out of sight."""
    for kind in ORIGINS:
        if kind in query:
            key = query[kind]
            return get_object_or_404(visible(kind, user).select_related("store", "customer"), pk=int(key) if NUMBER.fullmatch(key) else 0)
    return None


def origin_for(promise, user):
    """Return the row the promise was made in, if ``user`` may see it."""
    if promise.origin_type_id is None:
        return None
    return promise.origin_type.model_class().objects.for_user(user).filter(pk=promise.origin_id).first()
