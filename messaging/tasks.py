from celery import shared_task

from messaging import outbox, reminders


@shared_task
def send_due():
    if outbox.send_due():
        send_due.delay()


@shared_task
def recover():
    outbox.recover()


@shared_task
def plan_reminders():
    reminders.plan_reminders()
