from celery import shared_task

from transfers import exports, services


@shared_task
def make_exports():
    exports.make_waiting()
    exports.forget_outdated()


@shared_task
def forget_imports():
    services.forget_outdated()
