"""Questions to the apps above."""

from django.dispatch import Signal

# Sent with ``user``; a receiver returns {name: query of one number} of what waits for the person, shown in the navigation.
counts_asked = Signal()
