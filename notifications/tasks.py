from celery import shared_task

from notifications import letters


@shared_task
def mail_staff():
    letters.plan()
    letters.send_due()
