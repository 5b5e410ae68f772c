"""Writing down who opens which customer's pages, and telling the manager when it is no work any more (T31)."""

from django.db.models import Count, Q
from django.utils import timezone

from customers.models import PageView
from customers.models.reveal import alarm

# So many customers within an hour are no work any more.
MOST_PAGES_AN_HOUR = 200


def count_page(user, customer, now=None):
    """Note that ``user`` has opened a page or paper about the customer; past the fuse the manager is told once an hour.

    In the database, not in the cache: all web processes count together, and a lost cache forgets nothing.
    """
    now = now or timezone.now()
    of_customer = Count("pk", filter=Q(customer_ref=customer.pk))
    lately = PageView.objects.lately(user, now).aggregate(all=Count("pk"), this=of_customer, rung=Count("pk", filter=Q(has_rung=True)))
    if lately["this"]:
        return
    is_blown = lately["all"] + 1 >= MOST_PAGES_AN_HOUR and not lately["rung"]
    PageView.objects.create(store_id=customer.store_id, customer_ref=customer.pk, by=user, at=now, has_rung=is_blown)
    if is_blown:
        alarm("customer.pages_leafed", customer, user, most=MOST_PAGES_AN_HOUR)
