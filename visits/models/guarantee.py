from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import record
from common.errors import DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from common.words import in_language
from customers.models import Customer, Vehicle
from notifications.services import notify
from stores.models import Store
from visits.guarantees.clock import Clock, Repair
from visits.guarantees.words import Assembly, GraveFault, MainPart, Substitute
from visits.models.money import MONEY
from visits.models.visit import Visit

LEVELS = (100, 80, 50)
COUNTED_FIELDS = ("fault", "is_safety", "grave_fault", "assembly", "part_of", "part", "excluded_hours", "excluded_for", "substitute")


class GuaranteeRuleQuerySet(models.QuerySet):
    def holding_for(self, start):
        """Return the rule of cars whose periods start on ``start``: the newest in force by then, the oldest for cars older still."""
        rules = sorted(self, key=lambda rule: rule.valid_from, reverse=True)
        return next((rule for rule in rules if rule.valid_from <= start), rules[-1] if rules else None)


class GuaranteeRule(models.Model):
    """The numbers of the three guarantees (三包) for cars whose periods start from a day on (domain 3.5)."""

    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    valid_from = models.DateField(_("for cars from"), unique=True, help_text=_("The day of the invoice, or of the delivery where it differs."))
    period_months = models.PositiveSmallIntegerField(_("three-guarantees period (months)"), default=24)
    period_km = models.PositiveIntegerField(_("three-guarantees period (km)"), default=50_000)
    repair_period_months = models.PositiveSmallIntegerField(_("free-repair period (months)"), default=36)
    repair_period_km = models.PositiveIntegerField(_("free-repair period (km)"), default=60_000)
    max_repair_days = models.PositiveSmallIntegerField(_("days in repair, more than"), default=30, validators=[MinValueValidator(1)])
    max_same_fault = models.PositiveSmallIntegerField(_("repairs of the same fault, more than"), default=4, validators=[MinValueValidator(1)])
    safety_repairs = models.PositiveSmallIntegerField(_("repairs of serious safety faults"), default=2, validators=[MinValueValidator(1)])
    assembly_replacements = models.PositiveSmallIntegerField(_("replacements of an assembly"), default=2, validators=[MinValueValidator(1)])
    part_replacements = models.PositiveSmallIntegerField(_("replacements of the same main part"), default=2, validators=[MinValueValidator(1)])
    exchange_days = models.PositiveSmallIntegerField(_("free exchange within (days)"), default=7, help_text=_("0: this rule knows no such window."))
    early_days = models.PositiveSmallIntegerField(_("early faults within (days)"), default=60)
    early_km = models.PositiveIntegerField(_("early faults within (km)"), default=3000)
    substitute_after_days = models.PositiveSmallIntegerField(_("substitute car after (days)"), default=5, validators=[MinValueValidator(1)])
    compensation_percent = models.DecimalField(
        _("use compensation per 1,000 km, at most (%)"), max_digits=4, decimal_places=2, default="0.5", validators=[MaxValueValidator(5)]
    )
    reply_working_days = models.PositiveSmallIntegerField(_("reply to a request (working days)"), default=10)
    done_working_days = models.PositiveSmallIntegerField(_("exchange or return done (working days)"), default=20)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("changed by"))

    objects = GuaranteeRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("three-guarantees rule")
        ordering = ["-valid_from"]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)

    @transaction.atomic
    def set(self, *, by):
        """Save the rule; it holds for every store, and every car is looked at anew."""
        by.answer_for_all("visits.configure")
        self.changed_at, self.changed_by = timezone.now(), by
        self.save()
        Guarantee.objects.update(watched_at=None)


