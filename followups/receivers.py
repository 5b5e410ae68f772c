"""What follow-ups hear from below: cars handed over and delivered."""

from django.dispatch import receiver

from followups import services
from visits.signals import delivery_recorded, visit_handed_over


@receiver(visit_handed_over)
def plan_for_visit(sender, visit, **kwargs):
    services.plan_for_visit(visit)


@receiver(delivery_recorded)
def plan_for_delivery(sender, delivery, **kwargs):
    services.plan_for_delivery(delivery)
