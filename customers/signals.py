"""Questions to the apps above."""

from django.dispatch import Signal

# Sent with ``customer_ids`` and ``user``; a receiver returns {customer id: [customers.notices.Notice]} of what the user may see.
notices_asked = Signal()