class GuaranteeRepair(models.Model):
    """What a repair counts for in the three guarantees: fault, what was replaced, hours that do not count, substitute car."""

    view_permission = "visits.view"

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    visit = models.OneToOneField(Visit, models.CASCADE, related_name="guarantee_repair", verbose_name=_("visit"))
    fault = models.CharField(_("fault"), max_length=60, help_text=_("The same words for the same fault: repeats are counted by them."))
    is_safety = models.BooleanField(_("serious safety fault"), default=False)
    grave_fault = models.CharField(_("fault that allows exchange or return early"), max_length=12, choices=GraveFault, blank=True)
    assembly = models.CharField(_("assembly replaced"), max_length=10, choices=Assembly, blank=True)
    part_of = models.CharField(_("main part replaced, of"), max_length=10, choices=MainPart, blank=True)
    part = models.CharField(_("main part"), max_length=60, blank=True)
    agreed_at = models.DateTimeField(_("repair agreed"), null=True, blank=True, help_text=_("Empty means the arrival."))
    finished_at = models.DateTimeField(_("repair finished"), null=True, blank=True, help_text=_("Empty means the hand-over; counted until now before it."))
    excluded_hours = models.DecimalField(
        _("hours that do not count"), max_digits=6, decimal_places=1, default=0, validators=[MinValueValidator(0)],
        help_text=_("Transport of VIN-specific parts (anti-theft, main harness) and of the traction battery, road rescue."),
    )  # fmt: skip
    excluded_for = models.CharField(_("why they do not count"), max_length=120, blank=True)
    substitute = models.CharField(_("substitute car or travel compensation"), max_length=12, choices=Substitute, blank=True)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = StoreScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("three-guarantees repair")
        ordering = ["visit__arrived_at"]

    def __str__(self):
        return self.fault

    def clean(self):
        with as_validation_error():
            self.check_span()
            if bool(self.part_of) != bool(self.part.strip()):
                raise DomainError(_("Name the main part and what it belongs to."), code="part_incomplete", field="part")
            if self.excluded_hours and not self.excluded_for.strip():
                raise DomainError(_("Say why these hours do not count."), code="exclusion_unexplained", field="excluded_for")

    def check_span(self):
        begun = self.agreed_at or self.visit.arrived_at
        if self.finished_at and self.finished_at < begun:
            raise DomainError(_("The repair must not be finished before it is agreed."), code="finished_first", field="finished_at")
        if self.finished_at and self.finished_at > timezone.now():
            raise DomainError(_("The repair must not be finished in the future."), code="finished_in_future", field="finished_at")

    @transaction.atomic
    def classify(self, *, by, now=None):
        """Save what the repair counts for and look at the clock of the car at once."""
        if not by.may("visits.create", self.visit.store_id):
            raise NotAllowed
        self.store_id, self.fault, self.updated_at = self.visit.store_id, self.fault.strip(), timezone.now()
        self.save()
        record("visit.classified", self.visit, by=by, number=self.visit.number, fault=self.fault)
        Guarantee.of(self.visit.vehicle).watch(now or timezone.now())
        return self


class GuaranteeQuerySet(StoreScopedQuerySet):
    def near_first(self):
        return self.order_by("-nearness", "pk")

    def warned(self):
        return self.filter(is_for_living=True, nearness__gte=LEVELS[-1])

    def with_people(self):
        return self.select_related("store", "vehicle__customer", "vehicle__store")


