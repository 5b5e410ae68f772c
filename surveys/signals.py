"""Announcements to the apps above, sent in the transaction of the change."""

from django.dispatch import Signal

# Sent with ``response`` (surveys.models.Response) when a response has been submitted and scored.
response_submitted = Signal()
