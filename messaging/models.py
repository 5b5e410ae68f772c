from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.scope import StoreScopedQuerySet
from common.words import in_language
from customers.models import Customer, Purpose, Vehicle
from stores.models import Store


class MessageTemplate(models.Model):
    """A text for customers with ``{placeholders}`` of a fixed list, filled by plain substitution."""

    class Category(models.TextChoices):
        NOTICE = "notice", _("Notice")
        CARE = "care", _("Care")
        PROMOTION = "promotion", _("Promotion")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    category = models.CharField(_("category"), max_length=10, choices=Category)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("message template")
        ordering = ["code"]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)


class Message(models.Model):
    """One message to one customer: a row of the outbox. ``key`` makes planning it twice impossible."""

    view_permission = "messaging.view"

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        UNCERTAIN = "uncertain", _("Uncertain")
        FAILED = "failed", _("Failed")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="messages", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("vehicle"))
    template = models.ForeignKey(MessageTemplate, models.PROTECT, related_name="messages", verbose_name=_("template"))
    key = models.CharField(max_length=120, unique=True, help_text="purpose:subject:occurrence:template:channel")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    subject_id = models.BigIntegerField(null=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    body = models.TextField(_("text"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED, editable=False)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("expires"))
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("message")
        ordering = ["-due_at", "-pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(status="planned"), name="message_due"),
            models.Index(fields=["lease_until"], condition=models.Q(status="sending"), name="message_sending"),
            models.Index(fields=["customer", "sent_at"], name="message_of_customer"),
        ]

    objects = StoreScopedQuerySet.as_manager()

    def __str__(self):
        return f"{self.template_id} → {self.customer_id}"


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
