"""A provider inside the house: what it takes can be read on the inbox page, nothing reaches a real phone."""

from django.utils.translation import gettext_lazy as _

from messaging.models import SimulatedReceipt

NAME = _("Simulator")


def send(message):
    """Keep one receipt per message, as providers do that know our id."""
    SimulatedReceipt.objects.get_or_create(message_ref=message.pk, defaults={"phone": message.phone, "body": message.body})


def query(message):
    return SimulatedReceipt.objects.filter(message_ref=message.pk).exists()
