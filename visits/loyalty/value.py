"""What a customer has brought to the house (S0-12)."""

from dataclasses import dataclass
from decimal import Decimal

from visits.models import Delivery, Visit

CENT = Decimal("0.01")


@dataclass
class Sum:
    visits: int = 0
    spent: Decimal = Decimal(0)

    def add(self, visit):
        self.visits += 1
        self.spent += visit.total_amount or 0

    @property
    def average(self):
        return (self.spent / self.visits).quantize(CENT) if self.visits else None


@dataclass
class Value:
    """``years`` and ``cars`` map the year, newest first, and the car to their ``Sum``; amounts are yuan."""

    total: Sum
    years: dict
    cars: dict
    bought: int
    referred: int


def value_of(customer):
    """Count the visits that were handed over; a sold car's visits stay with whoever paid for them."""
    total, years, cars = Sum(), {}, {}
    visits = Visit.objects.handed_over().filter(customer=customer).select_related("vehicle").order_by("-arrived_at")
    for visit in visits.only("arrived_at", "total_amount", "vehicle__plate", "vehicle__vin_tail", "vehicle__model", "vehicle__brand", "vehicle__store"):
        year = customer.store.local(visit.arrived_at).year
        for each in (total, years.setdefault(year, Sum()), cars.setdefault(visit.vehicle, Sum())):
            each.add(visit)
    return Value(total, years, cars, Delivery.objects.filter(customer=customer).count(), customer.referred.exclude(pk=customer.pk).count())
