"""What a person can have open that somebody else has to take: one entry per kind, with the field that names the person and the right it takes."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import DateField, DateTimeField, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from customers.models import Customer
from followups.models import FollowUp
from leads.models import Lead
from visits.models import Appointment, Promise, Visit


@dataclass(frozen=True)
class Kind:
    """``is_work`` is what an absence passes on; the rest goes only with a person who leaves."""

    code: str
    label: str
    model: type
    field: str
    permission: str
    is_work: bool = True
    # When a row asks for something: an absence passes on what does so before its end. Empty: all of it.
    moment: str = ""

    def all_open(self, store):
        return OPEN[self.code]().filter(store=store)

    def rows(self, store, person):
        """Return what ``person`` has open in ``store``, what is due first in front."""
        mine = Q(**{self.field: person})
        if self.model is FollowUp:
            mine |= Q(claimed_by=person, lease_until__gte=timezone.now(), assignee=None)
        return self.all_open(store).filter(mine).order_by(*FIRST.get(self.code, ["pk"]))

    def rows_until(self, store, person, back_on):
        """Return what ``person`` leaves open; for an absence, what falls before the day of return."""
        rows = self.rows(store, person)
        if back_on is None:
            return rows
        if not self.is_work:
            return rows.none()
        if not self.moment:
            return rows
        is_day = isinstance(self.model._meta.get_field(self.moment), DateField) and not isinstance(self.model._meta.get_field(self.moment), DateTimeField)
        return rows.filter(**{f"{self.moment}__lt": back_on if is_day else datetime.combine(back_on, time(0), store.zone)})


OPEN = {
    "customers": lambda: Customer.objects.all(),
    "leads": lambda: Lead.objects.open(),
    "promises": lambda: Promise.objects.open(),
    "calls": lambda: FollowUp.objects.open(),
    "appointments": lambda: Appointment.objects.filter(status=Appointment.Status.BOOKED),
    "visits": lambda: Visit.objects.in_shop(),
    "complaints": lambda: Complaint.objects.open(),
}
# Promised call-backs are shared out before all other calls (FU15).
FIRST = {
    "leads": ["next_contact_on", "pk"],
    "promises": ["due_on", "pk"],
    "calls": [F("promised_at").asc(nulls_last=True), "due_at", "pk"],
    "complaints": ["due_at", "pk"],
}
KINDS = [
    Kind("customers", _("Customers looked after"), Customer, "keeper", "customers.edit", is_work=False),
    Kind("leads", _("Open leads"), Lead, "salesperson", "leads.work", moment="next_contact_on"),
    Kind("promises", _("Promises to keep"), Promise, "owner", "visits.book", moment="due_on"),
    Kind("calls", _("Open calls"), FollowUp, "assignee", "followups.work", moment="due_at"),
    Kind("appointments", _("Coming appointments"), Appointment, "advisor", "visits.create", moment="starts_at"),
    Kind("visits", _("Cars in the shop"), Visit, "advisor", "visits.create"),
    Kind("complaints", _("Open complaints, as the first person asked"), Complaint, "first_responder", "complaints.create", is_work=False),
]
BY_CODE = {kind.code: kind for kind in KINDS}
