from django.dispatch import receiver

from activity.signals import day_changed
from kpis import facts


@receiver(day_changed)
def mark_days(store_id, days, **kwargs):
    """Mark the store days whose figures may have changed."""
    facts.mark(store_id, days)
