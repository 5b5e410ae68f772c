from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.scope import StoreScopedQuerySet
from stores.models import Store


class Kind(models.TextChoices):
    CUSTOMERS = "customers", _("Customers")
    VISITS = "visits", _("Repair orders")
    DELIVERIES = "deliveries", _("Deliveries")


class ImportRun(models.Model):
    """One file taken in: who, when, which, and what came of every row that needs attention."""

    view_permission = "transfers.import"

    store = models.ForeignKey(Store, models.PROTECT, related_name="import_runs", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    file_name = models.CharField(_("file"), max_length=120)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    skipped_count = models.PositiveIntegerField(_("skipped"), default=0)
    rejected_count = models.PositiveIntegerField(_("rejected"), default=0)
    warning_count = models.PositiveIntegerField(_("warnings"), default=0)
    rejected = models.JSONField(_("rejected"), default=list)
    warnings = models.JSONField(_("warnings"), default=list)

    objects = StoreScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-started_at", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.file_name}"
