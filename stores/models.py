import re
from datetime import time
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.words import in_language

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def check_zone(value):
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone; an example is Asia/Shanghai."), params={"value": value})


class Region(models.Model):
    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("region")
        ordering = ["code"]

    def __str__(self):
        return self.name


class StoreQuerySet(models.QuerySet):
    def for_user(self, user):
        store_ids = user.store_ids()
        return self if store_ids is None else self.filter(pk__in=store_ids)


class Store(models.Model):
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, related_name="stores", verbose_name=_("region"))
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[check_zone])
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    calls_from = models.TimeField(_("calls from"), default=time(9, 0))
    calls_until = models.TimeField(_("calls until"), default=time(20, 0))

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("store")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(calls_from__lt=models.F("calls_until")),
                name="store_calls_from_before_until",
                violation_error_message=_("The call window must start before it ends."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def zone(self):
        return ZoneInfo(self.timezone)

    def local(self, moment):
        """Return ``moment`` in the store's own time zone."""
        return timezone.localtime(moment, self.zone)

    def today(self, now=None):
        return self.local(now or timezone.now()).date()

    def first_department(self, kind):
        return self.departments.filter(kind=kind).order_by("pk").first()


class Department(models.Model):
    class Kind(models.TextChoices):
        SALES = "sales", _("Sales")
        SERVICE = "service", _("Service")
        WORKSHOP = "workshop", _("Workshop")
        PARTS = "parts", _("Parts")
        CARE = "care", _("Customer care")
        MANAGEMENT = "management", _("Management")

    store = models.ForeignKey(Store, models.PROTECT, related_name="departments", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name_en = models.CharField(_("name in English"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)

    class Meta:
        verbose_name = _("department")
        ordering = ["store", "pk"]
        constraints = [models.UniqueConstraint(fields=["store", "name_zh"], name="department_once_per_store")]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)


class BusinessHours(models.Model):
    """One span of opening on one weekday; several spans a day leave a lunch break between them."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="business_hours", verbose_name=_("store"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), help_text=_("1 is Monday, 7 is Sunday."))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=_("00:00 is the end of the day."))

    class Meta:
        verbose_name = _("business hours")
        ordering = ["store", "weekday", "opens"]
        constraints = [models.CheckConstraint(condition=models.Q(weekday__gte=1, weekday__lte=7), name="business_hours_weekday")]


def is_span(span) -> bool:
    """Tell whether ``span`` is a pair of times like ``["09:00", "24:00"]`` that ends after it starts."""
    return isinstance(span, list) and len(span) == 2 and all(isinstance(part, str) and CLOCK.fullmatch(part) for part in span) and span[0] < span[1]


class StoreDay(models.Model):
    """A one-off day of a store: other hours than its weekday, or closed when ``spans`` is empty.

    ``spans`` is a list of ``["09:00", "12:00"]`` pairs; ``"24:00"`` is the end of the day.
    """

    store = models.ForeignKey(Store, models.CASCADE, related_name="special_days", verbose_name=_("store"))
    date = models.DateField(_("date"))
    spans = models.JSONField(_("hours"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=100)

    class Meta:
        verbose_name = _("special day")
        ordering = ["store", "date"]
        constraints = [models.UniqueConstraint(fields=["store", "date"], name="store_day_once")]

    def __str__(self):
        return f"{self.store_id} {self.date}"

    def clean(self):
        if not all(is_span(span) for span in self.spans or []):
            raise ValidationError({"spans": _('Give spans like [["09:00", "12:00"]], each ending after it starts; 24:00 is the end of the day.')})


class Holiday(models.TextChoices):
    NEW_YEAR = "new_year", _("New Year's Day")
    SPRING_FESTIVAL = "spring_festival", _("Spring Festival")
    QINGMING = "qingming", _("Qingming Festival")
    LABOUR_DAY = "labour_day", _("Labour Day")
    DRAGON_BOAT = "dragon_boat", _("Dragon Boat Festival")
    MID_AUTUMN = "mid_autumn", _("Mid-Autumn Festival")
    NATIONAL_DAY = "national_day", _("National Day")


class CalendarDay(models.Model):
    """A day on which the state calendar differs from Monday to Friday. The table wins over any package."""

    date = models.DateField(_("date"), unique=True)
    is_working = models.BooleanField(_("working day"), help_text=_("Tick it for a make-up working day, leave it empty for a day off."))
    holiday = models.CharField(_("holiday"), max_length=20, choices=Holiday, blank=True)
    name = models.CharField(_("other name"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        ordering = ["date"]

    def __str__(self):
        return f"{self.date} {self.label}"

    @property
    def label(self):
        return self.name or self.get_holiday_display()
