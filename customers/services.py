"""What concerns a customer and a car together."""

from django.db import transaction


@transaction.atomic
def transfer_vehicle(vehicle, customer, *, by, on, reason):
    """Hand the car over to ``customer``, who may be new to the archive."""
    if customer.pk is None:
        customer.create(by=by)
    vehicle.transfer(customer, by=by, on=on, reason=reason)
