from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import announce_days, record
from common.errors import Conflict, NotAllowed

# An advisor may enter a hand-over between the next two cars; what is entered later is back-dated.
ENTRY_GRACE = timedelta(minutes=30)
IS_PROMISE_KEPT = Q(handed_over_at__lte=F("promised_at")) & (
    Q(backdated_at=None) | Q(backdated_at__lte=F("promised_at")) | Q(backdating_accepted_at__isnull=False)
)


class BackDated(models.Model):
    """A hand-over entered after the fact: judged by its entry until somebody who did not enter it accepts the earlier time (T29)."""

    backdated_at = models.DateTimeField(_("hand-over entered later, at"), null=True, blank=True, editable=False)
    backdated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False)
    backdating_accepted_at = models.DateTimeField(_("earlier time accepted"), null=True, blank=True, editable=False)
    backdating_accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False)

    class Meta:
        abstract = True

    @property
    def counted_handed_over_at(self):
        """Return the moment the promise is judged by."""
        return self.handed_over_at if self.backdating_accepted_at else self.backdated_at or self.handed_over_at

    def backdating_of(self, at, *, by, now):
        """Return what to keep about the entry; another system's own time is its evidence."""
        is_late = now - at > ENTRY_GRACE and not self.source
        return {"backdated_at": now, "backdated_by": by} if is_late else {}

    def can_accept_backdating_by(self, user):
        is_open = self.backdated_at is not None and self.backdating_accepted_at is None
        return is_open and self.backdated_by_id != user.pk and user.may("visits.approve", self.store_id)

    @transaction.atomic
    def accept_backdating(self, *, by):
        """Let the earlier time count, on the word of somebody else."""
        if not by.may("visits.approve", self.store_id):
            raise NotAllowed
        if self.backdated_by_id == by.pk:
            raise NotAllowed(_("Who entered the hand-over does not accept its time."), code="own_entry")
        open_entry = type(self).objects.filter(pk=self.pk, backdated_at__isnull=False, backdating_accepted_at=None)
        accepted = {"backdating_accepted_at": timezone.now(), "backdating_accepted_by": by}
        if not open_entry.update(**accepted, updated_at=timezone.now()):
            raise Conflict(_("There is no back-dated hand-over to accept."))
        for name, value in accepted.items():
            setattr(self, name, value)
        record("visit.backdating_accepted", self, by=by, number=self.number, at=self.handed_over_at.isoformat())
        announce_days(self.store_id, self.store.local(self.handed_over_at).date())
