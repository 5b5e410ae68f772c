"""Announcements to the apps above, sent in the transaction of the change."""

from django.dispatch import Signal

# Sent with ``followup`` (followups.models.FollowUp) when a follow-up has left OPEN.
followup_finished = Signal()
