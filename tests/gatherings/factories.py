from datetime import timedelta

from django.utils import timezone

from gatherings.models import Gathering
from tests.factories import make_customer


def make_gathering(store, **fields):
    """An owner class in ten days, with two seats."""
    starts_at = fields.pop("starts_at", timezone.now() + timedelta(days=10))
    planned_on = store.local(starts_at).date()
    return Gathering.objects.create(
        **{"store": store, "kind": "class", "title": "爱车讲堂", "venue": "展厅", "seats": 2, "starts_at": starts_at, "planned_on": planned_on} | fields
    )


def make_guest(gathering, status="invited", **fields):
    customer = fields.pop("customer", None) or make_customer(gathering.store)
    when = {"registered_at": timezone.now()} if status in ("registered", "waiting") else {"invited_at": timezone.now()}
    return gathering.guests.create(customer=customer, status=status, **when | fields)
