from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.numbers import normal_phone, normal_plate, normal_vin
from stores.models import Store


class CustomerQuerySet(StoreScopedQuerySet):
    def found_by(self, text):
        """Return customers whose name holds ``text`` or whose phone ends with it."""
        digits = "".join(letter for letter in text if letter.isdigit())
        match = models.Q(name__icontains=text)
        if len(digits) >= 4:
            match |= models.Q(phone_tail=digits) if len(digits) == 4 else models.Q(phone__endswith=digits)
        return self.filter(match)


class Customer(models.Model):
    view_permission = "customers.view"

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    class Gender(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    store = models.ForeignKey(Store, models.PROTECT, related_name="customers", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=80)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("Mobile with 11 digits or a landline with area code."))
    phone_tail = models.CharField(max_length=4, blank=True, editable=False)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    is_key_account = models.BooleanField(_("key account"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    do_not_call_at = models.DateTimeField(_("do not call since"), null=True, blank=True)
    phone_doubtful_at = models.DateTimeField(_("phone doubtful since"), null=True, blank=True)
    source = models.CharField(_("source system"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "phone"], name="customer_phone"),
            models.Index(fields=["store", "phone_tail"], name="customer_phone_tail"),
            models.Index(fields=["store", "-created_at", "-id"], name="customer_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "source", "external_id"],
                condition=~models.Q(external_id=""),
                name="customer_external_id_once",
                violation_error_message=_("This external id is already taken in this store."),
            )
        ]

    def __str__(self):
        return self.name

    def clean(self):
        with as_validation_error():
            self.phone = normal_phone(self.phone) if self.phone else ""

    def save(self, *args, **kwargs):
        self.phone_tail = self.phone[-4:]
        super().save(*args, **kwargs)

    def can_edit_by(self, user):
        return user.may("customers.edit", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        """Store a new customer."""
        if not self.can_edit_by(by):
            raise NotAllowed
        self.save()
        record("customer.created", self, by=by, customer_id=self.pk)
        return self

    @transaction.atomic
    def edit(self, *, by, **changes):
        """Change the given fields; nothing is recorded when nothing differs."""
        if not self.can_edit_by(by):
            raise NotAllowed
        changed = {name: value for name, value in changes.items() if getattr(self, name) != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(self, name, value)
        self.updated_at = timezone.now()
        self.save(update_fields=[*changed, "phone_tail", "updated_at"])
        record("customer.edited", self, by=by, customer_id=self.pk, fields=sorted(changed))

    @transaction.atomic
    def stop_calls(self, *, by):
        """Honour "do not call me": no further call is planned or offered."""
        if Customer.objects.filter(pk=self.pk, do_not_call_at=None).update(do_not_call_at=timezone.now()):
            self.refresh_from_db(fields=["do_not_call_at"])
            record("customer.calls_stopped", self, by=by, customer_id=self.pk)

    @transaction.atomic
    def set_consent(self, purpose, channel, is_granted, *, by=None, source="staff"):
        """Write down the customer's word on a purpose and channel; repeating the standing word changes nothing."""
        newest = self.consents.filter(purpose=purpose, channel=channel).order_by("-given_at", "-pk").first()
        if newest is not None and newest.is_granted == is_granted:
            return newest
        consent = self.consents.create(store_id=self.store_id, purpose=purpose, channel=channel, is_granted=is_granted, source=source, taken_by=by)
        record("consent.granted" if is_granted else "consent.withdrawn", consent, by=by, purpose=purpose, channel=channel)
        return consent

    def doubt_phone(self):
        """Mark the number for verification at the next visit (wrong, empty or never answered)."""
        Customer.objects.filter(pk=self.pk, phone_doubtful_at=None).update(phone_doubtful_at=timezone.now())


class VehicleQuerySet(StoreScopedQuerySet):
    def found_by(self, text):
        """Return vehicles by any part of the plate or the tail of the VIN (6 characters or more)."""
        wanted = text.strip().upper()
        match = models.Q(plate__contains=wanted)
        if len(wanted) >= 6:
            match |= models.Q(vin_tail=wanted) if len(wanted) == 6 else models.Q(vin__endswith=wanted)
        return self.filter(match)


class Vehicle(models.Model):
    view_permission = "customers.view"

    class Power(models.TextChoices):
        FUEL = "fuel", _("Petrol or diesel")
        HYBRID = "hybrid", _("Plug-in hybrid")
        ELECTRIC = "electric", _("Electric")

    store = models.ForeignKey(Store, models.PROTECT, related_name="vehicles", verbose_name=_("store"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="vehicles", verbose_name=_("owner"))
    vin = models.CharField(_("VIN"), max_length=17, blank=True)
    vin_tail = models.CharField(max_length=6, blank=True, editable=False)
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
    mileage = models.PositiveIntegerField(_("mileage (km)"), null=True, blank=True)
    mileage_on = models.DateField(_("mileage read on"), null=True, blank=True)
    next_maintenance_on = models.DateField(_("next maintenance on"), null=True, blank=True)
    source = models.CharField(_("source system"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "plate"], name="vehicle_plate"),
            models.Index(fields=["store", "vin_tail"], name="vehicle_vin_tail"),
            models.Index(fields=["store", "next_maintenance_on"], name="vehicle_maintenance"),
            models.Index(fields=["store", "commercial_insurance_until"], name="vehicle_insurance"),
            models.Index(fields=["store", "-created_at", "-id"], name="vehicle_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "vin"],
                condition=~models.Q(vin=""),
                name="vehicle_vin_once_per_store",
                violation_error_message=_("A vehicle with this VIN already exists in this store."),
            )
        ]

    def __str__(self):
        return self.plate or gettext("no plate, VIN …%(tail)s") % {"tail": self.vin_tail}

    def clean(self):
        self.plate = normal_plate(self.plate)
        with as_validation_error():
            self.vin = normal_vin(self.vin) if self.vin else ""
            if not self.vin and not self.plate:
                raise DomainError(_("Give the VIN or the plate."), code="vehicle_unnamed", field="vin")

    def save(self, *args, **kwargs):
        self.vin_tail = self.vin[-6:]
        super().save(*args, **kwargs)

    def can_edit_by(self, user):
        return user.may("customers.edit", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        if not self.can_edit_by(by):
            raise NotAllowed
        self.save()
        record("vehicle.created", self, by=by)
        return self

    @transaction.atomic
    def edit(self, *, by, **changes):
        if not self.can_edit_by(by):
            raise NotAllowed
        changed = {name: value for name, value in changes.items() if getattr(self, name) != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(self, name, value)
        self.updated_at = timezone.now()
        self.save(update_fields=[*changed, "vin_tail", "updated_at"])
        record("vehicle.edited", self, by=by, fields=sorted(changed))

    def read_mileage(self, mileage, on):
        """Keep a newer reading; a backward one never overwrites."""
        if mileage is not None and mileage >= (self.mileage or 0):
            self.mileage, self.mileage_on = mileage, on
            self.save(update_fields=["mileage", "mileage_on"])


class Purpose(models.TextChoices):
    SURVEY = "survey", _("Satisfaction call")
    REMINDER = "reminder", _("Reminder and care")
    MARKETING = "marketing", _("Marketing")


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")


class ConsentQuerySet(StoreScopedQuerySet):
    def allows(self, customer, purpose, channel):
        """Tell whether the newest word of the customer on this purpose and channel is yes."""
        newest = self.filter(customer=customer, purpose=purpose, channel=channel).order_by("-given_at", "-pk").first()
        return newest is not None and newest.is_granted


class Consent(models.Model):
    """One word of a customer about one purpose and channel; the newest counts, older ones stay as proof."""

    view_permission = "customers.view"

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents", verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    is_granted = models.BooleanField(_("granted"))
    source = models.CharField(_("source"), max_length=60)
    wording_version = models.CharField(_("wording version"), max_length=20, default="1")
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        indexes = [models.Index(fields=["customer", "purpose", "channel", "-given_at"], name="consent_newest")]

    def __str__(self):
        return f"{self.get_purpose_display()} · {self.get_channel_display()}"

