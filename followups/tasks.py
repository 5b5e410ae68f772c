from celery import shared_task

from followups import key_accounts, occasions, reporting, review, services


@shared_task
def plan_due():
    services.plan_due()
    services.take_back()


@shared_task
def plan_key_accounts():
    key_accounts.plan_contacts()


@shared_task
def plan_occasions():
    occasions.plan_occasions()


@shared_task
def make_reports():
    reporting.make_reports()


@shared_task
def free_abandoned():
    services.free_abandoned()


@shared_task
def doubt_calls():
    review.doubt_calls()
