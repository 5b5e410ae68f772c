"""Announcements to the apps above, sent in the transaction of the change."""

from django.dispatch import Signal

visit_handed_over = Signal()
delivery_recorded = Signal()

# Sent with ``store_id`` and ``pks`` when visits or deliveries (the ``sender``) have got another advisor or salesperson, for whom calls and slips count.
people_changed = Signal()

# Sent with ``appointment`` when its customer has not come, and when the car comes after all.
appointment_missed = Signal()
appointment_kept = Signal()
