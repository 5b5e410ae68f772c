from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.scope import StoreScopedQuerySet
from customers.models.customer import Customer
from stores.models import Store

# So long a merge can be undone.
UNDOABLE = timedelta(days=30)


class MergeQuerySet(StoreScopedQuerySet):
    def undoable(self, now):
        """Return the merges that can still be taken back, the newest first: they are undone in this order."""
        return self.filter(undone_at=None, merged_at__gt=now - UNDOABLE).order_by("-merged_at", "-pk")

    def forget(self, now):
        """Drop the copies of data that no longer serve an undo."""
        spent = models.Q(merged_at__lte=now - UNDOABLE) | models.Q(undone_at__isnull=False)
        return self.filter(spent).exclude(kept_before={}).update(kept_before={}, kept_after={}, other_before={}, moved={}, added=[])


class CustomerMerge(models.Model):
    """Two records made one: how both looked before, how the kept one looked after, and the ids of every row that moved (AR4)."""

    view_permission = "customers.merge"

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    kept = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("kept"))
    other = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False, verbose_name=_("merged into it"))
    merged_at = models.DateTimeField(_("merged"), default=timezone.now)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("merged by"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("undone by"))
    kept_before = models.JSONField(default=dict)
    kept_after = models.JSONField(default=dict)
    other_before = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    # The numbers the merge has written down beside the preferred one.
    added = models.JSONField(default=list)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of customers")
        verbose_name_plural = _("merges of customers")

    def __str__(self):
        return f"{self.other} → {self.kept}"

    @property
    def undoable_until(self):
        return self.merged_at + UNDOABLE
