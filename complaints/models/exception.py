from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed


class ClosableByException(models.Model):
    """Closing a slip although the customer is not satisfied: one person asks, another one decides (S3-32)."""

    exception_reason = models.TextField(_("reason for the exception"), blank=True)
    exception_asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("exception asked by"))

    class Meta:
        abstract = True

    def can_ask_exception_by(self, user):
        return self.can_verify_by(user) or self.can_answer_by(user)

    def can_approve_by(self, user):
        return user.may("complaints.approve", self.store_id) and user.pk not in (self.exception_asked_by_id, self.employee_id)

    @transaction.atomic
    def ask_exception(self, *, by, reason):
        """Ask to close the slip although the customer is not satisfied."""
        if not self.can_ask_exception_by(by):
            raise NotAllowed
        require(reason, "reason", _("Give the reason."))
        self.change_status(self.Status.EXCEPTION_ASKED, exception_reason=reason, exception_asked_by=by)
        self.tell(self.approvers(), record("complaint.exception_asked", self, by=by, reason=reason))

    def approve_exception(self, *, by):
        """Close the slip by exception."""
        self.check_approver(by)
        with transaction.atomic():
            self.hold()
            self.change_status(self.Status.EXCEPTION, closed_at=timezone.now(), closed_by=by)
            self.cancel_waiting_call(self.current_round())
            self.tell([self.exception_asked_by, *self.heads()], record("complaint.exception_approved", self, by=by))
            self.announce()

    def reject_exception(self, *, by, reason):
        """Send the slip back to where it stood; when the customer has said no meanwhile, to the next round."""
        self.check_approver(by)
        require(reason, "reason", _("Give the reason."))
        with transaction.atomic():
            self.hold()
            self.tell([self.exception_asked_by, *self.heads()], record("complaint.exception_rejected", self, by=by, reason=reason))
            current = self.current_round()
            if current.verified_at:
                self.reissue(by)
            else:
                self.change_status(self.Status.ANSWERED if current.answered_at else self.Status.ISSUED)
            self.announce()

    def check_approver(self, by):
        """Refuse who asked and whom the slip is about (T24)."""
        if not by.may("complaints.approve", self.store_id):
            raise NotAllowed
        if self.status != self.Status.EXCEPTION_ASKED:
            raise Conflict(_("No exception is asked for."))
        if by.pk == self.exception_asked_by_id:
            self.refuse(by, "asked_by_you", _("You asked for this exception; somebody else decides."))
        if by.pk == self.employee_id:
            self.refuse(by, "concerned", _("The slip is about you; somebody else decides."))

    def approvers(self):
        return User.objects.with_permission("complaints.approve", self.store)


def require(text, field, message):
    if not text or not text.strip():
        raise DomainError(message, code=f"{field}_missing", field=field)
