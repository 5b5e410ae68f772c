from django.db import models, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import announce_days, record
from common.errors import DomainError, NotAllowed, as_validation_error
from customers.models import Customer, Vehicle
from stores.models import Store
from visits.models.ceremony import CeremonyCheck, HasCeremony
from visits.models.plate import PlateProgress, PlateQuerySet
from visits.models.visit import CLOCK_TOLERANCE
from visits.signals import delivery_recorded


class DeliveryQuerySet(PlateQuerySet):
    def with_people(self):
        """Load what a row of a list shows."""
        return self.select_related("store", "customer", "vehicle", "salesperson")

    def with_done(self):
        """Count the steps done of each delivery's ceremony."""
        checks = CeremonyCheck.objects.filter(delivery=OuterRef("pk")).order_by().values("delivery")
        return self.annotate(steps_done=Coalesce(Subquery(checks.annotate(number=Count("pk")).values("number")), 0))


class Delivery(HasCeremony, PlateProgress):
    """A new car handed to its buyer (交车)."""

    view_permission = "visits.view"

    store = models.ForeignKey(Store, models.PROTECT, related_name="deliveries", verbose_name=_("store"), db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deliveries", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="deliveries", verbose_name=_("vehicle"))
    salesperson = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="sold_deliveries", verbose_name=_("salesperson"))
    salesperson_name = models.CharField(_("salesperson as in the source system"), max_length=60, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), default=timezone.now)
    invoiced_on = models.DateField(_("invoiced on"), null=True, blank=True)
    has_ceremony = models.BooleanField(_("delivery ceremony held"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    source = models.CharField(_("source system"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-delivered_at", "-pk"]
        indexes = [models.Index(fields=["store", "-delivered_at", "-id"], name="delivery_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "source", "external_id"],
                condition=~models.Q(external_id=""),
                name="delivery_external_id_once",
                violation_error_message=_("This external id is already taken in this store."),
            ),
            models.UniqueConstraint(fields=["vehicle"], name="delivery_once_per_vehicle", violation_error_message=_("This car has already been delivered.")),
        ]

    def __str__(self):
        return f"{self.vehicle} · {self.customer}"

    def get_absolute_url(self):
        return reverse("visits:delivery_detail", args=[self.pk])

    def clean(self):
        with as_validation_error():
            if self.store_id:
                self.check_stores()
            if self.delivered_at and self.delivered_at > timezone.now() + CLOCK_TOLERANCE:
                raise DomainError(_("The delivery must not lie in the future."), code="delivered_in_future", field="delivered_at")

    def check_stores(self):
        """Refuse people and cars of another store; a foreign one is as good as unknown (T4)."""
        for name in ("customer", "vehicle"):
            other = getattr(self, name) if getattr(self, f"{name}_id") else None
            if other is not None and other.store_id != self.store_id:
                raise DomainError(_("This belongs to another store."), code="other_store", field=name)
        if (
            self._state.adding
            and self.salesperson_id
            and not User.objects.with_permission("visits.deliver", self.store).filter(pk=self.salesperson_id).exists()
        ):
            raise DomainError(_("The salesperson does not sell cars in this store."), code="not_a_salesperson", field="salesperson")

    @property
    def salesperson_label(self):
        return self.salesperson.name if self.salesperson else self.salesperson_name

    def can_deliver_by(self, user):
        return user.may("visits.deliver", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        """Record a delivery; thank-you letter and calls are planned from here (S4-02 to S4-04)."""
        if not self.can_deliver_by(by):
            raise NotAllowed
        if self.delivered_at > timezone.now() + CLOCK_TOLERANCE:
            raise DomainError(_("The delivery must not lie in the future."), code="delivered_in_future", field="delivered_at")
        self.save()
        day = self.store.local(self.delivered_at).date()
        Vehicle.objects.filter(pk=self.vehicle_id, delivered_on=None).update(delivered_on=day)
        Vehicle.objects.filter(pk=self.vehicle_id, invoiced_on=None).update(invoiced_on=self.invoiced_on)
        record("delivery.created", self, by=by, salesperson=self.salesperson_label)
        announce_days(self.store_id, day)
        delivery_recorded.send(sender=Delivery, delivery=self)
        return self

    def update(self, **changes):
        """Write the given fields of the row and nothing else."""
        changes["updated_at"] = timezone.now()
        Delivery.objects.filter(pk=self.pk).update(**changes)
        for name, value in changes.items():
            setattr(self, name, value)
