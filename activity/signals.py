"""Announcements to the apps above."""

from django.dispatch import Signal

# Sent in the transaction of the change with ``store_id`` and ``days`` (local dates of the store).
day_changed = Signal()
