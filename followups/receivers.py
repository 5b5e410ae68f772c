"""What follow-ups hear from below: cars handed over and delivered, a desk asks what it should know."""

from collections import defaultdict
from datetime import timedelta

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import announce_days
from customers.models import Channel, Purpose
from customers.notices import Notice
from customers.signals import notices_asked, withheld, work_asked
from followups import services
from followups.models import VERIFICATION, Attempt, FollowUp, Plan
from followups.outcomes import REACHED
from messaging.ledger import Contact
from messaging.models import Reply
from messaging.signals import contacts_asked, reply_received
from visits.signals import appointment_kept, appointment_missed, delivery_recorded, people_changed, visit_handed_over

# A reply this long after the last try is an answer to it.
REOPEN_WITHIN = timedelta(days=7)


@receiver(visit_handed_over)
def plan_for_visit(sender, visit, **kwargs):
    services.plan_for_visit(visit)


@receiver(delivery_recorded)
def plan_for_delivery(sender, delivery, **kwargs):
    services.plan_for_delivery(delivery)


@receiver(appointment_missed)
def plan_no_show(sender, appointment, **kwargs):
    services.plan_no_show(appointment)


@receiver(appointment_kept)
def withdraw_no_show(sender, appointment, **kwargs):
    services.withdraw_no_show(appointment)


@receiver(people_changed)
def announce_calls(sender, store_id, pks, **kwargs):
    """Calls count for who served the customer: their days change with the person."""
    calls = FollowUp.objects.filter(**{f"{sender._meta.model_name}__among": pks}).select_related("store").only("due_at", "store__timezone")
    announce_days(store_id, *(call.due_day for call in calls))


@receiver(reply_received)
def reopen_call(sender, reply, **kwargs):
    """Who writes can be reached after all: the newest call given up lately is offered again, unless no calls are wanted (ME6)."""
    if reply.status == Reply.Status.OPTED_OUT or reply.customer.do_not_call_at:
        return
    given_up = FollowUp.objects.given_up(reply.customer, reply.received_at - REOPEN_WITHIN).select_related("store").first()
    if given_up:
        given_up.reopen()


@receiver(notices_asked)
def promised_calls(sender, customer_ids, user, **kwargs):
    """Name the calls the customers were promised to whoever is about to talk to them; only who works on calls gets there."""
    notices = defaultdict(list)
    for followup in FollowUp.objects.where_allowed(user, "customers.view").promised().filter(customer__in=customer_ids):
        text = _("A call is promised for %(moment)s") % {"moment": f"{timezone.localtime(followup.promised_at):%m-%d %H:%M}"}
        url = reverse("followups:detail", args=[followup.pk]) if user.may("followups.view", followup.store_id) else ""
        notices[followup.customer_id].append(Notice(text, url, "phone-outgoing"))
    return notices


@receiver(work_asked)
def called_now(sender, user, now, **kwargs):
    """Name the customers whose calls the person holds."""
    return FollowUp.objects.open().filter(claimed_by=user, lease_until__gt=now).order_by().values_list("customer_id")


@receiver(contacts_asked)
def calls_made(sender, customer_ids, since, **kwargs):
    """Name the calls that reached the customers, each talk once (FU11); the verification of a complaint is their own wish (ME4)."""
    reached = Attempt.objects.valid().contacts().filter(followup__customer__in=customer_ids, outcome__in=REACHED, at__gt=since)
    calls = reached.filter(followup__plan__kind=Plan.Kind.CALL).exclude(followup__source_kind=VERIFICATION).values_list("at", "followup__plan__trigger")
    return [Contact(at, Channel.PHONE, Purpose.SURVEY if trigger in Plan.SURVEYED else Purpose.REMINDER) for at, trigger in calls]


@receiver(withheld)
def stop_contacts(sender, customer, by, **kwargs):
    """Take every open contact back, letters and verifications too: nobody reaches the person any more (T125)."""
    FollowUp.objects.open().filter(customer=customer).exempt_all(FollowUp.Exemption.RESTRICTED, by=by)
