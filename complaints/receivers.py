"""What complaints hear from below: a finished verification call brings the customer's word, a desk asks what it should know."""

from collections import defaultdict

from django.db.models import Max
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint, Round
from customers.models import Retention
from customers.notices import Notice
from customers.signals import holds_asked, notices_asked
from followups.signals import followup_finished
from messaging.reasons import Reason
from messaging.signals import hindrance_asked
from visits.signals import people_changed

SATISFIED, WORDS = "satisfied", "words"


@receiver(followup_finished)
def verify_complaint(sender, followup, **kwargs):
    """Pass the answer of a verification call to its slip; a call that ends without an answer, cancelled by hand too, leaves the slip waiting."""
    if not followup.is_verification:
        return
    current = Round.objects.select_related("complaint__store").get(pk=followup.source_id)
    if current.verified_at or not current.complaint.is_open:
        return
    answers = {answer.question.code: answer for answer in followup.response.answers.select_related("question")} if followup.response else {}
    is_satisfied = answers[SATISFIED].value if SATISFIED in answers else None
    if is_satisfied is None:
        current.complaint.tell_unverified(followup)
        return
    words = answers[WORDS].text if WORDS in answers else ""
    current.complaint.verify(bool(is_satisfied), by=followup.finished_by, note=words or followup.response.remark)


@receiver(people_changed)
def announce_slips(sender, store_id, pks, **kwargs):
    """Slips that name nobody count for who served the customer: their days change with the person."""
    for slip in Complaint.objects.filter(**{f"{sender._meta.model_name}__among": pks}, employee=None).select_related("store"):
        slip.announce()


@receiver(hindrance_asked)
def name_open_complaint(sender, message, **kwargs):
    """Hold back care and promotion while the customer waits for an answer to a complaint (T63)."""
    return Reason.COMPLAINT_OPEN if Complaint.objects.open().filter(customer=message.customer_id).exists() else None


@receiver(notices_asked)
def open_slips(sender, customer_ids, user, **kwargs):
    """Name the open slips of the customers to whoever is about to talk to them."""
    notices = defaultdict(list)
    for slip in Complaint.objects.for_user(user).open().filter(customer__in=customer_ids).select_related("category"):
        text = _("Open complaint %(number)s: %(category)s") % {"number": slip.number, "category": slip.category}
        notices[slip.customer_id].append(Notice(text, slip.get_absolute_url(), "message-square-warning", "danger"))
    return notices


@receiver(holds_asked)
def name_complaints(sender, customer_ids, **kwargs):
    """Name the last complaint; one that is open holds from today on (T125)."""
    slips = Complaint.objects.filter(customer__in=customer_ids)
    if slips.open().exists():
        return {Retention.COMPLAINTS: timezone.localdate()}
    last = slips.aggregate(last=Max("closed_at"))["last"]
    return {Retention.COMPLAINTS: timezone.localdate(last)} if last else {}
