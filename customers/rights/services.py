"""Answering a request of a person (PIPL Art. 44 to 50)."""

from django.db import transaction

from common.errors import NotAllowed
from customers.models import RightsRequest
from customers.rights.erasing import withdraw
from customers.rights.workbook import workbook_of

Status, Outcome, Kind = RightsRequest.Status, RightsRequest.Outcome, RightsRequest.Kind


@transaction.atomic
def grant(request, reason, *, by):
    """Do what is asked for: make the workbook ready, or erase; where the law wants records kept, restrict instead (T125)."""
    request.refuse_stranger(by)
    if request.kind != Kind.ERASURE:
        return request.settle(Status.GRANTED, reason, by=by, outcome=Outcome.FILE)
    request.check_open()
    holds = withdraw(request.customer, by=by)
    kept = [[hold.code, hold.until.isoformat()] for hold in holds]
    return request.settle(Status.GRANTED, reason, by=by, outcome=Outcome.RESTRICTED if holds else Outcome.ERASED, holds=kept)


def hand_over(request, *, by):
    """Return the content of the workbook and keep that it was handed out."""
    if not request.has_workbook:
        raise NotAllowed
    request.fetch(by=by)
    return workbook_of(request, by=by)
