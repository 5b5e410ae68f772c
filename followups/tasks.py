from celery import shared_task

from followups import services


@shared_task
def plan_due():
    services.plan_due()
    services.take_back()


@shared_task
def free_abandoned():
    services.free_abandoned()
