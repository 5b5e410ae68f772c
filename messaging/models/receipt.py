from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Receipt(models.Model):
    """What a provider has reported, once per message of its own counting and state: a replayed report finds it there (T68)."""

    class State(models.TextChoices):
        DELIVERED = "delivered", pgettext_lazy("message", "Delivered")
        FAILED = "failed", _("Failed")

    channel = models.CharField(max_length=80)
    provider_ref = models.CharField(max_length=80)
    state = models.CharField(_("status"), max_length=10, choices=State)
    answer = models.CharField(_("the provider's answer"), max_length=120, blank=True)
    message = models.ForeignKey("messaging.Message", models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name=_("message"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("receipt")
        ordering = ["-received_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["channel", "provider_ref", "state"], name="receipt_once")]

    def __str__(self):
        return f"{self.provider_ref} {self.get_state_display()}"


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
