"""What visits answer when a desk or a caller asks what one should know of a customer."""

from collections import defaultdict

from django.dispatch import receiver
from django.utils.translation import gettext as _

from customers.notices import Notice
from customers.signals import notices_asked
from customers.templatetags.masking import masked_plate
from visits.models import AdvisedWork


@receiver(notices_asked)
def advised_work(sender, customer_ids, user, **kwargs):
    """Name the work the customers' cars still need (VI4)."""
    notices = defaultdict(list)
    for item in AdvisedWork.objects.for_user(user).open().with_context().filter(vehicle__customer__in=customer_ids):
        words = {"plate": masked_plate(item.vehicle, user), "work": item.text}
        is_pressing = item.is_due or item.severity == AdvisedWork.Severity.SAFETY
        text = _("Advised work due, %(plate)s: %(work)s") if item.is_due else _("Advised work, %(plate)s: %(work)s")
        notices[item.vehicle.customer_id].append(Notice(text % words, item.get_absolute_url(), "wrench", "warn" if is_pressing else "info"))
    return notices
