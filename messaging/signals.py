"""Questions to the apps above."""

from django.dispatch import Signal

# Sent with ``message`` in the transaction that takes it; a receiver returns the messaging.reasons.Reason why it must not go out, or nothing.
hindrance_asked = Signal()
