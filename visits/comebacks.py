"""Is this the trouble of an earlier visit? Asked when an order is opened (VI3, S1-04)."""

from datetime import timedelta

from django.db.models import Q

from visits.groups import NEUTRAL, groups_in, symptoms_in
from visits.warranty import warranty_of

SPAN, DISTANCE = timedelta(days=30), 1000
# No warranty of ours is longer; and a car is not asked about its whole life.
LOOK_BACK, MOST_LOOKED_AT = timedelta(days=400), 20


def original_of(visit):
    """Return the newest earlier visit of the car whose work may have failed, None where there is none."""
    since = visit.arrived_at - LOOK_BACK
    of_car = type(visit).objects.handed_over().filter(vehicle=visit.vehicle_id, handed_over_at__gt=since, handed_over_at__lte=visit.arrived_at)
    earlier = of_car.filter(~Q(pk=visit.pk)).select_related("store").prefetch_related("items").order_by("-handed_over_at")
    return next((each for each in earlier[:MOST_LOOKED_AT] if is_near(each, visit) and is_alike(each, visit)), None)


def is_near(earlier, visit):
    """Tell whether the visit comes within 30 days, 1,000 km or the warranty of the earlier work."""
    if visit.arrived_at - earlier.handed_over_at <= SPAN:
        return True
    if None not in (earlier.mileage, visit.mileage) and 0 <= visit.mileage - earlier.mileage <= DISTANCE:
        return True
    return warranty_of(earlier).covers(visit.store.local(visit.arrived_at).date(), visit.mileage)


def is_alike(earlier, visit):
    """Tell whether both speak of the same symptom or operation group; maintenance alone is no trouble."""
    if earlier.symptom.strip() and earlier.symptom.strip() == visit.symptom.strip() and visit.kind not in visit.MAINTENANCES:
        return True
    groups = (groups_in(f"{earlier.symptom} {earlier.work}") | {item.group for item in earlier.items.all()}) - NEUTRAL
    return bool(groups & groups_in(f"{visit.symptom} {visit.work}") or symptoms_in(earlier.symptom) & symptoms_in(visit.symptom))
