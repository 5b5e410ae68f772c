from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import record
from notifications.services import notify


class Lateness(models.Model):
    """Whether the promised time holds, and who is told when it does not."""

    overdue_told_at = models.DateTimeField(_("overdue promise told"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def is_overdue(self, now=None):
        return self.is_in_shop and self.promised_at is not None and self.promised_at < (now or timezone.now())

    def delay_minutes(self, now=None):
        """Return by how many whole minutes the promise is broken, of a car still here so far; None without a promise (VI1, VI6)."""
        end = self.counted_handed_over_at or (now or timezone.now() if self.is_in_shop else None)
        if self.promised_at is None or end is None:
            return None
        return max(int((end - self.promised_at).total_seconds() // 60), 0)

    @transaction.atomic
    def tell_overdue(self, now):
        """Ring the bell of the advisor and the head of the workshop; of two sweeps at once one rings."""
        if not type(self).objects.in_shop().filter(pk=self.pk, promised_at=self.promised_at, overdue_told_at=None).update(overdue_told_at=now):
            return
        event = record("visit.overdue", self, number=self.number, promised_at=self.promised_at.isoformat())
        heads = User.objects.with_roles([Role.SERVICE_MANAGER], self.store)
        told = {user.pk: user for user in [self.advisor, *heads] if user is not None}
        notify(told.values(), "visit.overdue", event, number=self.number, promised_at=self.promised_at.isoformat())
