"""What the law wants kept of a person who asks for erasure (domain rule 6.4); the apps above name their records."""

from customers.models import RETENTIONS, Hold
from customers.signals import holds_asked
from stores.calendar import add_months


def holds_on(customer):
    """Return the holds that are not over, the longest first."""
    found = {}
    for _receiver, days in holds_asked.send(sender=None, customer_ids=list(customer.known_ids)):
        found |= {code: add_months(day, 12 * RETENTIONS[code][0]) for code, day in days.items()}
    holds = [Hold(str(code), until) for code, until in found.items() if until >= customer.store.today()]
    return sorted(holds, key=lambda hold: hold.until, reverse=True)
