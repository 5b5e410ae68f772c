from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.numbers import normal_plate
from notifications.services import notify

# How long before a temporary plate runs out the salesperson is told.
NOTICE = timedelta(days=5)
LONGEST_TEMPORARY = timedelta(days=90)


class PlateState(models.TextChoices):
    """How far the plate of a new car is; read off the dates, so that it cannot contradict them."""

    UNPLATED = "unplated", _("Not plated yet")
    APPLIED = "applied", _("Plate applied for")
    TEMPORARY = "temporary", _("Temporary plate")
    PLATED = "plated", _("Plated")


HAS_PLATE = ~Q(vehicle__plate="")
STATES = {
    PlateState.PLATED: HAS_PLATE,
    PlateState.TEMPORARY: ~HAS_PLATE & Q(temporary_plate_until__isnull=False),
    PlateState.APPLIED: ~HAS_PLATE & Q(temporary_plate_until=None, plate_applied_on__isnull=False),
    PlateState.UNPLATED: ~HAS_PLATE & Q(temporary_plate_until=None, plate_applied_on=None),
}


class PlateQuerySet(StoreScopedQuerySet):
    def in_plate_state(self, state):
        return self.filter(STATES[PlateState(state)])

    def plate_expiring(self, today):
        """Return the deliveries whose temporary plate runs out soon and of which nobody has been told."""
        untold = Q(plate_reminded_for=None) | ~Q(plate_reminded_for=F("temporary_plate_until"))
        return self.filter(STATES[PlateState.TEMPORARY], untold, temporary_plate_until__range=(today, today + NOTICE))


class PlateProgress(models.Model):
    """From 未上牌 over the application and the temporary plate to the plate."""

    plate_applied_on = models.DateField(_("plate applied for on"), null=True, blank=True, editable=False)
    temporary_plate = models.CharField(_("temporary plate"), max_length=20, blank=True, editable=False)
    temporary_plate_until = models.DateField(_("temporary plate valid until"), null=True, blank=True, editable=False)
    plate_reminded_for = models.DateField(null=True, blank=True, editable=False)
    plated_on = models.DateField(_("plated on"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def plate_state(self):
        if self.vehicle.plate:
            return PlateState.PLATED
        if self.temporary_plate_until:
            return PlateState.TEMPORARY
        return PlateState.APPLIED if self.plate_applied_on else PlateState.UNPLATED

    def get_plate_state_display(self):
        return self.plate_state.label

    @property
    def is_temporary_plate_ending(self):
        return self.plate_state == PlateState.TEMPORARY and self.temporary_plate_until <= self.store.today() + NOTICE

    @transaction.atomic
    def apply_for_plate(self, on, *, by):
        """Note that the papers are with the vehicle office."""
        self.check_unplated(by)
        if on > self.store.today():
            raise DomainError(_("The application must not lie in the future."), code="applied_in_future", field="on")
        self.update(plate_applied_on=on)
        record("delivery.plate_applied", self, by=by, on=on.isoformat())

    @transaction.atomic
    def take_temporary_plate(self, number, until, *, by):
        """Note a temporary plate, the first or another one; its end brings a reminder."""
        self.check_unplated(by)
        today = self.store.today()
        if not today <= until <= today + LONGEST_TEMPORARY:
            raise DomainError(_("A temporary plate ends today at the earliest and in 90 days at the latest."), code="temporary_span", field="until")
        self.update(temporary_plate=number.strip().upper(), temporary_plate_until=until)
        record("delivery.temporary_plate_taken", self, by=by, until=until.isoformat())

    @transaction.atomic
    def fix_plate(self, plate, *, by):
        """Note the plate the car has got: the last step."""
        self.check_unplated(by)
        plate = normal_plate(plate)
        if not plate:
            raise DomainError(_("Give the plate."), code="plate_missing", field="plate")
        self.vehicle.edit(by=by, plate=plate)
        self.update(plated_on=self.store.today())
        record("delivery.plated", self, by=by)

    def check_unplated(self, by):
        if not self.can_deliver_by(by):
            raise NotAllowed
        if self.vehicle.plate:
            raise Conflict(_("The car has its plate already."))

    @transaction.atomic
    def remind_of_plate(self):
        """Tell the salesperson once for each end of a temporary plate, the sales managers where he has left."""
        ending = type(self).objects.filter(pk=self.pk, temporary_plate_until=self.temporary_plate_until)
        if not ending.exclude(plate_reminded_for=self.temporary_plate_until).update(plate_reminded_for=self.temporary_plate_until):
            return False
        seller = User.objects.with_permission("visits.deliver", self.store).filter(pk=self.salesperson_id)
        event = record("delivery.temporary_plate_ending", self, until=self.temporary_plate_until.isoformat())
        told = seller or User.objects.with_roles([Role.SALES_MANAGER], self.store)
        notify(told, "delivery.temporary_plate_ending", event, customer=str(self.customer), until=self.temporary_plate_until.isoformat())
        return True
