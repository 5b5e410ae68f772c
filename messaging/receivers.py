"""What messaging is asked from below: how much waits for a person, and with whom a person is in touch."""

from django.dispatch import receiver

from accounts.context import counting
from accounts.signals import counts_asked
from customers.signals import work_asked
from messaging.models import Reply


@receiver(counts_asked)
def waiting_customers(sender, user, **kwargs):
    """Count the customers who wait for an answer, not their replies: somebody who writes twice is one conversation."""
    if not user.may("messaging.view"):
        return {}
    waiting = Reply.objects.for_user(user).waiting()
    return {"messaging:reply_list": counting(waiting, "customer_id", "COUNT(DISTINCT %(expressions)s)")}


@receiver(work_asked)
def answered_now(sender, user, now, **kwargs):
    """Name the customers whose conversations the person holds."""
    return Reply.objects.held(now).filter(claimed_by=user).order_by().values_list("customer_id")
