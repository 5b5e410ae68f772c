from celery import shared_task
from django.utils import timezone

from visits import services
from visits.loyalty.classes import classify_customers as classify
from visits.mileage.services import estimate_maintenance as estimate


@shared_task
def remind_of_plates():
    services.remind_of_plates()


@shared_task
def note_no_shows():
    services.note_no_shows()


@shared_task
def tell_overdue():
    services.tell_overdue()


@shared_task
def note_overdue_promises():
    services.note_overdue_promises(timezone.now())


@shared_task
def watch_guarantees():
    services.watch_guarantees(timezone.now())


@shared_task
def estimate_maintenance():
    estimate()


@shared_task
def classify_customers():
    classify()
