from celery import shared_task
from django.utils import timezone

from complaints import services


@shared_task
def mark_overdue():
    services.mark_overdue(timezone.now())
