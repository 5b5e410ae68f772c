"""Telling the manager when somebody leafs through the archive (T31)."""

from django.core.cache import cache
from django.utils import timezone

from customers.models.reveal import alarm

# So many customers' pages within an hour are no work any more.
MOST_PAGES_AN_HOUR = 200
HOUR = 3600


def count_page(request, customer):
    """Count the customers' pages a person opens; the manager is told when it is no work any more (T31)."""
    key = f"customer-pages:{request.user.pk}:{timezone.now():%Y%m%d%H}"
    cache.add(key, 0, HOUR)
    if cache.incr(key) == MOST_PAGES_AN_HOUR:
        alarm("customer.pages_leafed", customer, request.user, most=MOST_PAGES_AN_HOUR)
