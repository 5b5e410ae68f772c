from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import DomainError, NotAllowed

FARTHEST = 2_000_000


class MileageReading(models.Model):
    """A reading taken outside the workshop; those of visits stand on the visits (AR2)."""

    vehicle = models.ForeignKey("customers.Vehicle", models.CASCADE, related_name="mileage_readings", verbose_name=_("vehicle"))
    mileage = models.PositiveIntegerField(_("mileage (km)"))
    read_on = models.DateField(_("read on"))
    corrects = models.CharField(
        _("why the higher readings before it are wrong"), max_length=120, blank=True, help_text=_("For example: meter replaced, typing error.")
    )
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("noted by"))

    class Meta:
        verbose_name = _("mileage reading")
        verbose_name_plural = _("mileage readings")
        ordering = ["-read_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["vehicle", "read_on", "mileage"], name="mileage_reading_once")]

    def __str__(self):
        return f"{self.mileage} km"


class Driven(models.Model):
    """How the mileage of a car is kept: a reading that goes backwards is on record, but replaces nothing unless somebody says why."""

    mileage = models.PositiveIntegerField(_("mileage (km)"), null=True, blank=True)
    mileage_on = models.DateField(_("mileage read on"), null=True, blank=True)

    class Meta:
        abstract = True

    def read_mileage(self, mileage, on):
        """Keep a reading that is higher and not older than the last one; tell whether it was."""
        if mileage is None:
            return False
        newer = (Q(mileage=None) | Q(mileage__lte=mileage)) & (Q(mileage_on=None) | Q(mileage_on__lte=on))
        kept = type(self).objects.filter(newer, pk=self.pk).update(mileage=mileage, mileage_on=on, updated_at=timezone.now())
        if kept:
            self.mileage, self.mileage_on = mileage, on
        return bool(kept)

    @transaction.atomic
    def note_mileage(self, mileage, *, by, on=None, corrects=""):
        """Log a reading; ``corrects`` tells why higher ones before it are wrong, and then it stands in their place."""
        if not self.can_edit_by(by):
            raise NotAllowed
        on = on or self.store.today()
        if on > self.store.today():
            raise DomainError(_("The reading must not lie in the future."), code="read_in_future", field="read_on")
        given = {"corrects": corrects, "noted_by": by}
        _reading, is_new = self.mileage_readings.get_or_create(mileage=mileage, read_on=on, defaults=given)
        if not is_new:
            return
        if corrects:
            self.mileage, self.mileage_on, self.updated_at = mileage, on, timezone.now()
            self.save(update_fields=["mileage", "mileage_on", "updated_at"])
        is_backward = not corrects and not self.read_mileage(mileage, on)
        record("vehicle.read", self, by=by, vehicle_id=self.pk, mileage=mileage, on=on.isoformat(), is_backward=is_backward, corrects=corrects)
