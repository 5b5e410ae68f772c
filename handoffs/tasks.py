from celery import shared_task

from handoffs import services


@shared_task
def tell_customers():
    services.tell_customers()


@shared_task
def end_absences():
    services.end_absences()
