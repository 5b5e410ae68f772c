from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict
from common.scope import StoreScopedQuerySet
from stores.models import Store

# So long the work of somebody who left can be had back.
UNDO_FOR = timedelta(days=30)


class HandoffQuerySet(StoreScopedQuerySet):
    def absences(self):
        return self.filter(reason=Handoff.Reason.ABSENT, undone_at=None)

    def untold(self):
        """Return those whose customers have yet to be told."""
        return self.filter(tells_customers=True, told_at=None, undone_at=None)


class Handoff(models.Model):
    """What one person had open in a store, passed on to others: for good, or until the person is back (B25, FU15)."""

    view_permission = "handoffs.manage"

    class Reason(models.TextChoices):
        LEAVES = "leaves", _("Leaves, or takes another post")
        ABSENT = "absent", _("Is absent for some days")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    person = models.ForeignKey(User, models.PROTECT, related_name="handoffs", verbose_name=_("whose work"))
    reason = models.CharField(_("why"), max_length=8, choices=Reason)
    back_on = models.DateField(_("back on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    tells_customers = models.BooleanField(_("tell the customers who looks after them now"), default=False)
    told_at = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    undone_at = models.DateTimeField(_("given back"), null=True, editable=False)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("given back by"))

    objects = HandoffQuerySet.as_manager()

    class Meta:
        verbose_name = _("handoff")
        verbose_name_plural = _("handoffs")
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(reason="leaves", back_on=None) | Q(reason="absent", back_on__isnull=False), name="handoff_back_on")]

    def __str__(self):
        return f"{self.person} · {self.get_reason_display()}"

    def get_absolute_url(self):
        return reverse("handoffs:detail", args=[self.pk])

    def can_undo_by(self, user, now=None):
        is_in_time = self.reason == self.Reason.ABSENT or self.at > (now or timezone.now()) - UNDO_FOR
        return self.undone_at is None and is_in_time and user.may("handoffs.manage", self.store_id)

    def start_undo(self, *, by, now):
        """Claim the way back; nobody goes it twice."""
        if not Handoff.objects.filter(pk=self.pk, undone_at=None).update(undone_at=now, undone_by=by):
            raise Conflict(_("This work has been given back already."), code="given_back")
        self.refresh_from_db()


class HandoffItem(models.Model):
    """One row that went to somebody else; ``kind`` is a code of ``handoffs.kinds``."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=16)
    object_id = models.BigIntegerField()
    to = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_returned = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handoff", "kind", "object_id"], name="handoff_item_once")]

    def __str__(self):
        return f"{self.kind} {self.object_id}"
