"""Questions and announcements to the apps above."""

from django.dispatch import Signal

# Sent with ``message`` in the transaction that takes it; a receiver returns the messaging.reasons.Reason why it must not go out, or nothing.
hindrance_asked = Signal()

# Sent with ``customer_ids`` and ``since``; a receiver returns the [messaging.ledger.Contact] it knows of.
contacts_asked = Signal()

# Sent with ``reply`` (messaging.models.Reply) in the transaction that takes it in, once it is known whose it is.
reply_received = Signal()
