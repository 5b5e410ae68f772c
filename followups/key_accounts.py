"""Contacts with key accounts that come round again: by phone every week, on site every month (S4-26)."""

from datetime import datetime, time

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from activity.services import announce_days
from customers.models import Customer
from followups.deadlines import Deadlines
from followups.models import KEY_ACCOUNT, FollowUp, Plan
from followups.services import ending_of, exemption_of, refusing_customers
from stores.models import Store

# From when on a day the distance to the next contact counts.
EVENING = time(18)
# Leaves room for the day beside the customer in the one number that names the occasion.
DAYS = 1_000_000


def plan_contacts(now=None):
    """Plan the next contact of every key account that has none ahead; safe to run twice. Return how many are new."""
    now = now or timezone.now()
    plans = Plan.objects.triggered_by(Plan.Trigger.KEY_ACCOUNT)
    return sum(plan_store(plan, store, now) for store in Store.objects.all() for plan in plans.valid_on(store.today(now)))


@transaction.atomic
def plan_store(plan, store, now):
    own = FollowUp.objects.filter(plan=plan, source_kind=KEY_ACCOUNT, customer=OuterRef("pk")).order_by()
    waiting = Customer.objects.filter(~Exists(own.filter(status=FollowUp.Status.OPEN)), store=store, is_key_account=True)
    last = dict(FollowUp.objects.filter(plan=plan, store=store, source_kind=KEY_ACCOUNT).order_by().values_list("customer").annotate(Max("finished_at")))
    deadlines = Deadlines(plan, store)
    refusing = refusing_customers(plan, store)
    new = [contact(plan, customer, deadlines, last.get(customer.pk) or now, customer.pk in refusing) for customer in waiting.select_related("keeper")]
    planned = FollowUp.objects.bulk_create(new, ignore_conflicts=True)
    announce_days(store.pk, *deadlines.due_days)
    return len(planned)


def contact(plan, customer, deadlines, since, is_refused):
    """Return the contact so many days after the last one, with whoever looks after the customer."""
    day = deadlines.store.local(since).date()
    due_at, steps, available_at = deadlines.of(datetime.combine(day, EVENING, deadlines.zone))
    keeper = customer.keeper if customer.keeper and customer.keeper.is_here(day) and customer.keeper.may("followups.work", customer.store_id) else None
    ending = ending_of(exemption_of(plan, bool(customer.phone), customer.do_not_call_at, is_refused, customer.restricted_at))
    return FollowUp(
        store_id=customer.store_id,
        plan=plan,
        customer=customer,
        source_kind=KEY_ACCOUNT,
        source_id=customer.pk * DAYS + day.toordinal(),
        assignee=keeper,
        role=plan.role,
        priority=plan.priority,
        due_at=due_at,
        due_steps=steps,
        available_at=available_at,
        **ending,
    )
