"""What an advisor or salesperson sees between two customers: cars found, today's appointments, cars in the shop."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Max

from customers.models import Customer, Vehicle
from customers.notices import Notice, notices_for
from customers.search import find
from visits.models import Appointment, Visit

MOST_IN_SHOP = 100


@dataclass
class Find:
    """A car with its owner, or an owner without a car, and what one should know of them."""

    customer: Customer
    vehicle: Vehicle | None
    reason: str
    notices: list[Notice] = field(default_factory=list)
    last_visit_at: datetime | None = None
    in_shop: Visit | None = None


def finds(user, text, permission):
    """Return what is found, a customer as each of the customer's cars."""
    hits = find(user, text, permission)
    cars_of = owned_by([hit.customer for hit in hits if hit.vehicle is None])
    found = {}
    for hit in hits:
        for car in [hit.vehicle] if hit.vehicle else cars_of.get(hit.customer.pk, [None]):
            found.setdefault((hit.customer.pk, car and car.pk), Find(hit.customer, car, hit.reason))
    return with_history(list(found.values()), user)


def owned_by(customers):
    """Return ``{customer id: [vehicle]}``."""
    owned = {}
    for vehicle in Vehicle.objects.filter(customer__in=customers) if customers else ():
        owned.setdefault(vehicle.customer_id, []).append(vehicle)
    return owned


def with_history(found, user):
    """Add last visit, visit in the shop and notices to what was found, in three queries."""
    visits = Visit.objects.filter(vehicle__in=[each.vehicle for each in found if each.vehicle]).exclude(status=Visit.Status.CANCELLED)
    last = dict(visits.order_by().values_list("vehicle").annotate(Max("arrived_at"))) if found else {}
    here = {visit.vehicle_id: visit for visit in visits.in_shop()} if found else {}
    notices = notices_for([each.customer for each in found], user)
    for each in found:
        each.notices = notices[each.customer.pk]
        if each.vehicle:
            each.last_visit_at, each.in_shop = last.get(each.vehicle.pk), here.get(each.vehicle.pk)
    return found


def lookup(request, permission):
    """Return the context of a find box on a form: what was typed and what fits."""
    text = request.GET.get("q", "").strip()
    return {"text": text, "finds": finds(request.user, text, permission)}


def appointments_of(user, day):
    return Appointment.objects.where_allowed(user, "visits.create").with_people().on_day(day).exclude(status=Appointment.Status.CANCELLED)


def in_shop(user):
    """Return the cars in the shop, those promised first on top."""
    here = Visit.objects.where_allowed(user, "visits.create").in_shop().with_people()
    return here.order_by(F("promised_at").asc(nulls_last=True), "arrived_at")[:MOST_IN_SHOP]
