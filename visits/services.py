"""A visit, delivery or appointment together with the new customer or car it may bring."""

from contextlib import suppress

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from common.errors import Conflict
from customers.models import Vehicle
from stores.models import Store
from visits.models import Appointment, Delivery, Guarantee, Promise, Visit
from visits.models.guarantee import earliest_start


@transaction.atomic
def log_visit(visit, *, by):
    """Log the visit, with what is new about owner and car, and tie today's appointment of the car to it."""
    take_in(visit, by=by)
    visit.create(by=by)
    arrived_on = visit.store.local(visit.arrived_at).date()
    of_car = Appointment.objects.awaited().filter(store=visit.store, vehicle=visit.vehicle)
    appointment = of_car.on_day(arrived_on, visit.store.zone).order_by("starts_at").first()
    if appointment is not None:
        appointment.arrive(visit, by=by)
    return visit


@transaction.atomic
def record_delivery(delivery, *, by):
    take_in(delivery, by=by)
    return delivery.create(by=by)


@transaction.atomic
def book(appointment, *, by):
    take_in(appointment, by=by)
    return appointment.create(by=by)


def take_in(row, *, by):
    """Take customer and car of ``row`` into the archive where they are new."""
    customer, vehicle = row.customer, row.vehicle
    if customer.pk is None:
        customer.create(by=by)
    if vehicle.pk is None:
        vehicle.customer = customer
        vehicle.create(by=by)
    # Assigned again: a foreign key taken from an unsaved row does not know its id.
    row.customer, row.vehicle = customer, vehicle


def remind_of_plates(now=None):
    """Tell the salespeople whose customers drive on a temporary plate that runs out soon; return how many were told of."""
    ending = [delivery for store in Store.objects.all() for delivery in Delivery.objects.filter(store=store).plate_expiring(store.today(now)).with_people()]
    return sum(delivery.remind_of_plate() for delivery in ending)


def note_no_shows(now=None):
    """Note the appointments whose slot has ended without a car (VI5); somebody who was faster has settled it."""
    now = now or timezone.now()
    for appointment in Appointment.objects.over(now).select_related("store", "customer", "vehicle"):
        with suppress(Conflict):
            appointment.miss(now=now)


def tell_overdue(now=None):
    """Tell advisor and service manager once of every promise that has passed (VI6)."""
    now = now or timezone.now()
    for visit in Visit.objects.untold_overdue(now).select_related("store", "vehicle", "advisor"):
        visit.tell_overdue(now)


def note_overdue_promises(now):
    """Tell of every promise that was not kept in time, each once; return how many were told of."""
    untold = Promise.objects.filter(overdue_noted_at=None).with_people()
    late = [promise for store in Store.objects.all() for promise in untold.filter(store=store).overdue(store.today(now))]
    return sum(promise.note_overdue(now) for promise in late)


def watch_guarantees(now):
    """Look at the three-guarantees clock of cars whose repairs have changed or still go on (B4); return how many were warned of."""
    first = earliest_start(now.date())
    is_covered = Q(delivered_on__gte=first) | Q(delivered_on=None, invoiced_on__gte=first)
    counts = Q(visits__kind=Visit.Kind.WARRANTY) | Q(visits__guarantee_repair__isnull=False)
    is_news = Q(guarantee=None) | Q(guarantee__watched_at=None) | Q(visits__updated_at__gt=F("guarantee__watched_at")) | Q(visits__status=Visit.Status.IN_SHOP)
    cars = Vehicle.objects.filter(is_covered & counts & is_news).distinct().select_related("store", "customer")
    return sum(Guarantee.of(car).watch(now) for car in cars)
