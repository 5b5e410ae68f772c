from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import record
from common.errors import Conflict
from complaints.models.complaint import Complaint
from stores import calendar
from stores.models import Department


class Round(models.Model):
    """One issue of the slip to the department; the next one follows while the customer is not satisfied."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="rounds", verbose_name=_("complaint"))
    number = models.PositiveSmallIntegerField(_("round"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("responsible department"))
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("issued by"))
    due_at = models.DateTimeField(_("feedback due"))
    due_steps = models.JSONField(default=list, blank=True)
    overdue_noted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by"))
    cause = models.TextField(_("cause"), blank=True)
    measure = models.TextField(_("measure"), blank=True)
    evidence = models.FileField(_("evidence"), upload_to="complaints/", blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by"))
    is_satisfied = models.BooleanField(_("customer satisfied"), null=True, blank=True)
    verification_note = models.TextField(_("customer's words at verification"), blank=True)

    class Meta:
        verbose_name = _("round")
        ordering = ["complaint", "number"]
        # The sweep over overdue rounds reads only those nobody has told of.
        indexes = [models.Index(fields=["due_at"], condition=models.Q(answered_at=None, overdue_noted_at=None), name="round_untold")]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="round_number_once"),
            # One open round per complaint, however many people press the button at once (T42).
            models.UniqueConstraint(fields=["complaint"], condition=models.Q(verified_at=None), name="round_one_open"),
        ]

    def __str__(self):
        return f"{self.complaint} / {self.number}"

    @property
    def is_in_time(self):
        """Tell whether the answer kept the deadline; None while there is none."""
        return self.answered_at <= self.due_at if self.answered_at else None

    @property
    def due_explanation(self):
        return calendar.explain(self.due_steps)

    def verify(self, is_satisfied, by, note):
        """Write down the customer's word once, however many callers bring it."""
        changes = {"verified_at": timezone.now(), "verified_by": by, "is_satisfied": is_satisfied, "verification_note": note.strip()}
        if not Round.objects.filter(pk=self.pk, verified_at=None).update(**changes):
            raise Conflict(_("This round has already been verified."))

    @transaction.atomic
    def note_overdue(self, now):
        """Tell once that the answer is overdue; the second of two sweepers finds it noted."""
        unnoted = Round.objects.filter(pk=self.pk, overdue_noted_at=None, answered_at=None)
        if not unnoted.update(overdue_noted_at=now):
            return False
        complaint = self.complaint
        care_managers = User.objects.with_roles([Role.CARE_MANAGER], complaint.store)
        complaint.tell([*complaint.heads(), *care_managers], record("complaint.overdue", complaint, round=self.number, due_at=self.due_at.isoformat()))
        complaint.announce()
        return True
