from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from common.words import in_language
from customers.models import Customer, Vehicle
from followups.outcomes import OUTCOMES, Outcome
from stores.calendar import Unit
from stores.models import Store
from surveys.models import Questionnaire, Response, Side
from visits.models import Delivery, Visit

LEASE = timedelta(minutes=15)


class Plan(models.Model):
    """A rule that turns a trigger into follow-ups: who, when, with which questionnaire. Data, never code."""

    class Trigger(models.TextChoices):
        HAND_OVER = "hand_over", _("Car handed over after service")
        DELIVERY = "delivery", _("New car delivered")
        COMPLAINT_ANSWERED = "complaint_answered", _("Complaint answered")

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        LETTER = "letter", _("Letter")
        VISIT = "visit", _("Visit")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    trigger = models.CharField(_("trigger"), max_length=20, choices=Trigger)
    side = models.CharField(_("side"), max_length=12, choices=Side)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.CALL)
    offset = models.PositiveSmallIntegerField(_("due after"))
    unit = models.CharField(_("unit"), max_length=16, choices=Unit)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    to_salesperson = models.BooleanField(_("to the salesperson who sold the car"), default=False)
    questionnaire_code = models.SlugField(_("questionnaire"), max_length=30, blank=True)
    script_en = models.TextField(_("script in English"), blank=True)
    script_zh = models.TextField(_("script in Chinese"), blank=True)
    visit_kinds = models.JSONField(_("visit types"), default=list, blank=True, help_text=_("Empty means every visit type."))
    priority = models.PositiveSmallIntegerField(_("priority"), default=5, help_text=_("1 is the most urgent."))
    max_attempts = models.PositiveSmallIntegerField(_("most attempts"), default=3)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("follow-up plan")
        ordering = ["trigger", "priority", "code"]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)

    @property
    def script(self):
        return in_language(self.script_en, self.script_zh)

    def questionnaire(self):
        """Return the newest published version of the plan's questionnaire, or None."""
        published = Questionnaire.objects.filter(code=self.questionnaire_code, published_at__isnull=False, retired_at=None)
        return published.order_by("-version").first()


class FollowUpQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(status=FollowUp.Status.OPEN)

    def overdue(self, now):
        return self.open().filter(due_at__lt=now)

    def promised(self):
        return self.open().filter(promised_at__isnull=False)

    def callable(self, now):
        """Return the open follow-ups whose time has come and that nobody holds."""
        free = models.Q(claimed_by=None) | models.Q(lease_until__lt=now)
        return self.open().filter(free, available_at__lte=now)

    def of_worker(self, user):
        """Return what ``user`` may work on: assigned to the person, or unassigned and for a role the person holds."""
        roles = [membership.role for membership in user.memberships.all()]
        return self.filter(models.Q(assignee=user) | models.Q(assignee=None, role__in=roles))

    def in_order(self):
        """Order the queue: due, then risk, then age (FU1)."""
        return self.order_by("due_at", "priority", "pk")


class FollowUp(models.Model):
    """A due contact with a customer. The status changes only in the verbs below."""

    view_permission = "followups.view"

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        ESCALATED = "escalated", _("Complaint raised")
        UNREACHABLE = "unreachable", _("Unreachable")
        REFUSED = "refused", _("Refused")
        INELIGIBLE = "ineligible", _("Not eligible")
        CANCELLED = "cancelled", _("Cancelled")

    store = models.ForeignKey(Store, models.PROTECT, related_name="followups", verbose_name=_("store"), db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="followups", verbose_name=_("plan"), db_index=False)
    # What it follows: ("visit", id), ("delivery", id), ("complaint_round", id). Apps above are linked by id only.
    source_kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="followups", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="followups", verbose_name=_("vehicle"), db_index=False)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="followups", verbose_name=_("visit"))
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, blank=True, related_name="followups", verbose_name=_("delivery"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assigned to"))
    priority = models.PositiveSmallIntegerField(_("priority"), default=5)
    due_at = models.DateTimeField(_("due"))
    due_steps = models.JSONField(default=list, blank=True)
    available_at = models.DateTimeField(_("callable from"))
    promised_at = models.DateTimeField(_("promised for"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN, editable=False)
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("held by"))
    claimed_at = models.DateTimeField(_("held since"), null=True, blank=True)
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    first_attempt_at = models.DateTimeField(_("first attempt"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    response = models.OneToOneField(Response, models.PROTECT, null=True, blank=True, related_name="followup", verbose_name=_("response"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    finished_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("finished by"))
    draft = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        ordering = ["due_at", "priority", "pk"]
        indexes = [
            models.Index(fields=["store", "due_at", "priority", "id"], condition=models.Q(status="open"), name="followup_queue"),
            models.Index(fields=["store", "due_at"], name="followup_due"),
            models.Index(fields=["lease_until"], condition=models.Q(status="open", claimed_by__isnull=False), name="followup_lease"),
        ]
        constraints = [models.UniqueConstraint(fields=["plan", "source_kind", "source_id"], name="followup_once_per_source")]

    def __str__(self):
        return f"{self.plan} · {self.customer}"


class Attempt(models.Model):
    """One try to reach the customer, kept for good."""

    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="attempts", verbose_name=_("follow-up"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    note = models.TextField(_("note"), blank=True)
    next_at = models.DateTimeField(_("next try"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        ordering = ["-at", "-pk"]
