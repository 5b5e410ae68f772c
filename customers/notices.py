"""What a person at the desk should know before talking to a customer: the apps above answer, this app only asks."""

from collections import defaultdict
from dataclasses import dataclass

from customers.signals import notices_asked


@dataclass(frozen=True)
class Notice:
    """One line about a customer, for example an open complaint or a promised call."""

    text: str
    url: str
    icon: str = "info"
    tone: str = "warn"


def notices_for(customers, user):
    """Return ``{customer id: [Notice]}`` with a list for every one of ``customers``."""
    found = defaultdict(list, {customer.pk: [] for customer in customers})
    if found:
        for _receiver, notices in notices_asked.send(sender=None, customer_ids=set(found), user=user):
            for customer_id, lines in notices.items():
                found[customer_id] += lines
    return found
