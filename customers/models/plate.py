from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import NotAllowed
from common.scope import StoreScopedQuerySet


class PastPlateQuerySet(StoreScopedQuerySet):
    store_path = "vehicle__store_id"


class PastPlate(models.Model):
    """A time in which a car had another plate; the present one stands on the car itself (AR2). A time without a plate (未上牌) is none."""

    view_permission = "customers.view"

    vehicle = models.ForeignKey("customers.Vehicle", models.CASCADE, related_name="past_plates", verbose_name=_("vehicle"))
    plate = models.CharField(_("plate"), max_length=12)
    since = models.DateField(_("plate since"), null=True, blank=True)
    until = models.DateField(_("plate until"))

    objects = PastPlateQuerySet.as_manager()

    class Meta:
        verbose_name = _("former plate")
        verbose_name_plural = _("former plates")
        ordering = ["-until", "-pk"]
        indexes = [models.Index(fields=["plate"], name="past_plate")]
        constraints = [models.CheckConstraint(condition=Q(since=None) | Q(since__lte=F("until")), name="past_plate_in_order")]

    def __str__(self):
        return f"{self.plate} – {self.until}"

    @property
    def store_id(self):
        return self.vehicle.store_id

    @transaction.atomic
    def remove(self, *, by):
        """Strike out a plate the car never had, a typing error for example; the event stays."""
        if not self.vehicle.can_edit_by(by):
            raise NotAllowed
        record("vehicle.plate_struck", self.vehicle, by=by, vehicle_id=self.vehicle_id)
        self.delete()


class Plated(models.Model):
    """How the plates of a car follow each other."""

    class Meta:
        abstract = True

    def close_plate(self, plate, registered_on):
        """Keep the plate the car had until today."""
        if plate:
            today = self.store.today()
            since = self.past_plates.values_list("until", flat=True).first() or registered_on
            self.past_plates.create(plate=plate, since=began(since, today), until=today)


def began(since, until):
    """Return the first day of a time that ends on ``until``, None where the day on file cannot be it."""
    return since if since and since <= until else None
