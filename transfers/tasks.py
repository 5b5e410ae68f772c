from celery import shared_task
from django.utils import timezone

from transfers import exports, feeds, previews, services


@shared_task
def make_exports():
    exports.make_waiting()
    exports.forget_outdated()


@shared_task
def forget_imports():
    services.forget_outdated()
    previews.forget(timezone.now())


@shared_task
def take_incoming():
    feeds.sweep()
    feeds.take_waiting()


@shared_task
def report_feeds():
    feeds.report()
