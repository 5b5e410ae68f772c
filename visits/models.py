from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.models import Customer, Vehicle
from stores.models import Store
from visits.signals import delivery_recorded, visit_handed_over


class VisitQuerySet(StoreScopedQuerySet):
    def in_shop(self):
        return self.filter(status=Visit.Status.IN_SHOP)

    def handed_over(self):
        return self.filter(status=Visit.Status.HANDED_OVER)

    def overdue(self, now):
        return self.in_shop().filter(promised_at__lt=now)


class Visit(models.Model):
    """One repair order (托修单) from arrival to hand-over; the fields are those of S4-12."""

    view_permission = "visits.view"

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance", _("Scheduled maintenance")
        FIRST_SERVICE = "first_service", _("First service")
        REPAIR = "repair", _("General repair")
        WARRANTY = "warranty", _("Warranty claim")
        BODY = "body", _("Body and paint")
        ACCIDENT = "accident", _("Accident repair")
        COMEBACK = "comeback", _("Comeback repair")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        IN_SHOP = "in_shop", _("In the shop")
        HANDED_OVER = "handed_over", _("Handed over")
        CANCELLED = "cancelled", _("Cancelled")

    store = models.ForeignKey(Store, models.PROTECT, related_name="visits", verbose_name=_("store"))
    number = models.CharField(_("repair order"), max_length=40)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="visits", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="visits", verbose_name=_("vehicle"))
    sender_name = models.CharField(_("brought in by"), max_length=80, blank=True)
    sender_phone = models.CharField(_("phone of the person who brought it in"), max_length=20, blank=True)
    advisor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="advised_visits", verbose_name=_("advisor"))
    advisor_name = models.CharField(_("advisor as in the source system"), max_length=60, blank=True)
    technician = models.CharField(_("technician"), max_length=60, blank=True)
    bay = models.CharField(_("bay"), max_length=30, blank=True)
    kind = models.CharField(_("visit type"), max_length=14, choices=Kind, default=Kind.MAINTENANCE)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.IN_SHOP, editable=False)
    arrived_at = models.DateTimeField(_("arrived"))
    promised_at = models.DateTimeField(_("promised for"), null=True, blank=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    mileage = models.PositiveIntegerField(_("mileage (km)"), null=True, blank=True)
    fuel_level = models.PositiveSmallIntegerField(_("fuel or charge (%)"), null=True, blank=True)
    accessories = models.CharField(_("accessories left in the car"), max_length=200, blank=True)
    symptom = models.TextField(_("what the customer says"), blank=True)
    work = models.TextField(_("repair items"), blank=True)
    warranty_days = models.PositiveIntegerField(_("warranty on the work (days)"), null=True, blank=True)
    estimate_ceiling = models.DecimalField(_("estimate, not above"), max_digits=12, decimal_places=2, null=True, blank=True)
    labour_amount = models.DecimalField(_("labour"), max_digits=12, decimal_places=2, null=True, blank=True)
    parts_amount = models.DecimalField(_("parts"), max_digits=12, decimal_places=2, null=True, blank=True)
    total_amount = models.DecimalField(_("total"), max_digits=12, decimal_places=2, null=True, blank=True)
    comeback_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="comebacks", verbose_name=_("comeback of"))
    notes = models.TextField(_("notes"), blank=True)
    source = models.CharField(_("source system"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        ordering = ["-arrived_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "-arrived_at", "-id"], name="visit_newest"),
            models.Index(fields=["store", "handed_over_at"], name="visit_handed_over"),
            models.Index(fields=["store", "promised_at"], condition=models.Q(status="in_shop"), name="visit_in_shop"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "number"], name="visit_number_once", violation_error_message=_("This repair order number is already taken in this store.")
            ),
            models.UniqueConstraint(fields=["store", "source", "external_id"], condition=~models.Q(external_id=""), name="visit_external_id_once"),
            models.CheckConstraint(
                condition=models.Q(handed_over_at=None) | models.Q(handed_over_at__gte=models.F("arrived_at")),
                name="visit_handed_over_after_arrival",
                violation_error_message=_("The hand-over must not be earlier than the arrival."),
            ),
            models.CheckConstraint(
                condition=models.Q(promised_at=None) | models.Q(promised_at__gte=models.F("arrived_at")),
                name="visit_promised_after_arrival",
                violation_error_message=_("The promised time must not be earlier than the arrival."),
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def advisor_label(self):
        return self.advisor.name if self.advisor else self.advisor_name

    @property
    def is_on_time(self):
        """Tell whether the promise was kept; None while there is no promise or no hand-over (S4-13)."""
        if self.promised_at is None or self.handed_over_at is None:
            return None
        return self.handed_over_at <= self.promised_at

    def is_overdue(self, now=None):
        return self.status == self.Status.IN_SHOP and self.promised_at is not None and self.promised_at < (now or timezone.now())

    def can_hand_over_by(self, user):
        return user.may("visits.hand_over", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        """Log a visit at reception."""
        if not by.may("visits.create", self.store_id):
            raise NotAllowed
        self.number = self.number or next_number(Visit, self.store, "V")
        self.save()
        self.vehicle.read_mileage(self.mileage, self.store.local(self.arrived_at).date())
        record("visit.created", self, by=by)
        announce_days(self.store_id, self.store.local(self.arrived_at).date())
        return self

    @transaction.atomic
    def promise(self, promised_at, *, by):
        """Promise the customer another time; it counts as kept only when agreed before the old one ran out (S4-13)."""
        if not self.can_hand_over_by(by):
            raise NotAllowed
        if promised_at < self.arrived_at:
            raise DomainError(_("The promised time must not be earlier than the arrival."), code="promised_before_arrival", field="promised_at")
        if self.is_overdue():
            raise Conflict(_("The promised time has already passed; it stands as missed."), code="promise_missed")
        before, self.promised_at = self.promised_at, promised_at
        if not Visit.objects.filter(pk=self.pk, status=self.Status.IN_SHOP).update(promised_at=promised_at, updated_at=timezone.now()):
            raise Conflict(_("The car is no longer in the shop."))
        record("visit.promised", self, by=by, before=before and before.isoformat(), promised_at=promised_at.isoformat())

    @transaction.atomic
    def hand_over(self, *, by, at=None, **amounts):
        """Give the car back; calls after service are planned from here (S2-08)."""
        if not self.can_hand_over_by(by):
            raise NotAllowed
        at = at or timezone.now()
        if at < self.arrived_at:
            raise DomainError(_("The hand-over must not be earlier than the arrival."), code="handed_over_before_arrival", field="handed_over_at")
        self.change_status(self.Status.IN_SHOP, self.Status.HANDED_OVER, handed_over_at=at, **amounts)
        record("visit.handed_over", self, by=by, at=at.isoformat(), on_time=self.is_on_time)
        announce_days(self.store_id, self.store.local(at).date(), self.store.local(self.arrived_at).date())
        visit_handed_over.send(sender=Visit, visit=self)

    @transaction.atomic
    def cancel(self, *, by, reason):
        """Take back a visit logged by mistake."""
        if not self.can_hand_over_by(by):
            raise NotAllowed
        self.change_status(self.Status.IN_SHOP, self.Status.CANCELLED)
        record("visit.cancelled", self, by=by, reason=reason)
        announce_days(self.store_id, self.store.local(self.arrived_at).date())

    def change_status(self, old, new, **changes):
        """Move on from ``old`` by compare-and-swap; nobody writes ``status`` elsewhere."""
        changes |= {"status": new, "updated_at": timezone.now()}
        if not Visit.objects.filter(pk=self.pk, status=old).update(**changes):
            raise Conflict(_("The visit has moved on in the meantime."))
        for name, value in changes.items():
            setattr(self, name, value)


class Delivery(models.Model):
    """A new car handed to its buyer (交车)."""

    view_permission = "visits.view"

    store = models.ForeignKey(Store, models.PROTECT, related_name="deliveries", verbose_name=_("store"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deliveries", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="deliveries", verbose_name=_("vehicle"))
    salesperson = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="sold_deliveries", verbose_name=_("salesperson"))
    salesperson_name = models.CharField(_("salesperson as in the source system"), max_length=60, blank=True)
    delivered_at = models.DateTimeField(_("delivered"))
    invoiced_on = models.DateField(_("invoiced on"), null=True, blank=True)
    has_ceremony = models.BooleanField(_("delivery ceremony held"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    source = models.CharField(_("source system"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = StoreScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-delivered_at", "-pk"]
        indexes = [models.Index(fields=["store", "-delivered_at", "-id"], name="delivery_newest")]
        constraints = [
            models.UniqueConstraint(fields=["store", "source", "external_id"], condition=~models.Q(external_id=""), name="delivery_external_id_once"),
            models.UniqueConstraint(fields=["vehicle"], name="delivery_once_per_vehicle", violation_error_message=_("This car has already been delivered.")),
        ]

    def __str__(self):
        return f"{self.vehicle} · {self.customer}"

    @property
    def salesperson_label(self):
        return self.salesperson.name if self.salesperson else self.salesperson_name

    @transaction.atomic
    def create(self, *, by):
        """Record a delivery; thank-you letter and calls are planned from here (S4-02 to S4-04)."""
        if not by.may("visits.deliver", self.store_id):
            raise NotAllowed
        if self.delivered_at > timezone.now() + timedelta(minutes=5):
            raise DomainError(_("The delivery must not lie in the future."), code="delivered_in_future", field="delivered_at")
        self.save()
        day = self.store.local(self.delivered_at).date()
        Vehicle.objects.filter(pk=self.vehicle_id, delivered_on=None).update(delivered_on=day)
        record("delivery.created", self, by=by)
        announce_days(self.store_id, day)
        delivery_recorded.send(sender=Delivery, delivery=self)
        return self


class AppointmentQuerySet(StoreScopedQuerySet):
    def on_day(self, store, day):
        start = timezone.make_aware(timezone.datetime.combine(day, timezone.datetime.min.time()), store.zone)
        return self.filter(store=store, starts_at__gte=start, starts_at__lt=start + timedelta(days=1))


class Appointment(models.Model):
    view_permission = "visits.view"

    class Status(models.TextChoices):
        BOOKED = "booked", _("Booked")
        ARRIVED = "arrived", _("Arrived")
        NO_SHOW = "no_show", _("Did not come")
        CANCELLED = "cancelled", _("Cancelled")

    store = models.ForeignKey(Store, models.PROTECT, related_name="appointments", verbose_name=_("store"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="appointments", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="appointments", verbose_name=_("vehicle"))
    starts_at = models.DateTimeField(_("time"))
    kind = models.CharField(_("visit type"), max_length=14, choices=Visit.Kind, default=Visit.Kind.MAINTENANCE)
    request = models.CharField(_("request"), max_length=200, blank=True)
    advisor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="appointments", verbose_name=_("advisor"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.BOOKED, editable=False)
    visit = models.OneToOneField(Visit, models.SET_NULL, null=True, blank=True, related_name="appointment", verbose_name=_("visit"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["store", "starts_at"], name="appointment_time")]

    def __str__(self):
        return f"{self.vehicle} {self.starts_at:%Y-%m-%d %H:%M}"

    @transaction.atomic
    def create(self, *, by):
        if not by.may("visits.book", self.store_id):
            raise NotAllowed
        self.save()
        record("appointment.created", self, by=by)
        return self

    @transaction.atomic
    def arrive(self, visit, *, by):
        """Tie the appointment to the visit that came of it."""
        self.change_status(self.Status.BOOKED, self.Status.ARRIVED, visit=visit)
        record("appointment.arrived", self, by=by, visit=visit.pk)

    @transaction.atomic
    def cancel(self, *, by):
        if not by.may("visits.book", self.store_id):
            raise NotAllowed
        self.change_status(self.Status.BOOKED, self.Status.CANCELLED)
        record("appointment.cancelled", self, by=by)

    def change_status(self, old, new, **changes):
        if not Appointment.objects.filter(pk=self.pk, status=old).update(status=new, **changes):
            raise Conflict(_("The appointment has moved on in the meantime."))
        self.status = new


def next_number(model, store, letter):
    """Return the next free number of the store, for example V-S01-000042."""
    prefix = f"{letter}-{store.code}-"
    newest = model.objects.filter(store=store, number__startswith=prefix).order_by("-number").values_list("number", flat=True).first()
    return f"{prefix}{int(newest.removeprefix(prefix)) + 1 if newest else 1:06d}"
