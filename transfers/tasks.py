from celery import shared_task

from transfers import exports


@shared_task
def make_exports():
    exports.make_waiting()
    exports.forget_outdated()
