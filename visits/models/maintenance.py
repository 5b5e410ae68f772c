from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from activity.services import save_setting
from customers.models import Vehicle


class MaintenanceIntervalQuerySet(models.QuerySet):
    def fitting(self, vehicle, day):
        """Return the interval of a car on ``day``: that of its brand and power before that of one of them, the newest first."""
        valid = [interval for interval in self if interval.valid_from <= day and interval.fits(vehicle)]
        return max(valid, key=lambda interval: (bool(interval.brand) + bool(interval.power), interval.valid_from), default=None)


class MaintenanceInterval(models.Model):
    """After how many kilometres or months the maker wants a car to come, whichever is first (S2-10); dated, per brand and power."""

    brand = models.CharField(_("brand"), max_length=40, blank=True, help_text=_("Empty means every brand."))
    power = models.CharField(_("power"), max_length=8, choices=Vehicle.Power, blank=True, help_text=_("Empty means every power."))
    first_km = models.PositiveIntegerField(_("first service at (km)"), validators=[MinValueValidator(100)])
    first_months = models.PositiveSmallIntegerField(_("first service after (months)"), validators=[MinValueValidator(1)])
    every_km = models.PositiveIntegerField(_("then every (km)"), validators=[MinValueValidator(100)])
    every_months = models.PositiveSmallIntegerField(_("then every (months)"), validators=[MinValueValidator(1)])
    valid_from = models.DateField(_("valid from"))

    objects = MaintenanceIntervalQuerySet.as_manager()

    class Meta:
        verbose_name = _("maintenance interval")
        verbose_name_plural = _("maintenance intervals")
        ordering = ["brand", "power", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "power", "valid_from"],
                name="maintenance_interval_once",
                violation_error_message=_("There is an interval for this brand and power from this day already."),
            )
        ]

    def __str__(self):
        return " · ".join(filter(None, [self.brand, self.get_power_display() if self.power else ""])) or str(_("All cars"))

    def fits(self, vehicle):
        return self.brand.casefold() in ("", vehicle.brand.casefold()) and self.power in ("", vehicle.power)

    @transaction.atomic
    def set(self, *, by):
        """Save the interval; every car whose day is an estimate is estimated anew."""
        by.answer_for_all("visits.configure")
        save_setting(self, by=by)
        Vehicle.objects.exclude(maintenance_estimated_at=None).update(maintenance_estimated_at=F("created_at"))
