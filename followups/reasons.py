"""Why a follow-up stands where it stands in the queue, in words."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from visits.models import Visit


@dataclass(frozen=True)
class Reason:
    code: str
    words: str
    tone: str
    icon: str


def reason_of(followup, now):
    """Return the reason for the place of ``followup`` in the queue."""
    store = followup.store
    if followup.promised_at:
        moment = date_format(store.local(followup.promised_at), "m-d H:i")
        return Reason("promised", _("promised for %(moment)s") % {"moment": moment}, "accent", "calendar-clock")
    if followup.is_verification:
        return Reason("verification", _("verification of a complaint"), "accent", "message-square-reply")
    if followup.is_overdue(now):
        return Reason("overdue", _("overdue since %(moment)s") % {"moment": date_format(store.local(followup.due_at), "m-d H:i")}, "danger", "alarm-clock")
    if followup.due_day <= store.today(now):
        return Reason("due_today", _("due today"), "warn", "clock")
    return Reason("due_later", _("due on %(day)s") % {"day": date_format(followup.due_day, "m-d")}, "neutral", "clock")


def is_comeback(followup):
    """Tell whether the car came back with the same fault: such a customer is called with particular care."""
    return followup.visit is not None and followup.visit.kind == Visit.Kind.COMEBACK