class Guarantee(models.Model):
    """The watch over one car's three guarantees: what was last seen and up to which level people have been warned."""

    view_permission = "visits.view"

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    vehicle = models.OneToOneField(Vehicle, models.CASCADE, related_name="guarantee", verbose_name=_("vehicle"))
    is_for_living = models.BooleanField(_("passenger car bought for living needs"), default=True)
    price = models.DecimalField(_("price of the car (yuan)"), **MONEY)
    nearness = models.PositiveSmallIntegerField(_("nearest limit (%)"), default=0, editable=False)
    headline = models.CharField(max_length=20, blank=True, editable=False)
    warned_level = models.PositiveSmallIntegerField(default=0, editable=False)
    watched_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    objects = GuaranteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("three-guarantees watch")
        ordering = ["-nearness", "pk"]
        indexes = [models.Index(fields=["store", "-nearness"], name="guarantee_nearest")]

    def __str__(self):
        return str(self.vehicle)

    def get_absolute_url(self):
        return reverse("visits:guarantee_detail", args=[self.vehicle_id])

    @classmethod
    def seen(cls, vehicle):
        """Return the watch of the car, unsaved while there is none; company cars are not bought for living needs."""
        known = cls.objects.select_related("store", "vehicle__customer", "vehicle__store").filter(vehicle=vehicle).first()
        return known or cls(store=vehicle.store, vehicle=vehicle, is_for_living=vehicle.customer.kind == Customer.Kind.PERSON)

    @classmethod
    def of(cls, vehicle):
        """Return the watch of the car, begun where there is none."""
        fresh = cls.seen(vehicle)
        if fresh.pk is None:
            cls.objects.bulk_create([fresh], ignore_conflicts=True)
        return cls.seen(vehicle)

    @property
    def start(self):
        """Return the day both periods start: that of the invoice, or of the delivery where it differs."""
        return self.vehicle.delivered_on or self.vehicle.invoiced_on

    @cached_property
    def rule(self):
        return GuaranteeRule.objects.all().holding_for(self.start) if self.start else None

    @property
    def level(self):
        return level_of(self.nearness) if self.is_for_living else 0

    def clock(self, now=None):
        """Return the clock of the car, None for one that is not covered or whose start nobody knows."""
        if not self.is_for_living or self.rule is None:
            return None
        visits = Visit.objects.filter(vehicle=self.vehicle).exclude(status=Visit.Status.CANCELLED)
        counted = visits.filter(models.Q(kind=Visit.Kind.WARRANTY) | models.Q(guarantee_repair__isnull=False))
        repairs = [as_repair(visit) for visit in counted.select_related("guarantee_repair").order_by("arrived_at")]
        return Clock(self.rule, self.start, self.vehicle.mileage, repairs, now or timezone.now(), self.store.zone)

    def can_set_by(self, user):
        return user.may("visits.create", self.store_id)

    @transaction.atomic
    def set(self, *, by, **changes):
        """Change whether the car is covered, or its price."""
        if not self.can_set_by(by):
            raise NotAllowed
        watched = Guarantee.of(self.vehicle)
        Guarantee.objects.filter(pk=watched.pk).update(**changes, updated_at=timezone.now())
        record("guarantee.set", watched, by=by, customer_id=self.vehicle.customer_id, **{name: str(value) for name, value in changes.items()})
        Guarantee.objects.with_people().get(pk=watched.pk).watch(timezone.now())

    @transaction.atomic
    def watch(self, now):
        """Keep how near the car is to a limit, and warn once for each level it reaches; return whether anybody was warned."""
        clock = self.clock(now)
        nearest = clock.nearest if clock else None
        self.nearness, self.headline = (min(nearest.percent, 999), nearest.code) if nearest else (0, "")
        Guarantee.objects.filter(pk=self.pk).update(nearness=self.nearness, headline=self.headline, watched_at=now)
        level = self.level
        if not level or not Guarantee.objects.filter(pk=self.pk, warned_level__lt=level).update(warned_level=level):
            return False
        told = User.objects.with_roles([Role.SERVICE_MANAGER, Role.STORE_MANAGER], self.store)
        event = record("guarantee.warned", self, customer_id=self.vehicle.customer_id, level=level, limit=self.headline)
        notify(told, "guarantee.warned", event, level=level, limit=self.headline, vehicle=str(self.vehicle))
        return True


def level_of(nearness):
    return next((level for level in LEVELS if nearness >= level), 0)


def as_repair(visit):
    """Return a visit as the clock counts it: unclassified warranty work counts from arrival to hand-over."""
    known = getattr(visit, "guarantee_repair", None)
    span = {"agreed_at": visit.arrived_at, "finished_at": visit.handed_over_at}
    if known is None:
        return Repair(visit.number, visit.get_absolute_url(), **span, mileage=visit.mileage, is_classified=False)
    span = {"agreed_at": known.agreed_at or span["agreed_at"], "finished_at": known.finished_at or span["finished_at"]}
    named = {
        name: getattr(known, name)
        for name in ("fault", "is_safety", "grave_fault", "assembly", "part_of", "part", "excluded_hours", "excluded_for", "substitute")
    }
    return Repair(visit.number, visit.get_absolute_url(), **span, mileage=visit.mileage, **named)


def earliest_start(today: date):
    """Return the first day of cars that may still be within a period of any rule."""
    months = max((rule.repair_period_months for rule in GuaranteeRule.objects.all()), default=36)
    return date(today.year - months // 12 - 1, today.month, 1)
