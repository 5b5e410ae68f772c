"""One call for everything that is due with a customer and with people of the store who share the phone (FU11, B14)."""

from django.db import transaction
from django.db.models import Case, Q, When
from django.utils import timezone

from customers.models import Customer
from followups.models import FollowUp, Plan
from followups.models.queue import worked_roles
from followups.outcomes import Outcome

# These say something about one car or one order only.
OF_ONE_CALL = (Outcome.SOLD, Outcome.INELIGIBLE)
# Nobody works through more than this in one talk.
MOST = 10


def others_due(followup, user, now):
    """Return the other calls of the household ``user`` may make now, those of the same customer first; held ones among them."""
    waiting = FollowUp.objects.callable(now) | FollowUp.objects.held_by(user, now)
    mine = Q(assignee=user)
    for role, store_ids in worked_roles(user).items():
        if store_ids is None or followup.store_id in store_ids:
            mine |= Q(assignee=None, role=role)
    due = waiting.filter(mine, customers_of(followup), store=followup.store_id, plan__kind=Plan.Kind.CALL).exclude(pk=followup.pk)
    own_first = Case(When(customer=followup.customer_id, then=0), default=1)
    return due.order_by(own_first, "priority", "due_at", "pk")


def customers_of(followup):
    phone = followup.customer.phone
    if not phone:
        return Q(customer=followup.customer_id)
    return Q(customer__in=Customer.objects.filter(store=followup.store_id, phone=phone).values("pk"))


def take_household(followup, user, now):
    """Hold what is due with the rest of the household as well, so that no colleague takes it meanwhile."""
    if not followup.plan.is_call:
        return
    others = list(others_due(followup, user, now).select_related("plan", "store")[:MOST])
    if others:
        with transaction.atomic():
            for other in others:
                other.take(user, now)


def held_household(followup, user, now):
    """Return the other calls of the household ``user`` holds."""
    if not followup.plan.is_call:
        return FollowUp.objects.none()
    return others_due(followup, user, now).held_by(user, now).select_related("store", "plan", "customer", "vehicle", "visit")[:MOST]


def renew_household(followup, user):
    """Let the leases of what else the holder holds of the household run anew."""
    for other in held_household(followup, user, timezone.now()):
        other.renew(by=user)


def release_household(followup, user):
    """Put the rest of the household back as well."""
    for other in held_household(followup, user, timezone.now()):
        other.release(by=user)


def can_share(outcome, followup):
    """Tell whether one outcome holds for ``followup`` too.

    What is about one car or one order is not shared, a verification has a word of its own to get, and an interview is completed
    by its own answers only.
    """
    if followup.is_verification or outcome in OF_ONE_CALL:
        return False
    return outcome != Outcome.OK or not followup.plan.questionnaire_code
