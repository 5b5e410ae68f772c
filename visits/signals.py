"""Announcements to the apps above, sent in the transaction of the change."""

from django.dispatch import Signal

visit_handed_over = Signal()
delivery_recorded = Signal()
