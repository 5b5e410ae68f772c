from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models import Vehicle
from stores.models import Store
from visits.models.money import MONEY
from visits.models.visit import Visit


class AdvisedWorkQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(status=AdvisedWork.Status.OPEN)

    def due(self, today):
        """Return the open ones whose day has come or whose kilometres have been driven."""
        return self.open().filter(Q(due_on__lte=today) | Q(due_mileage__lte=F("vehicle__mileage")))

    def with_context(self):
        """Load what a row of a list shows."""
        return self.select_related("store", "vehicle__customer", "visit", "done_in", "advised_by", "closed_by")


class AdvisedWork(models.Model):
    """Work a car needs that the customer has not had done yet (VI4); it is remembered until the customer has decided."""

    view_permission = "visits.view"

    class Severity(models.TextChoices):
        SAFETY = "safety", _("Safety at stake")
        SOON = "soon", _("Soon")
        LATER = "later", _("Can wait")

    class Origin(models.TextChoices):
        INSPECTION = "inspection", _("Inspection of the car")
        ADVISOR = "advisor", _("Advice at the desk")

    class Status(models.TextChoices):
        OPEN = "open", _("Undecided")
        DONE_HERE = "done_here", _("Done here")
        DONE_ELSEWHERE = "done_elsewhere", _("Done elsewhere")
        REFUSED = "refused", _("Refused")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"), db_index=False)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="advised_work", verbose_name=_("vehicle"))
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="advised_work", verbose_name=_("found at the visit"))
    text = models.CharField(_("advised work"), max_length=200)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.ADVISOR)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity, default=Severity.SOON)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_mileage = models.PositiveIntegerField(_("due at (km)"), null=True, blank=True)
    price_hint = models.DecimalField(_("price, about"), **MONEY)
    advised_at = models.DateTimeField(_("advised"), default=timezone.now)
    advised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("advised by"))
    status = models.CharField(_("status"), max_length=14, choices=Status, default=Status.OPEN, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("closed by"))
    done_in = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("done in the visit"))
    reason = models.CharField(_("reason"), max_length=200, blank=True, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = AdvisedWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("advised work")
        verbose_name_plural = _("advised work")
        ordering = [Case(When(status="open", then=0), default=1), F("due_on").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["store", "due_on"], condition=Q(status="open"), name="advised_work_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | Q(due_mileage__isnull=False),
                name="advised_work_has_due",
                violation_error_message=_("Say when it is due: a day, a mileage, or both."),
            ),
            models.CheckConstraint(condition=~Q(status="done_here") | Q(done_in__isnull=False), name="advised_work_done_in_a_visit"),
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("visits:advised_detail", args=[self.pk])

    def clean(self):
        with as_validation_error():
            for name in ("vehicle", "visit"):
                other = getattr(self, name) if getattr(self, f"{name}_id") else None
                if other is not None and self.store_id and other.store_id != self.store_id:
                    raise DomainError(_("This belongs to another store."), code="other_store", field=name)
            self.check_visit(self.visit, "visit")

    def check_visit(self, visit, field):
        if visit is not None and visit.vehicle_id != self.vehicle_id:
            raise DomainError(_("This visit was of another car."), code="other_car", field=field)

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    @property
    def is_due(self):
        is_driven = None not in (self.due_mileage, self.vehicle.mileage) and self.vehicle.mileage >= self.due_mileage
        return self.is_open and (is_driven or (self.due_on is not None and self.due_on <= self.store.today()))

    def can_advise_by(self, user):
        return user.may("visits.create", self.store_id)

    def can_close_by(self, user):
        """The customer's word may come over the phone, too."""
        return user.may("visits.book", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        if not self.can_advise_by(by):
            raise NotAllowed
        self.advised_by = by
        self.save()
        self.tell("created", by, severity=self.severity)
        return self

    @transaction.atomic
    def do_here(self, visit, *, by):
        """Close it by the visit in which it was done."""
        if not self.can_advise_by(by):
            raise NotAllowed
        self.check_visit(visit, "visit")
        if visit.status == Visit.Status.CANCELLED:
            raise DomainError(_("This visit was cancelled."), code="visit_cancelled", field="visit")
        self.close(self.Status.DONE_HERE, by, done_in=visit)
        self.tell("done_here", by, visit=visit.pk, number=visit.number)

    def do_elsewhere(self, reason, *, by):
        """Close it because the customer had it done elsewhere, and say where or why."""
        self.close_with_reason(self.Status.DONE_ELSEWHERE, reason, by)

    def refuse(self, reason, *, by):
        """Close it because the customer does not want it."""
        self.close_with_reason(self.Status.REFUSED, reason, by)

    @transaction.atomic
    def close_with_reason(self, status, reason, by):
        if not self.can_close_by(by):
            raise NotAllowed
        if not reason.strip():
            raise DomainError(_("Give the customer's reason."), code="reason_missing", field="reason")
        self.close(status, by, reason=reason.strip())
        self.tell(status.value, by, reason=self.reason)

    def close(self, status, by, **changes):
        changes |= {"status": status, "closed_by": by, "closed_at": timezone.now(), "updated_at": timezone.now()}
        if not AdvisedWork.objects.filter(pk=self.pk, status=self.Status.OPEN).update(**changes):
            raise Conflict(_("This is closed already."))
        for name, value in changes.items():
            setattr(self, name, value)

    def tell(self, verb, by, **particulars):
        record(f"advised_work.{verb}", self, by=by, customer_id=self.vehicle.customer_id, text=self.text, **particulars)
