from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from notifications.services import notify
from visits.comebacks import original_of


class Cause(models.TextChoices):
    REPAIR = "repair", _("Our repair")
    PART = "part", _("The part")
    OPERATION = "operation", _("Use of the car")
    OTHER = "other", _("Another fault, no comeback")


# Whoever blames part or driver explains it to the customer (S4-16).
TO_EXPLAIN = (Cause.PART, Cause.OPERATION)


class Comeback(models.Model):
    """A car whose earlier repair did not hold: found at opening, its cause judged afterwards, never refused outright (S4-16)."""

    Cause = Cause

    comeback_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="comebacks", verbose_name=_("comeback of"), db_index=False)
    comeback_cause = models.CharField(_("cause of the comeback"), max_length=10, choices=Cause, blank=True, editable=False)
    comeback_explanation = models.CharField(_("explanation to the customer"), max_length=500, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_unjudged_comeback(self):
        return self.comeback_of_id is not None and not self.comeback_cause

    def flag_comeback(self, *, by):
        """Link the visit to the one whose trouble it seems to be, and tell the head of the workshop."""
        original = original_of(self) if self.comeback_of_id is None else None
        if original is None:
            self.announce_original()
            return
        type(self).objects.filter(pk=self.pk).update(comeback_of=original)
        self.comeback_of = original
        event = record("visit.comeback_flagged", self, by=by, number=self.number, original=original.pk, original_number=original.number)
        heads = [user for user in User.objects.with_roles([Role.SERVICE_MANAGER], self.store) if user != by]
        notify(heads, "visit.comeback_flagged", event, number=self.number, original_number=original.number)
        self.announce_original()

    @transaction.atomic
    def judge_comeback(self, cause, *, by, explanation=""):
        """Say why the car has come back; another fault takes the link away."""
        if not self.can_edit_by(by):
            raise NotAllowed
        if self.comeback_of_id is None:
            raise Conflict(_("This visit is linked to no earlier one."), code="no_comeback")
        if cause in TO_EXPLAIN and not explanation:
            raise DomainError(_("Write down how this was explained to the customer."), code="explanation_missing", field="explanation")
        self.announce_original()
        changes = {"comeback_cause": cause, "comeback_explanation": explanation} | ({"comeback_of": None, "comeback_cause": ""} if cause == Cause.OTHER else {})
        self.change_status(self.status, self.status, as_read={"comeback_of": self.comeback_of_id}, **changes)
        record("visit.comeback_judged", self, by=by, number=self.number, cause=cause, explanation=explanation)

    def announce_original(self):
        """The days of both visits count anew: the comeback on the arrival of one, the first-time fix on the hand-over of the other."""
        original = self.comeback_of
        if original is not None and original.handed_over_at:
            announce_days(self.store_id, self.store.local(original.handed_over_at).date(), self.store.local(self.arrived_at).date())
