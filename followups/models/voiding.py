from datetime import timedelta

from django.db import models
from django.utils.translation import gettext as _

from activity.services import announce_days, record
from common.errors import Conflict, DomainError
from followups.windows import CallWindow

# So long after its due time a call that was never made is still worth making.
WORTH_CALLING = timedelta(days=5)


class Voidable(models.Model):
    """Its tries may turn out never to have been made."""

    class Meta:
        abstract = True

    def void_attempts(self, attempts, *, by, reason, now):
        """Count these tries no more (T27). What one of them had closed is open again, or unreached when it is too late to call.

        Called inside the settling of a doubt, which checks the right.
        """
        is_raised = self.status == self.Status.ESCALATED or self.complaints.exists()
        if is_raised and any(attempt.at == self.finished_at for attempt in attempts):
            message = _("A complaint was raised in the call with %(name)s; it cannot be voided.") % {"name": self.customer}
            raise DomainError(message, code="complaint_raised", field="attempts")
        pks = [attempt.pk for attempt in attempts]
        if self.attempts.valid().filter(pk__in=pks).update(voided_at=now, voided_by=by) != len(pks):
            raise Conflict(_("One of these calls has already been voided."))
        changes = self.counts() | (self.reopening(by, reason, now) if any(self.was_closed_by(attempt) for attempt in attempts) else {})
        if not type(self).objects.filter(pk=self.pk, status=self.status, attempt_count=self.attempt_count).update(**changes):
            raise Conflict(_("Somebody has just worked on this follow-up. Try again."))
        self.refresh_from_db()
        record("followup.attempt_voided", self, by=by, count=len(pks), status=self.status, reason=reason)
        announce_days(self.store_id, self.due_day)

    def counts(self):
        """Return what the valid tries say."""
        valid = list(self.attempts.valid().order_by("at", "pk").values_list("at", "outcome"))
        return {"attempt_count": len(valid), "first_attempt_at": valid[0][0] if valid else None, "outcome": valid[-1][1] if valid else ""}

    def was_closed_by(self, attempt):
        return not self.is_open and attempt.at == self.finished_at

    def reopening(self, by, reason, now):
        """Return the changes after the try that closed it is void; the answers it brought count in no index any more."""
        if self.response and not self.response.voided_at:
            self.response.take_out(by=by, reason=reason)
        if self.is_worth_calling(now):
            opened = {"status": self.Status.OPEN, "response": None, "finished_at": None, "finished_by": None}
            return opened | {"available_at": CallWindow(self.store).next_slot(now)}
        return {"status": self.Status.UNREACHABLE}

    def is_worth_calling(self, now):
        """Tell whether the call can still be made; what others wait for in the meantime, such as a verification, has moved on without it."""
        return self.plan.is_survey and now <= self.due_at + WORTH_CALLING
