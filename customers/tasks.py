from celery import shared_task
from django.utils import timezone

from customers.duplicates import find_duplicates as find_in
from customers.models import CustomerMerge
from customers.models.custom_field import purge_expired
from customers.quality.rules import mark_odd as mark
from customers.rights.erasing import release
from customers.services import expect_inspections as expect_in
from stores.models import Store


@shared_task
def purge_custom_fields():
    purge_expired(timezone.now())


@shared_task
def find_duplicates():
    for store in Store.objects.all():
        find_in(store)


@shared_task
def forget_merges():
    CustomerMerge.objects.forget(timezone.now())


@shared_task
def expect_inspections():
    expect_in(Store.objects.all())


@shared_task
def mark_odd():
    mark()


@shared_task
def release_restricted():
    release()
