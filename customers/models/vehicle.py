from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models.change import apply_changes, told_changes
from customers.models.custom_field import WithCustomFields
from customers.models.customer import Customer
from customers.models.inspection import Inspected
from customers.models.mileage import Driven
from customers.models.ownership import Owned
from customers.models.plate import Plated
from customers.numbers import normal_plate, normal_vin, plate_odd, vin_odd
from stores.models import Store


class VehicleQuerySet(StoreScopedQuerySet):
    def owned(self):
        """Leave out the cars whose owner on file has given them away (B23)."""
        return self.filter(owner_left_on=None)


class Vehicle(Owned, Plated, Driven, Inspected, WithCustomFields):
    view_permission = "customers.view"

    class Power(models.TextChoices):
        FUEL = "fuel", _("Petrol or diesel")
        HYBRID = "hybrid", _("Plug-in hybrid")
        ELECTRIC = "electric", _("Electric")

    # Stores are never deleted; in the database each constraint would be checked again for every imported row.
    store = models.ForeignKey(Store, models.PROTECT, related_name="vehicles", verbose_name=_("store"), db_index=False, db_constraint=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="vehicles", verbose_name=_("owner"))
    vin = models.CharField(_("VIN"), max_length=17, blank=True)
    vin_tail = models.CharField(max_length=6, blank=True, editable=False)
    # Set at night and by every edit; an import leaves them to the night.
    is_vin_odd = models.BooleanField(default=False, editable=False)
    is_plate_odd = models.BooleanField(default=False, editable=False)
    # What somebody has compared with the papers and found right; it stands for that very value.
    right_vin = models.CharField(max_length=17, blank=True, editable=False)
    right_plate = models.CharField(max_length=12, blank=True, editable=False)
    plate = models.CharField(_("plate"), max_length=12, blank=True, help_text=_("Leave empty while the car has no plate."))
    brand = models.CharField(_("brand"), max_length=40, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)
    engine_number = models.CharField(_("engine number"), max_length=30, blank=True)
    power = models.CharField(_("power"), max_length=8, choices=Power, blank=True)
    invoiced_on = models.DateField(_("invoiced on"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    compulsory_insurance_until = models.DateField(_("compulsory insurance until"), null=True, blank=True)
    commercial_insurance_until = models.DateField(_("commercial insurance until"), null=True, blank=True)
    next_maintenance_on = models.DateField(_("next maintenance on"), null=True, blank=True)
    # When the day above was estimated; empty when somebody has set it.
    maintenance_estimated_at = models.DateTimeField(_("next maintenance estimated"), null=True, editable=False)
    source = models.CharField(_("source system"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "plate"], name="vehicle_plate"),
            models.Index(fields=["store", "vin_tail"], name="vehicle_vin_tail"),
            models.Index(fields=["store", "next_maintenance_on"], name="vehicle_maintenance", condition=models.Q(next_maintenance_on__isnull=False)),
            models.Index(
                fields=["store", "commercial_insurance_until"], name="vehicle_insurance", condition=models.Q(commercial_insurance_until__isnull=False)
            ),
            models.Index(
                fields=["store", "compulsory_insurance_until"], name="vehicle_compulsory", condition=models.Q(compulsory_insurance_until__isnull=False)
            ),
            models.Index(fields=["store", "inspection_due_on"], name="vehicle_inspection", condition=models.Q(inspection_due_on__isnull=False)),
            models.Index(fields=["store", "-created_at", "-id"], name="vehicle_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "vin"],
                condition=~models.Q(vin=""),
                name="vehicle_vin_once_per_store",
                violation_error_message=_("A vehicle with this VIN already exists in this store."),
            ),
            models.UniqueConstraint(
                fields=["store", "source", "external_id"],
                condition=~models.Q(external_id=""),
                name="vehicle_external_id_once",
                violation_error_message=_("This external id is already taken in this store."),
            ),
        ]

    def __str__(self):
        return self.plate or gettext("no plate, VIN …%(tail)s") % {"tail": self.vin_tail}

    def get_absolute_url(self):
        return reverse("customers:vehicle_detail", args=[self.pk])

    def clean(self):
        self.plate = normal_plate(self.plate)
        with as_validation_error():
            self.vin = normal_vin(self.vin) if self.vin else ""
            if not self.vin and not self.plate:
                raise DomainError(_("Give the VIN or the plate."), code="vehicle_unnamed", field="vin")
            if self.customer_id and self.customer.store_id != self.store_id:
                raise DomainError(_("The owner belongs to another store."), code="other_store", field="customer")

    def save(self, *args, **kwargs):
        self.vin_tail = self.vin[-6:]
        self.is_vin_odd, self.is_plate_odd = vin_odd(self.vin), plate_odd(self.plate)
        super().save(*args, **kwargs)

    @property
    def label(self):
        """Return brand and model as one text."""
        return f"{self.brand} {self.model}".strip()

    def can_edit_by(self, user):
        return user.may("customers.edit", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        if not self.can_edit_by(by):
            raise NotAllowed
        self.expect_inspection()
        self.save()
        record("vehicle.created", self, by=by, vehicle_id=self.pk, model=self.label)
        return self

    @transaction.atomic
    def edit(self, *, by, **changes):
        """Change the given fields; nothing is recorded when nothing differs. A mileage is a reading of today (AR2)."""
        if not self.can_edit_by(by):
            raise NotAllowed
        mileage = changes.pop("mileage", self.mileage)
        if mileage not in (None, self.mileage):
            self.note_mileage(mileage, by=by)
        plate, plated_since = self.plate, self.registered_on
        told, changed = told_changes(self, changes), apply_changes(self, changes)
        if not changed:
            return
        if "plate" in changed:
            self.close_plate(plate, plated_since)
        if "next_maintenance_on" in changed:
            self.maintenance_estimated_at = None
        if {"registered_on", "inspection_class"} & set(changed):
            self.expect_inspection()
        self.updated_at = timezone.now()
        self.save(update_fields=[*changed, "vin_tail", "is_vin_odd", "is_plate_odd", "maintenance_estimated_at", "inspection_due_on", "updated_at"])
        record("vehicle.edited", self, by=by, vehicle_id=self.pk, fields=told)

    @transaction.atomic
    def attest(self, field, *, by):
        """Say that the odd VIN or plate was compared with the papers and is right (AR9)."""
        if not self.can_edit_by(by):
            raise NotAllowed
        if Vehicle.objects.filter(pk=self.pk).exclude(**{f"right_{field}": getattr(self, field)}).update(**{f"right_{field}": getattr(self, field)}):
            record("vehicle.attested", self, by=by, vehicle_id=self.pk, field=field)

    def expect_maintenance(self, on, *, by):
        """Note the day the car is due next; reminders of an earlier day lose their reason."""
        known = models.Q(next_maintenance_on=on, maintenance_estimated_at=None)
        if Vehicle.objects.filter(pk=self.pk).exclude(known).update(next_maintenance_on=on, maintenance_estimated_at=None, updated_at=timezone.now()):
            self.next_maintenance_on, self.maintenance_estimated_at = on, None
            record("vehicle.edited", self, by=by, vehicle_id=self.pk, fields=["next_maintenance_on"])
