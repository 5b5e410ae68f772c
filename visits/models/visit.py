from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models import Customer, Vehicle
from customers.models.change import apply_changes, told_changes
from customers.models.custom_field import WithCustomFields
from customers.numbers import normal_phone
from stores.models import Store
from visits.inquiry import faults
from visits.models.agreement import Agreed
from visits.models.attachment import WithPhotos
from visits.models.backdating import IS_PROMISE_KEPT, BackDated
from visits.models.comeback import Comeback
from visits.models.item import Itemised
from visits.models.lateness import Lateness
from visits.models.money import MONEY
from visits.models.sharing import OPEN_AFTER_HAND_OVER, Shared
from visits.models.workshop import HALTED, InWorkshop
from visits.signals import people_changed, visit_handed_over
from visits.warranty import WorkClass, warranty_of

# Clocks of desks differ a little; what lies further ahead is a typing error.
CLOCK_TOLERANCE = timedelta(minutes=5)


class VisitQuerySet(StoreScopedQuerySet):
    def in_shop(self):
        return self.filter(status=Visit.Status.IN_SHOP)

    def halted(self):
        return self.in_shop().filter(stage__in=HALTED)

    def handed_over(self):
        return self.filter(status=Visit.Status.HANDED_OVER)

    def overdue(self, now):
        return self.in_shop().filter(promised_at__lt=now)

    def untold_overdue(self, now):
        """Return the visits whose promise has passed within a day without anybody being told; older ones came with an import."""
        return self.overdue(now).filter(promised_at__gt=now - timedelta(days=1), overdue_told_at=None)

    def on_time(self):
        return self.handed_over().filter(IS_PROMISE_KEPT)

    def late(self):
        return self.handed_over().filter(promised_at__isnull=False).exclude(IS_PROMISE_KEPT)

    def shared(self, now):
        """Return the visits whose customers may look: those here and those just handed over."""
        open_until = models.Q(handed_over_at__gt=now - OPEN_AFTER_HAND_OVER, status=Visit.Status.HANDED_OVER)
        return self.exclude(link_hash="").filter(open_until | models.Q(status=Visit.Status.IN_SHOP))

    def with_people(self):
        """Load what a row of a list shows."""
        return self.select_related("store", "customer", "vehicle", "advisor")


