from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.scope import StoreScopedQuerySet
from stores.models import Store


class Report(models.Model):
    """What a store's appointments and calls of a day, a week or a month came to, as it stood when it was made (S2-03, S2-09, S2-12)."""

    view_permission = "followups.view"

    class Period(models.TextChoices):
        DAY = "day", _("One day")
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    period = models.CharField(_("period"), max_length=5, choices=Period)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    # See ``followups.reporting.figures_of``.
    figures = models.JSONField(default=dict)

    objects = StoreScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up report")
        ordering = ["-last_day", "-first_day", "store"]
        constraints = [models.UniqueConstraint(fields=["store", "period", "first_day"], name="followup_report_once")]

    def __str__(self):
        return f"{self.first_day:%Y-%m-%d}" if self.period == self.Period.DAY else f"{self.first_day:%Y-%m-%d} – {self.last_day:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("followups:report_detail", args=[self.pk])
