"""The nightly estimate of the days cars are due for maintenance."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from customers.models import Vehicle
from visits.mileage.history import histories
from visits.models import MaintenanceInterval, Visit

AT_ONCE = 1000


def estimate_maintenance(now=None):
    """Estimate when cars nobody has set a day for are due, where something about them is new; return how many days have changed."""
    now = now or timezone.now()
    fresh = Q(maintenance_estimated_at=None, next_maintenance_on=None) | Q(maintenance_estimated_at__lte=F("updated_at"))
    newer = Visit.objects.filter(vehicle=OuterRef("pk"), updated_at__gte=OuterRef("maintenance_estimated_at"))
    asked = Vehicle.objects.filter(fresh | Exists(newer)).order_by("pk").values_list("pk", flat=True)
    pks = list(asked)
    return sum(estimate_batch(pks[start : start + AT_ONCE], now) for start in range(0, len(pks), AT_ONCE))


def estimate_batch(pks, now):
    changed, intervals = 0, MaintenanceInterval.objects.all()
    vehicles = list(Vehicle.objects.filter(pk__in=pks).select_related("store"))
    for history in histories(vehicles).values():
        estimate = history.estimate(intervals, history.vehicle.store.today(now))
        due_on = estimate and estimate.due_on
        changed += due_on != history.vehicle.next_maintenance_on
        history.vehicle.next_maintenance_on, history.vehicle.maintenance_estimated_at = due_on, now
    # What somebody has set meanwhile stays.
    set_by_hand = Q(maintenance_estimated_at=None) & ~Q(next_maintenance_on=None)
    Vehicle.objects.exclude(set_by_hand).bulk_update(vehicles, ["next_maintenance_on", "maintenance_estimated_at"], batch_size=500)
    return changed
