from datetime import datetime, time, timedelta

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models import Customer, Vehicle
from stores.models import Store
from visits.models.visit import CLOCK_TOLERANCE, Visit
from visits.signals import appointment_kept, appointment_missed

# How long the desk is kept free for one car.
SLOT = timedelta(minutes=30)


class AppointmentQuerySet(StoreScopedQuerySet):
    def booked(self):
        return self.filter(status=Appointment.Status.BOOKED)

    def awaited(self):
        """Return the appointments a car may still come for, late ones included."""
        return self.filter(status__in=Appointment.AWAITED)

    def over(self, now):
        """Return those booked whose slot has ended; what is older than a day is history somebody has entered."""
        return self.booked().filter(starts_at__lte=now - SLOT, starts_at__gt=now - SLOT - timedelta(days=1))

    def on_day(self, day, zone=None):
        """Return the appointments of a local day: of ``zone``, else of the current time zone."""
        start = timezone.make_aware(datetime.combine(day, time.min), zone)
        return self.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1))

    def with_people(self):
        """Load what a row of a list shows."""
        return self.select_related("store", "customer", "vehicle", "advisor")


class Appointment(models.Model):
    view_permission = "visits.view"

    class Status(models.TextChoices):
        BOOKED = "booked", _("Booked")
        ARRIVED = "arrived", _("Arrived")
        NO_SHOW = "no_show", _("Did not come")
        CANCELLED = "cancelled", _("Cancelled")

    AWAITED = (Status.BOOKED, Status.NO_SHOW)

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
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["store", "starts_at"], name="appointment_time")]

    def __str__(self):
        return f"{self.vehicle} {self.starts_at:%Y-%m-%d %H:%M}"

    def clean(self):
        with as_validation_error():
            if self.store_id:
                self.check_stores()
            self.check_future()

    def check_stores(self):
        """Refuse people and cars of another store; a foreign one is as good as unknown (T4)."""
        for name in ("customer", "vehicle"):
            other = getattr(self, name) if getattr(self, f"{name}_id") else None
            if other is not None and other.store_id != self.store_id:
                raise DomainError(_("This belongs to another store."), code="other_store", field=name)
        if self.advisor_id and not User.objects.with_permission("visits.create", self.store).filter(pk=self.advisor_id).exists():
            raise DomainError(_("The advisor does not work at the reception of this store."), code="not_an_advisor", field="advisor")

    def check_future(self):
        if self.starts_at and self.starts_at < timezone.now() - CLOCK_TOLERANCE:
            raise DomainError(_("The appointment must not lie in the past."), code="starts_in_past", field="starts_at")

    @property
    def is_past(self):
        return self.starts_at <= timezone.now()

    @property
    def list_url(self):
        """Return the address of the day's appointments."""
        return f"{reverse('visits:appointment_list')}?day={timezone.localdate(self.starts_at)}"

    def can_book_by(self, user):
        return user.may("visits.book", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        if not self.can_book_by(by):
            raise NotAllowed
        self.check_future()
        self.save()
        record("appointment.created", self, by=by, starts_at=self.starts_at.isoformat())
        return self

    @transaction.atomic
    def arrive(self, visit, *, by):
        """Tie the appointment to the visit that came of it."""
        self.change_status(self.status, self.Status.ARRIVED, visit=visit)
        record("appointment.arrived", self, by=by, visit=visit.pk, number=visit.number)
        appointment_kept.send(sender=Appointment, appointment=self)

    @transaction.atomic
    def miss(self, *, by=None, now=None):
        """Note that the customer did not come; possible once the time has passed. ``by`` is None when the system does so."""
        if by is not None and not self.can_book_by(by):
            raise NotAllowed
        if self.starts_at > (now or timezone.now()):
            raise Conflict(_("The time of the appointment has not come yet."))
        self.change_status(self.Status.BOOKED, self.Status.NO_SHOW)
        record("appointment.missed", self, by=by, starts_at=self.starts_at.isoformat())
        appointment_missed.send(sender=Appointment, appointment=self)

    @transaction.atomic
    def cancel(self, *, by):
        if not self.can_book_by(by):
            raise NotAllowed
        self.change_status(self.Status.BOOKED, self.Status.CANCELLED)
        record("appointment.cancelled", self, by=by, starts_at=self.starts_at.isoformat())

    def change_status(self, old, new, **changes):
        changes |= {"status": new, "updated_at": timezone.now()}
        if not Appointment.objects.filter(pk=self.pk, status=old).update(**changes):
            raise Conflict(_("The appointment has moved on in the meantime."))
        for name, value in changes.items():
            setattr(self, name, value)
