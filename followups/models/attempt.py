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


class Attempt(models.Model):
    """One try to reach the customer, kept for good."""

    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="attempts", verbose_name=_("follow-up"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    note = models.TextField(_("note"), blank=True)
    # Which of the customer's numbers was dialled; its end is enough to tell them apart.
    phone_tail = models.CharField(_("end of the number"), max_length=4, blank=True)
    next_at = models.DateTimeField(_("next try"), null=True, blank=True)
    # Of several calls settled in one talk, all but one name that one: the customer was contacted once (FU11, B14).
    joined_to = models.ForeignKey("self", models.CASCADE, null=True, blank=True, editable=False, related_name="joined", verbose_name=_("settled along with"))

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        ordering = ["-at", "-pk"]
