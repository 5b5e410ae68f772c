from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class WithRelationship(models.Model):
    """How the house came to a customer, who looks after the record, and how the customer stands to the house."""

    class Channel(models.TextChoices):
        SHOWROOM = "showroom", _("Showroom visit")
        PHONE = "phone", _("Phone call")
        ONLINE = "online", _("Online")
        REFERRAL = "referral", _("Referral")
        EVENT = "event", _("Event")
        SERVICE = "service", _("Workshop visit")
        OTHER = "other", _("Other")

    class Loyalty(models.TextChoices):
        LOYAL = "loyal", _("Loyal")
        ORDINARY = "ordinary", _("Ordinary")
        AT_RISK = "at_risk", _("At risk")
        LOST = "lost", _("Lost")

    channel = models.CharField(_("came by"), max_length=8, choices=Channel, blank=True)
    referred_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="referred", verbose_name=_("referred by"))
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="kept_customers", verbose_name=_("looked after by")
    )
    loyalty = models.CharField(_("class"), max_length=8, choices=Loyalty, blank=True, editable=False)
    loyalty_on = models.DateField(_("in this class since"), null=True, editable=False)

    class Meta:
        abstract = True
