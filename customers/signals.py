"""Questions to the apps above."""

from django.dispatch import Signal

# Sent with ``customer_ids`` and ``user``; a receiver returns {customer id: [customers.notices.Notice]} of what the user may see.
notices_asked = Signal()

# Sent with ``user`` and ``now``; a receiver returns a query of the ids of customers the user is working with at this moment.
work_asked = Signal()