class Visit(InWorkshop, Agreed, Itemised, Comeback, Shared, Lateness, WithPhotos, BackDated, WithCustomFields):
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

    # After these the car is due for its next maintenance.
    MAINTENANCES = (Kind.MAINTENANCE, Kind.FIRST_SERVICE)

    class Status(models.TextChoices):
        IN_SHOP = "in_shop", _("In the shop")
        HANDED_OVER = "handed_over", _("Handed over")
        CANCELLED = "cancelled", _("Cancelled")

    # Stores and people are never deleted; in the database each constraint would be checked again for every imported row.
    store = models.ForeignKey(Store, models.PROTECT, related_name="visits", verbose_name=_("store"), db_index=False, db_constraint=False)
    number = models.CharField(_("repair order"), max_length=40, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="visits", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="visits", verbose_name=_("vehicle"))
    sender_name = models.CharField(_("brought in by"), max_length=80, blank=True)
    sender_phone = models.CharField(_("phone of the person who brought it in"), max_length=20, blank=True)
    advisor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="advised_visits", verbose_name=_("advisor"), db_index=False, db_constraint=False
    )
    advisor_name = models.CharField(_("advisor as in the source system"), max_length=60, blank=True)
    technician = models.CharField(_("technician"), max_length=60, blank=True)
    kind = models.CharField(_("visit type"), max_length=14, choices=Kind, default=Kind.MAINTENANCE)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.IN_SHOP, editable=False)
    arrived_at = models.DateTimeField(_("arrived"), default=timezone.now)
    promised_at = models.DateTimeField(_("promised for"), null=True, blank=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    mileage = models.PositiveIntegerField(_("mileage (km)"), null=True, blank=True)
    fuel_level = models.PositiveSmallIntegerField(_("fuel or charge (%)"), null=True, blank=True)
    accessories = models.CharField(_("accessories left in the car"), max_length=200, blank=True)
    symptom = models.TextField(_("what the customer says"), blank=True)
    inquiry = models.JSONField(_("inquiry"), default=dict, blank=True)
    work = models.TextField(_("repair items"), blank=True)
    work_class = models.CharField(_("class of the work"), max_length=10, choices=WorkClass, default=WorkClass.MINOR, help_text=_("Sets the legal warranty."))
    warranty_days = models.PositiveIntegerField(_("warranty on the work (days)"), null=True, blank=True)
    warranty_km = models.PositiveIntegerField(_("warranty on the work (km)"), null=True, blank=True)
    estimate_ceiling = models.DecimalField(_("estimate, not above"), **MONEY)
    labour_amount = models.DecimalField(_("labour"), **MONEY)
    parts_amount = models.DecimalField(_("parts"), **MONEY)
    total_amount = models.DecimalField(_("total"), **MONEY)
    notes = models.TextField(_("notes"), blank=True)
    source = models.CharField(_("source system"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-arrived_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "-arrived_at", "-id"], name="visit_newest"),
            models.Index(fields=["store", "handed_over_at"], name="visit_handed_over"),
            models.Index(fields=["store", "promised_at"], condition=models.Q(status="in_shop"), name="visit_in_shop"),
            models.Index(fields=["comeback_of"], condition=models.Q(comeback_of__isnull=False), name="visit_comeback"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["link_hash"], condition=~models.Q(link_hash=""), name="visit_link_once"),
            models.UniqueConstraint(
                fields=["store", "number"], name="visit_number_once", violation_error_message=_("This repair order number is already taken in this store.")
            ),
            models.UniqueConstraint(
                fields=["store", "source", "external_id"],
                condition=~models.Q(external_id=""),
                name="visit_external_id_once",
                violation_error_message=_("This external id is already taken in this store."),
            ),
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

    def get_absolute_url(self):
        return reverse("visits:detail", args=[self.pk])

    def clean(self):
        with as_validation_error():
            self.sender_phone = normal_phone(self.sender_phone, "sender_phone") if self.sender_phone else ""
            if self.store_id:
                self.check_stores()
            if self._state.adding and self.advisor_id:
                self.check_advisor(self.advisor_id)
            self.check_times()
            if self.fuel_level is not None and self.fuel_level > 100:
                raise DomainError(_("Fuel or charge is a percentage from 0 to 100."), code="fuel_level", field="fuel_level")
        if found := faults(self.inquiry):
            raise ValidationError({"inquiry": [ValidationError(message, params=particulars) for message, particulars in found]})

    def check_times(self):
        latest = timezone.now() + CLOCK_TOLERANCE
        if self.arrived_at and self.arrived_at > latest:
            raise DomainError(_("The arrival must not lie in the future."), code="arrived_in_future", field="arrived_at")
        if self.arrived_at and self.promised_at and self.promised_at < self.arrived_at:
            raise DomainError(_("The promised time must not be earlier than the arrival."), code="promised_before_arrival", field="promised_at")
        if self.arrived_at and self.handed_over_at and self.handed_over_at < self.arrived_at:
            raise DomainError(_("The hand-over must not be earlier than the arrival."), code="handed_over_before_arrival", field="handed_over_at")
        if self.handed_over_at and self.handed_over_at > latest:
            raise DomainError(_("The hand-over must not lie in the future."), code="handed_over_in_future", field="handed_over_at")

    def check_stores(self):
        """Refuse people, cars and earlier visits of another store; a foreign one is as good as unknown (T4)."""
        for name in ("customer", "vehicle", "comeback_of"):
            other = getattr(self, name) if getattr(self, f"{name}_id") else None
            if other is not None and other.store_id != self.store_id:
                raise DomainError(_("This belongs to another store."), code="other_store", field=name)

    def check_advisor(self, user_id):
        """A new advisor must work here; those of old orders may have left since."""
        if self.store_id and not User.objects.with_permission("visits.create", self.store).filter(pk=user_id).exists():
            raise DomainError(_("The advisor does not work at the reception of this store."), code="not_an_advisor", field="advisor")

    @property
    def advisor_label(self):
        return self.advisor.name if self.advisor else self.advisor_name

    @property
    def is_on_time(self):
        """Tell whether the promise was kept; None while there is no promise or no hand-over (S4-13)."""
        if self.promised_at is None or self.handed_over_at is None:
            return None
        return self.counted_handed_over_at <= self.promised_at

    @property
    def warranty(self):
        return warranty_of(self)

    @property
    def is_in_shop(self):
        return self.status == self.Status.IN_SHOP

    @property
    def state(self):
        """Return where the car stands: the stage of the work while it is here, the status otherwise."""
        return self.stage if self.is_in_shop else self.status

    def get_state_display(self):
        return self.get_stage_display() if self.is_in_shop else self.get_status_display()

    def can_edit_by(self, user):
        return user.may("visits.create", self.store_id)

    def can_hand_over_by(self, user):
        return user.may("visits.hand_over", self.store_id)

    @transaction.atomic
    def create(self, *, by):
        """Log a visit at reception."""
        if not by.may("visits.create", self.store_id):
            raise NotAllowed
        self.save_numbered()
        arrived_on = self.store.local(self.arrived_at).date()
        self.vehicle.read_mileage(self.mileage, arrived_on)
        record("visit.created", self, by=by, number=self.number)
        self.flag_comeback(by=by)
        announce_days(self.store_id, arrived_on)
        return self

    def save_numbered(self):
        """Save under the given or the next free number; whoever takes that number first on PostgreSQL makes us try the one after."""
        for attempts_left in (2, 1, 0):
            given, self.number = self.number, self.number or next_number(Visit, self.store, "V")
            try:
                with transaction.atomic():
                    return self.save()
            except IntegrityError:
                if given or not attempts_left:
                    raise
                self.number, self.pk = "", None

    @transaction.atomic
    def edit(self, *, by, **changes):
        """Complete or mend the order while the car is here; nothing is recorded when nothing differs."""
        if not self.can_edit_by(by):
            raise NotAllowed
        told, changed = told_changes(self, changes), apply_changes(self, changes)
        if not changed:
            return
        if "advisor" in changed and self.advisor_id:
            self.check_advisor(self.advisor_id)
        self.change_status(self.Status.IN_SHOP, self.Status.IN_SHOP, **{name: changes[name] for name in changed})
        arrived_on = self.store.local(self.arrived_at).date()
        self.vehicle.read_mileage(self.mileage, arrived_on)
        record("visit.edited", self, by=by, number=self.number, fields=told)
        announce_days(self.store_id, arrived_on)
        if "comeback_of" in changed:
            self.announce_original()
        if "advisor" in changed:
            people_changed.send(sender=Visit, store_id=self.store_id, pks=[self.pk])

    @transaction.atomic
    def hand_over(self, *, by, at=None, next_maintenance_on=None, accepted_by="", **amounts):
        """Give the car back; a missing total is labour plus parts. Calls after service are planned from here (S2-08), reminders from the next maintenance."""
        if not self.can_hand_over_by(by):
            raise NotAllowed
        now = timezone.now()
        at = self.handed_over_at = at or now
        self.check_times()
        if next_maintenance_on and next_maintenance_on <= self.store.local(at).date():
            raise DomainError(_("The next maintenance must lie after the hand-over."), code="maintenance_in_past", field="next_maintenance_on")
        given = {name: amount for name, amount in amounts.items() if amount is not None}
        given = ({"total_amount": sum(given.values())} if given else {}) | given | self.backdating_of(at, by=by, now=now)
        self.change_status(self.Status.IN_SHOP, self.Status.HANDED_OVER, handed_over_at=at, **given)
        self.note_acceptance(accepted_by, by=by)
        if next_maintenance_on:
            self.vehicle.expect_maintenance(next_maintenance_on, by=by)
        record("visit.handed_over", self, by=by, number=self.number, at=at.isoformat(), on_time=self.is_on_time, stage=self.stage)
        announce_days(self.store_id, self.store.local(at).date(), self.store.local(self.arrived_at).date())
        visit_handed_over.send(sender=Visit, visit=self)

    @transaction.atomic
    def cancel(self, *, by, reason):
        """Take back a visit logged by mistake."""
        if not self.can_hand_over_by(by):
            raise NotAllowed
        if not reason:
            raise DomainError(_("Give the reason for cancelling."), code="reason_missing", field="reason")
        if self.is_unjudged_comeback:
            raise Conflict(_("A comeback is never refused outright: look at the car and judge the cause first."), code="comeback_unjudged")
        self.change_status(self.Status.IN_SHOP, self.Status.CANCELLED)
        record("visit.cancelled", self, by=by, number=self.number, reason=reason)
        announce_days(self.store_id, self.store.local(self.arrived_at).date())

    def change_status(self, old, new, *, as_read=None, **changes):
        """Move on from ``old`` by compare-and-swap, while the values ``as_read`` still stand; nobody writes ``status`` elsewhere."""
        changes |= {"status": new, "updated_at": timezone.now()}
        if not Visit.objects.filter(pk=self.pk, status=old, **(as_read or {})).update(**changes):
            raise Conflict(_("The visit has moved on in the meantime."))
        for name, value in changes.items():
            setattr(self, name, value)


def next_number(model, store, letter):
    """Return the next free number of the store, for example V-S01-000042."""
    prefix = f"{letter}-{store.code}-"
    own = model.objects.filter(store=store, number__startswith=prefix).annotate(length=Length("number")).order_by("-length", "-number")
    tails = (number.removeprefix(prefix) for number in own.values_list("number", flat=True)[:20])
    newest = next((int(tail) for tail in tails if tail.isdecimal()), 0)
    return f"{prefix}{newest + 1:06d}"
