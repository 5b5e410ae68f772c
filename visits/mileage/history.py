"""What the archive knows of how far cars are driven and when they were last maintained, for many cars in three queries."""

from dataclasses import dataclass, field
from datetime import date

from customers.models import MileageReading
from visits.mileage.estimate import Estimate, Reading, drive_of
from visits.models import MaintenanceInterval, Visit


@dataclass
class History:
    """``since`` is the last maintenance, or the delivery of a car that has had none (``is_first``); None when neither is known."""

    vehicle: object
    readings: list = field(default_factory=list)
    since: date | None = None
    since_mileage: int | None = None
    is_first: bool = True

    def estimate(self, intervals, day):
        """Return the ``Estimate``, None when there is nothing to count from."""
        interval = intervals.fitting(self.vehicle, day)
        if self.since is None or interval is None:
            return None
        return Estimate(interval, drive_of(self.readings), self.since, self.since_mileage, self.is_first)

    def maintained(self, day, mileage):
        self.since, self.since_mileage, self.is_first = day, mileage, False


def histories(vehicles):
    """Return ``{id: History}`` of cars with their stores loaded."""
    known = {vehicle.pk: begun(vehicle) for vehicle in vehicles}
    for reading in MileageReading.objects.filter(vehicle__in=known).order_by("read_on", "pk"):
        known[reading.vehicle_id].readings.append(Reading(reading.read_on, reading.mileage, bool(reading.corrects), reading))
    visits = Visit.objects.filter(vehicle__in=known).exclude(status=Visit.Status.CANCELLED).order_by("arrived_at", "pk")
    for visit in visits.only("number", "vehicle", "kind", "status", "arrived_at", "mileage"):
        take(known[visit.vehicle_id], visit)
    return known


def begun(vehicle):
    history = History(vehicle)
    if vehicle.delivered_on:
        history.since, history.since_mileage = vehicle.delivered_on, 0
        history.readings.append(Reading(vehicle.delivered_on, 0))
    return history


def take(history, visit):
    day = history.vehicle.store.local(visit.arrived_at).date()
    if visit.mileage is not None:
        history.readings.append(Reading(day, visit.mileage, source=visit))
    if visit.kind in Visit.MAINTENANCES and visit.status == Visit.Status.HANDED_OVER:
        history.maintained(day, visit.mileage)


def history_of(vehicle):
    return histories([vehicle])[vehicle.pk]


def estimate_of(vehicle, history=None):
    history = history or history_of(vehicle)
    return history.estimate(MaintenanceInterval.objects.all(), vehicle.store.today())


def estimate_after(visit):
    """Return what will be due after the maintenance that ends with this visit."""
    history = history_of(visit.vehicle)
    history.maintained(visit.store.today(), visit.mileage)
    return estimate_of(visit.vehicle, history)
