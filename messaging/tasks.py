from celery import shared_task
from django.utils import timezone

from messaging import outbox, receipts, reminders


@shared_task
def send_due():
    if outbox.send_due():
        send_due.delay()


@shared_task
def recover():
    outbox.recover()
    receipts.match(timezone.now())


@shared_task
def plan_reminders():
    reminders.plan_reminders()
