"""What messaging hears from below: how much waits, with whom a person is in touch, who is not to be reached or is forgotten."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.context import counting
from accounts.signals import counts_asked
from customers.signals import forgetting, withheld, work_asked
from messaging.models import Message, OptOut, Reason, Reply, SimulatedReceipt

GONE = "–"


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


@receiver(withheld)
def stop_messages(sender, customer, by, **kwargs):
    """End what is planned and what waits for an answer; what is planned later is stopped when it goes out (T125)."""
    for message in Message.objects.filter(customer=customer, status=Message.Status.PLANNED).select_related("template"):
        message.end(Message.Status.CANCELLED, Reason.RESTRICTED, by=by)
    Reply.objects.waiting().filter(customer=customer).update(status=Reply.Status.SETTLED, closed_at=timezone.now(), closed_by=by)


@receiver(forgetting)
def forget_numbers(sender, rows, words, **kwargs):
    """Clear what names the person by number only: copies of the simulator, replies nobody could match, opt-outs (T123)."""
    SimulatedReceipt.objects.filter(message_ref__in=rows["messaging.Message"]).update(phone=GONE, body=GONE)
    Reply.objects.filter(customer=None, phone__in=words).update(phone="", body=GONE)
    # Without a yes on file nothing is promoted to the number anyway.
    OptOut.objects.filter(phone__in=words).delete()
