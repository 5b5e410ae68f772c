from celery import shared_task
from django.utils import timezone

from customers.models.custom_field import purge_expired


@shared_task
def purge_custom_fields():
    purge_expired(timezone.now())
