from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SimulatedReceipt(models.Model):
    """What the simulator took in, as a provider would: one row per message it accepted."""

    message_ref = models.BigIntegerField(unique=True)
    phone = models.CharField(_("phone"), max_length=20)
    body = models.TextField(_("text"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("simulated receipt")
        ordering = ["-received_at", "-pk"]

    def __str__(self):
        return f"{self.phone} {self.received_at:%Y-%m-%d %H:%M}"
