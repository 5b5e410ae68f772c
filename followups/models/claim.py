from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activity.services import record
from common.errors import Conflict, NotAllowed
from common.scope import StoreScopedQuerySet

LEASE = timedelta(minutes=15)


class ClaimQuerySet(StoreScopedQuerySet):
    """Rows one person at a time may hold. ``hold`` is the only place that writes the holder."""

    def hold(self, holder, now, **changes):
        """Give these rows to ``holder`` (None: to nobody) by one UPDATE, and tell how many there were.

        The caller's filter is the condition: what it found a moment ago it must find again.
        """
        hold = {"claimed_by": holder, "claimed_at": now if holder else None, "lease_until": now + LEASE if holder else None}
        return self.update(**hold | changes)

    def free(self, now):
        """Return the open rows nobody holds: never claimed, put back, or the lease is over."""
        return self.open().filter(Q(claimed_by=None) | Q(lease_until__lt=now))

    def held_by(self, user, now):
        return self.open().filter(claimed_by=user, lease_until__gte=now)

    def abandoned(self, now):
        return self.open().filter(claimed_by__isnull=False, lease_until__lt=now)


class Claimable(models.Model):
    """May be held by one person at a time, for as long as the lease runs."""

    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=gettext_lazy("held by"), db_index=False)
    claimed_at = models.DateTimeField(gettext_lazy("held since"), null=True, blank=True)
    lease_until = models.DateTimeField(gettext_lazy("held until"), null=True, blank=True)

    class Meta:
        abstract = True

    def holder(self, now=None):
        """Return who holds it now, None when the lease is over."""
        return self.claimed_by if self.lease_until and self.lease_until >= (now or timezone.now()) else None

    def held_since(self, user):
        """Return since when ``user`` has had it in hand, None when somebody else has or nobody."""
        return self.claimed_at if self.claimed_by_id == user.pk else None

    def can_work_by(self, user):
        """Tell whether ``user`` may call: it is nobody's, or the person's own, or the person hands out the work."""
        is_anybodys = self.assignee_id in (None, user.pk) or user.may("followups.assign", self.store_id)
        return user.may("followups.work", self.store_id) and is_anybodys

    def check_worker(self, user):
        if not user.may("followups.work", self.store_id):
            raise NotAllowed
        if not self.can_work_by(user):
            raise NotAllowed(_("This follow-up is assigned to %(name)s.") % {"name": self.assignee}, code="assigned_to_other")

    def claim(self, *, by, now=None):
        """Take it for the length of a lease; of two people at once one gets it, the other is told who has it (T34)."""
        now = now or timezone.now()
        self.check_worker(by)
        with transaction.atomic():
            is_taken = self.take(by, now)
            self.refresh_from_db()
        if is_taken:
            return self
        if self.holder(now) and self.holder(now) != by:
            record("followup.claim_refused", self, by=by, holder=self.claimed_by_id, until=self.lease_until.isoformat())
        raise self.lost(by, now)

    def take(self, by, now):
        """Claim by one conditional UPDATE; what one holds already is taken again without a word."""
        itself = type(self).objects.filter(pk=self.pk, store_id=self.store_id, assignee_id=self.assignee_id)
        is_new = itself.free(now).hold(by, now)
        if not is_new and not itself.held_by(by, now).hold(by, now, claimed_at=F("claimed_at")):
            return False
        if is_new:
            record("followup.claimed", self, by=by, until=(now + LEASE).isoformat())
        return True

    def renew(self, *, by, now=None):
        """Let the lease run anew; possible until somebody else takes it."""
        now = now or timezone.now()
        if not type(self).objects.open().filter(pk=self.pk, claimed_by=by).hold(by, now, claimed_at=F("claimed_at")):
            self.refresh_from_db()
            raise self.lost(by, now)
        self.refresh_from_db(fields=["claimed_by", "claimed_at", "lease_until"])

    @transaction.atomic
    def release(self, *, by, now=None):
        """Put it back unfinished; the draft stays."""
        now = now or timezone.now()
        if not type(self).objects.open().filter(pk=self.pk, claimed_by=by).hold(None, now):
            self.refresh_from_db()
            raise self.lost(by, now)
        self.refresh_from_db()
        record("followup.released", self, by=by)

    @transaction.atomic
    def free_abandoned(self, now):
        """Put it back when its lease is over; a holder who came back in the meantime keeps it."""
        former = self.claimed_by_id
        if type(self).objects.abandoned(now).filter(pk=self.pk, claimed_by=former).hold(None, now):
            record("followup.freed", self, holder=former)

    def lost(self, by, now):
        """Say why it cannot be worked on: who has it and since when, or that it is finished. The row has just been read anew."""
        holder = self.holder(now)
        if self.status != self.Status.OPEN:
            return Conflict(self.closed_words(), code="already_finished")
        if holder and holder != by:
            since = date_format(self.store.local(self.claimed_at), "H:i")
            message = _("%(name)s has held this follow-up since %(since)s.") % {"name": holder, "since": since}
            return Conflict(message, code="held_by_other")
        if not self.can_work_by(by):
            return Conflict(_("This follow-up has been assigned to %(name)s in the meantime.") % {"name": self.assignee}, code="assigned_to_other")
        return Conflict(_("This follow-up is not in your hands any more. Take it again to go on."), code="not_held")
