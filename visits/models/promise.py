from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models import Customer, Vehicle
from notifications.services import notify
from stores.models import Store
from visits.models.money import MONEY
from visits.models.visit import Visit


class PromiseQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(status=Promise.Status.OPEN)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)

    def about(self, origin):
        return self.filter(origin_type=ContentType.objects.get_for_model(origin), origin_id=origin.pk)

    def with_people(self):
        """Load what a row of a list shows."""
        return self.select_related("store", "customer", "vehicle", "owner", "promised_by", "redeemed_in", "closed_by")


class Promise(models.Model):
    """Something a customer was promised in a call, a complaint or at the desk (B13); it ends only by being kept or waived."""

    view_permission = "visits.view"

    class Status(models.TextChoices):
        OPEN = "open", _("To be kept")
        REDEEMED = "redeemed", _("Kept")
        WAIVED = "waived", _("Waived by the customer")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"), db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="promises", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="promises", verbose_name=_("vehicle"))
    text = models.CharField(_("what was promised"), max_length=300)
    owner = models.ForeignKey(User, models.PROTECT, related_name="owed_promises", verbose_name=_("who keeps it"))
    value = models.DecimalField(_("worth (yuan)"), **MONEY)
    due_on = models.DateField(_("to be kept by"))
    # The call, complaint or visit in which it was made stands above this app, so it is known by its type and id.
    origin_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    origin_id = models.BigIntegerField(null=True, blank=True)
    origin = GenericForeignKey("origin_type", "origin_id")
    promised_at = models.DateTimeField(_("promised"), default=timezone.now)
    promised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("promised by"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN, editable=False)
    overdue_noted_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("closed by"))
    redeemed_in = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("kept at the visit"))
    reason = models.CharField(_("reason"), max_length=200, blank=True, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        # What is still to be kept comes first, which is also the order of the letters.
        ordering = ["status", "due_on", "pk"]
        indexes = [
            models.Index(fields=["store", "due_on"], condition=Q(status="open"), name="promise_open"),
            models.Index(fields=["origin_type", "origin_id"], name="promise_origin"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(status="waived") | ~Q(reason=""), name="promise_waived_with_reason")]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("visits:promise_detail", args=[self.pk])

    def clean(self):
        with as_validation_error():
            self.check_parts()

    def check_parts(self):
        """Refuse cars of other people, owners of other stores and days gone by."""
        if self.vehicle_id and self.customer_id and self.vehicle.customer_id != self.customer_id:
            raise DomainError(_("This car belongs to another customer."), code="other_customer", field="vehicle")
        if self.owner_id and self.store_id and not User.objects.with_permission("visits.book", self.store).filter(pk=self.owner_id).exists():
            raise DomainError(_("This person does not work with customers of this store."), code="not_an_owner", field="owner")
        if self._state.adding and self.due_on and self.store_id and self.due_on < self.store.today():
            raise DomainError(_("The day must not lie in the past."), code="due_in_past", field="due_on")

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    @property
    def is_overdue(self):
        return self.is_open and self.due_on < self.store.today()

    def can_change_by(self, user):
        return user.may("visits.book", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        if not self.can_change_by(by):
            raise NotAllowed
        self.check_parts()
        self.promised_by = by
        self.save()
        event = self.tell("created", by, due_on=self.due_on.isoformat(), owner=self.owner.name)
        if self.owner != by:
            notify([self.owner], "promise.created", event, **self.bell)
        return self

    @transaction.atomic
    def redeem(self, *, by, visit=None):
        """Note that it has been kept, and at which visit, where it was one; any car of the customer will do."""
        if not self.can_change_by(by):
            raise NotAllowed
        if visit is not None and visit.customer_id != self.customer_id:
            raise DomainError(_("This visit was of another customer."), code="other_customer", field="visit")
        self.close(self.Status.REDEEMED, by, redeemed_in=visit)
        self.tell("redeemed", by, number=visit.number if visit else "")

    @transaction.atomic
    def waive(self, reason, *, by):
        """Note that the customer gives it up, and why."""
        if not self.can_change_by(by):
            raise NotAllowed
        if not reason.strip():
            raise DomainError(_("Give the customer's reason."), code="reason_missing", field="reason")
        self.close(self.Status.WAIVED, by, reason=reason.strip())
        self.tell("waived", by, reason=self.reason)

    @transaction.atomic
    def note_overdue(self, now):
        """Tell owner and store manager once that it was not kept in time; the second of two sweepers finds it noted."""
        untold = Promise.objects.filter(pk=self.pk, status=self.Status.OPEN, overdue_noted_at=None)
        if not untold.update(overdue_noted_at=now):
            return False
        managers = User.objects.with_roles([Role.STORE_MANAGER], self.store)
        notify({self.owner, *managers}, "promise.overdue", self.tell("overdue", None, due_on=self.due_on.isoformat()), **self.bell)
        return True

    def close(self, status, by, **changes):
        changes |= {"status": status, "closed_by": by, "closed_at": timezone.now(), "updated_at": timezone.now()}
        if not Promise.objects.filter(pk=self.pk, status=self.Status.OPEN).update(**changes):
            raise Conflict(_("This is closed already."))
        for name, value in changes.items():
            setattr(self, name, value)

    @property
    def bell(self):
        return {"customer": self.customer.name, "text": self.text}

    def tell(self, verb, by, **particulars):
        return record(f"promise.{verb}", self, by=by, text=self.text, **particulars)
