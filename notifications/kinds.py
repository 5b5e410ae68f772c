"""What staff can be told: one table of kinds, who gets them by mail unless they choose otherwise, and which are urgent.

An urgent kind is told at any hour and cannot be switched off entirely; everything else is quiet while the store is closed.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role

HEADS = frozenset({Role.SALES_MANAGER, Role.SERVICE_MANAGER, Role.CARE_MANAGER, Role.STORE_MANAGER})
CARE_MANAGERS = frozenset({Role.CARE_MANAGER, Role.GROUP_MANAGER})
KEEPERS = CARE_MANAGERS | {Role.ADMINISTRATOR}
NOBODY = frozenset()


class Mail(models.TextChoices):
    NONE = "none", _("No mail")
    DIGEST = "digest", _("In the daily digest")
    AT_ONCE = "at_once", _("At once")


@dataclass(frozen=True)
class Choice:
    """Where one kind is told to one person."""

    bell: bool
    mail: str


@dataclass(frozen=True)
class Kind:
    code: str
    group: str
    label: str
    permission: str | None = None
    is_urgent: bool = False
    at_once: frozenset = NOBODY
    digest: frozenset = NOBODY

    def default_for(self, roles):
        """Return what holds for somebody with ``roles`` who has chosen nothing: always the bell, mail by role."""
        mail = Mail.AT_ONCE if self.at_once & set(roles) else Mail.DIGEST if self.digest & set(roles) else Mail.NONE
        return Choice(bell=True, mail=mail)

    def is_silenced_by(self, choice):
        """Tell whether the choice would keep an urgent message from being told at once."""
        return self.is_urgent and not choice.bell and choice.mail != Mail.AT_ONCE


COMPLAINTS, WORKSHOP, PROMISES = _("Complaints"), _("Workshop"), _("Promises")
CALLS, ARCHIVE, IMPORTS = _("Follow-ups and sales"), _("Customer data"), _("Imports")

KINDS = {
    kind.code: kind
    for kind in [
        Kind("complaint.overdue", COMPLAINTS, _("Feedback of a complaint is overdue"), "complaints.view", is_urgent=True, at_once=HEADS),
        Kind("complaint.issued", COMPLAINTS, _("New complaint for my department"), "complaints.answer", at_once=HEADS),
        Kind("complaint.reissued", COMPLAINTS, _("Complaint back at my department"), "complaints.answer", at_once=HEADS),
        Kind("complaint.reassigned", COMPLAINTS, _("Complaint sent on to my department"), "complaints.answer", at_once=HEADS),
        Kind("complaint.unsatisfied", COMPLAINTS, _("Customer not satisfied with the answer"), "complaints.answer", digest=HEADS),
        Kind("complaint.satisfied", COMPLAINTS, _("Customer satisfied, complaint closed"), "complaints.answer"),
        Kind("complaint.answered", COMPLAINTS, _("Complaint answered, call the customer"), "complaints.view"),
        Kind("complaint.unverified", COMPLAINTS, _("Verification call without the customer's word"), "complaints.assign", digest=CARE_MANAGERS),
        Kind("complaint.exception_asked", COMPLAINTS, _("Closing by exception waits for my decision"), "complaints.approve", at_once=HEADS),
        Kind("complaint.exception_approved", COMPLAINTS, _("Closing by exception approved"), "complaints.view"),
        Kind("complaint.exception_rejected", COMPLAINTS, _("Closing by exception refused"), "complaints.view", digest=HEADS),
        Kind("visit.overdue", WORKSHOP, _("Car past its promised time"), "visits.view", is_urgent=True),
        Kind("visit.check_signed", WORKSHOP, _("Final inspection passed or failed"), "visits.hand_over"),
        Kind("visit.comeback_flagged", WORKSHOP, _("Visit looks like a comeback"), "visits.approve", digest=HEADS),
        Kind("guarantee.warned", WORKSHOP, _("Car near a limit of the three guarantees"), "visits.approve", digest=HEADS),
        Kind("delivery.temporary_plate_ending", WORKSHOP, _("Temporary plate runs out"), "visits.deliver", digest=HEADS),
        Kind("promise.created", PROMISES, _("Promise for me to keep"), "visits.view"),
        Kind("promise.overdue", PROMISES, _("Promise overdue"), "visits.view", digest=HEADS | {Role.SERVICE_ADVISOR, Role.SALESPERSON}),
        Kind("followup.assigned", CALLS, _("Follow-up assigned to me"), "followups.work"),
        Kind("channel.stopped", CALLS, _("No messages to customers go out any more"), "messaging.configure", is_urgent=True, at_once=KEEPERS),
        Kind("doubt.found", CALLS, _("Calls that look as if they were never made"), "followups.review", digest=CARE_MANAGERS),
        Kind("followup_report.made", CALLS, _("Follow-up report of a day, week or month"), "followups.view", digest=HEADS),
        Kind("followup.shared_out", CALLS, _("Calls of today given to me"), "followups.work"),
        Kind("handoff.received", CALLS, _("Work of a colleague passed on to me")),
        Kind("lead.reassigned", CALLS, _("Lead is mine now"), "leads.work"),
        Kind("mystery_shop.submitted", CALLS, _("Mystery shop about me"), "surveys.view_own_audits"),
        Kind("rights_request.asked", ARCHIVE, _("Somebody asks to see, copy or erase their data"), "customers.answer_rights", digest=HEADS),
        Kind("customer.pages_leafed", ARCHIVE, _("Somebody leafs through the archive"), "customers.watch", is_urgent=True, at_once=HEADS),
        Kind("customer.reveals_stopped", ARCHIVE, _("Somebody opens too many numbers"), "customers.watch", is_urgent=True, at_once=HEADS),
        Kind("incomingfile.refused", IMPORTS, _("File refused"), "transfers.import", digest=KEEPERS),
        Kind("feed.missing", IMPORTS, _("Expected file missing"), "transfers.import", digest=KEEPERS),
        Kind("feed.reported", IMPORTS, _("What a day of files brought"), "transfers.import"),
    ]
}
URGENT = [code for code, kind in KINDS.items() if kind.is_urgent]


def kind_of(code):
    """Return the kind of ``code``; what is not in the table rings the bell and nothing more."""
    return KINDS.get(code) or Kind(code, "", code)


def kinds_for(user):
    """Return the kinds that can reach somebody with the rights of ``user``."""
    return [kind for kind in KINDS.values() if kind.permission is None or user.may(kind.permission)]
