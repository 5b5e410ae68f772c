from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from common.words import in_language
from customers.models import Customer, Vehicle
from followups.models import FollowUp
from stores.models import Department, Store
from visits.models import Delivery, Visit


class Category(models.Model):
    """A reason for complaints (S3-09, S4-32), editable; an inactive one stays on old slips."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    department_kind = models.CharField(_("responsible department"), max_length=12, choices=Department.Kind, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("complaint category")
        ordering = ["position", "pk"]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)


class ComplaintQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.exclude(status__in=Complaint.CLOSED)

    def overdue(self, now):
        """Return slips whose department has not answered by the feedback deadline."""
        return self.filter(status=Complaint.Status.ISSUED, due_at__lt=now)


class Complaint(models.Model):
    """A slip (抱怨/投诉单) that goes round until the customer is satisfied (S3-32)."""

    view_permission = "complaints.view"

    class Kind(models.TextChoices):
        GRIEVANCE = "grievance", _("Grievance")
        COMPLAINT = "complaint", _("Complaint")

    class Level(models.TextChoices):
        ORDINARY = "ordinary", _("Ordinary")
        RAISED = "raised", _("Raised")
        MAJOR = "major", _("Major")

    class Channel(models.TextChoices):
        CALL = "call", _("Follow-up call")
        SHOP = "shop", _("In the shop")
        PHONE = "phone", _("Shop phone")
        HOTLINE = "hotline", _("Manufacturer's hotline")
        WEB = "web", _("Website or app")
        REGULATOR = "regulator", _("Market regulator (12315)")
        CONSUMERS = "consumers", _("Consumers' association")
        MEDIA = "media", _("Media")
        LETTER = "letter", _("Letter")

    class Status(models.TextChoices):
        ISSUED = "issued", _("Waiting for the department")
        ANSWERED = "answered", _("Waiting for verification")
        SATISFIED = "satisfied", _("Closed, customer satisfied")
        EXCEPTION_ASKED = "exception_asked", _("Exception close asked for")
        EXCEPTION = "exception", _("Closed by exception")

    CLOSED = (Status.SATISFIED, Status.EXCEPTION)
    # From each status the statuses a verb may move to; written only by ``change_status``.
    TRANSITIONS = {
        Status.ISSUED: {Status.ANSWERED, Status.EXCEPTION_ASKED},
        Status.ANSWERED: {Status.SATISFIED, Status.ISSUED, Status.EXCEPTION_ASKED},
        Status.EXCEPTION_ASKED: {Status.EXCEPTION, Status.ISSUED, Status.ANSWERED},
    }

    store = models.ForeignKey(Store, models.PROTECT, related_name="complaints", verbose_name=_("store"))
    number = models.CharField(_("slip number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GRIEVANCE)
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.ORDINARY)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.CALL)
    category = models.ForeignKey(Category, models.PROTECT, related_name="complaints", verbose_name=_("category"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="complaints", verbose_name=_("responsible department"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="complaints", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("vehicle"))
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("visit"))
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("delivery"))
    followup = models.ForeignKey(FollowUp, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("found in follow-up"))
    employee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("employee concerned"))
    words = models.TextField(_("customer's words"))
    wish = models.TextField(_("what the customer wants"), blank=True)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.ISSUED, editable=False)
    round_count = models.PositiveSmallIntegerField(_("rounds"), default=1, editable=False)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    # The deadline of the open round, kept here for lists.
    due_at = models.DateTimeField(_("feedback due"), editable=False)
    first_responder = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("first person asked"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by"))
    exception_reason = models.TextField(_("reason for the exception"), blank=True)
    exception_asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("exception asked by"))

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "-opened_at", "-id"], name="complaint_newest"),
            models.Index(fields=["due_at"], condition=models.Q(status="issued"), name="complaint_due"),
        ]
        constraints = [models.UniqueConstraint(fields=["store", "number"], name="complaint_number_once")]

    def __str__(self):
        return self.number


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
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="round_number_once"),
            # One open round per complaint, however many people press the button at once (T42).
            models.UniqueConstraint(fields=["complaint"], condition=models.Q(verified_at=None), name="round_one_open"),
        ]

    def __str__(self):
        return f"{self.complaint} / {self.number}"
