from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from followups.models.followup import FollowUp
from followups.outcomes import Outcome


class AttemptQuerySet(models.QuerySet):
    def contacts(self):
        """Return the talks themselves, each counted once however many calls it settled."""
        return self.filter(joined_to=None)

    def valid(self):
        """Leave out those somebody has found never to have been made."""
        return self.filter(voided_at=None)


class Attempt(models.Model):
    """One try to reach the customer, kept for good; one that was never made is voided and counts no more (T27)."""

    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="attempts", verbose_name=_("follow-up"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    note = models.TextField(_("note"), blank=True)
    # Which of the customer's numbers was dialled; its end is enough to tell them apart.
    phone_tail = models.CharField(_("end of the number"), max_length=4, blank=True)
    next_at = models.DateTimeField(_("next try"), null=True, blank=True)
    # Of several calls settled in one talk, all but one name that one: the customer was contacted once (FU11, B14).
    joined_to = models.ForeignKey("self", models.CASCADE, null=True, blank=True, editable=False, related_name="joined", verbose_name=_("settled along with"))
    # What speaks for it: since when the caller had the call in hand, and what a telephone system tells of it.
    held_since = models.DateTimeField(_("in hand since"), null=True, blank=True)
    call_ref = models.CharField(_("call id"), max_length=64, blank=True)
    talk_seconds = models.PositiveIntegerField(_("talked (seconds)"), null=True, blank=True)
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", db_index=False, verbose_name=_("voided by"))

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        ordering = ["-at", "-pk"]

    @property
    def seconds(self):
        """Return how long it took: as the telephone tells, else from taking the call to logging it; None where nobody knows."""
        if self.talk_seconds is not None:
            return self.talk_seconds
        return None if self.held_since is None else round((self.at - self.held_since).total_seconds())
