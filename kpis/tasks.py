from celery import shared_task

from kpis import facts


@shared_task
def refresh():
    """Compute the dirty days again."""
    return facts.refresh()
