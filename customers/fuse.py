"""Telling the manager when somebody leafs through the archive (T31)."""

from contextlib import suppress

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from customers.models.reveal import alarm

# So many customers' pages within an hour are no work any more.
MOST_PAGES_AN_HOUR = 200
HOUR = 3600


def count_page(user, customer):
    """Count the customers' pages a person opens; the manager is told when it is no work any more (T31)."""
    if opened_this_hour(user) == MOST_PAGES_AN_HOUR:
        alarm("customer.pages_leafed", customer, user, most=MOST_PAGES_AN_HOUR)


def opened_this_hour(user):
    """Return the number of pages with this one; 0 while the cache is gone or has just been emptied, which breaks no page."""
    key = f"customer-pages:{user.pk}:{timezone.now():%Y%m%d%H}"
    with suppress(RedisError, ValueError):
        cache.add(key, 0, HOUR)
        return cache.incr(key)
    return 0
