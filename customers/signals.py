"""Questions to the apps above."""

from django.dispatch import Signal

# Sent with ``customer_ids`` and ``user``; a receiver returns {customer id: [customers.notices.Notice]} of what the user may see.
notices_asked = Signal()

# Sent with ``user`` and ``now``; a receiver returns a query of the ids of customers the user is working with at this moment.
work_asked = Signal()

# Sent with ``customer_ids``; a receiver returns {customers.models.Retention: day of the last record it wants kept}.
holds_asked = Signal()

# Sent with ``customer`` and ``by`` in the transaction that takes a record out of daily work; a receiver stops what would reach the person.
withheld = Signal()

# Sent with ``store_id``, ``rows`` {model label: ids} and ``words`` (names and numbers) before a person is anonymised; a receiver deletes its copies.
forgetting = Signal()
