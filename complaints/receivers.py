"""What complaints hear from below: a finished verification call brings the customer's word."""

from django.dispatch import receiver

from complaints.models import Round
from followups.models import FollowUp
from followups.signals import followup_finished

SATISFIED, WORDS = "satisfied", "words"


@receiver(followup_finished)
def verify_complaint(sender, followup, **kwargs):
    """Pass the answer of a verification call to its slip; a call without an answer leaves the slip waiting."""
    if followup.source_kind != "complaint_round" or followup.status == FollowUp.Status.CANCELLED:
        return
    current = Round.objects.select_related("complaint__store").get(pk=followup.source_id)
    answers = {answer.question.code: answer for answer in followup.response.answers.select_related("question")} if followup.response else {}
    is_satisfied = answers[SATISFIED].value if SATISFIED in answers else None
    if is_satisfied is None:
        current.complaint.tell_unverified(followup)
        return
    words = answers[WORDS].text if WORDS in answers else ""
    current.complaint.verify(bool(is_satisfied), by=followup.finished_by, note=words or followup.response.remark)
