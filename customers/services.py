"""What concerns a customer and a car together, or many cars."""

from collections import defaultdict

from django.db import transaction

from customers.inspection import next_step, steps_of
from customers.models import InspectionRule, Vehicle

AT_ONCE = 500


@transaction.atomic
def transfer_vehicle(vehicle, customer, *, by, on, reason):
    """Hand the car over to ``customer``, who may be new to the archive."""
    if customer.pk is None:
        customer.create(by=by)
    vehicle.transfer(customer, by=by, on=on, reason=reason)


def expect_inspections(stores, rules=None):
    """Compute the day of every car anew, an import or a rule may have moved it; return how many have moved."""
    moved = moved_inspections(stores, rules)
    by_day = defaultdict(list)
    for pk, _before, after in moved:
        by_day[after].append(pk)
    for day, pks in by_day.items():
        for start in range(0, len(pks), AT_ONCE):
            Vehicle.objects.filter(pk__in=pks[start : start + AT_ONCE]).update(inspection_due_on=day)
    return len(moved)


def moved_inspections(stores, rules=None):
    """Return ``[(id, day before, day after)]`` of the cars whose day differs under these rules, those on file unless told otherwise."""
    rules = InspectionRule.objects.by_class() if rules is None else rules
    # Cars registered in one month share their steps.
    moved, steps = [], {}
    for store in stores:
        today = store.today()
        cars = Vehicle.objects.filter(store=store).exclude(registered_on=None, inspection_due_on=None)
        facts = cars.order_by().values_list("pk", "inspection_due_on", "inspection_class", "registered_on", "inspected_on")
        for pk, before, code, registered_on, inspected_on in facts.iterator(chunk_size=2000):
            month = registered_on and (code, registered_on.replace(day=1))
            if month and month not in steps:
                steps[month] = steps_of(registered_on, rules[code])
            step = next_step(steps.get(month, ()), inspected_on, today)
            after = step and step.due_on
            if after != before:
                moved.append((pk, before, after))
    return moved
