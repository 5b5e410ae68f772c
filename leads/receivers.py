"""What leads hear from below: a record is taken out of daily work."""

from django.dispatch import receiver
from django.utils import timezone

from customers.signals import withheld
from leads.models import Lead

# Nobody asks a person for a reason who wants to be forgotten.
UNASKED = "–"


@receiver(withheld)
def stop_leads(sender, customer, **kwargs):
    """Give up the leads with the phone of the person, and let them share what becomes of the record (T123)."""
    if not customer.phone:
        return
    same = Lead.objects.filter(store=customer.store_id, phone=customer.phone, customer=None)
    same.exclude(status=Lead.Status.OPEN).update(customer=customer)
    for lead in same.filter(status=Lead.Status.OPEN):
        lead.move(Lead.Status.LOST, customer=customer, lost_reason=UNASKED, closed_at=timezone.now(), next_contact_on=None)
