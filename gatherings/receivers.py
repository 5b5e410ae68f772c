"""What owner activities hear from below: an invitation asks, when it goes out, whether it still makes sense."""

from django.contrib.contenttypes.models import ContentType
from django.dispatch import receiver

from gatherings.models import Gathering, Guest
from messaging.reasons import Reason
from messaging.signals import hindrance_asked


@receiver(hindrance_asked)
def name_end_of_invitation(sender, message, **kwargs):
    """Hold back an invitation to what is over or cancelled, and one to a customer who has answered it meanwhile."""
    if message.subject_type_id != ContentType.objects.get_for_model(Gathering).pk:
        return None
    unanswered = Guest.objects.filter(gathering=message.subject_id, customer=message.customer_id, status=Guest.Status.INVITED)
    return None if unanswered.filter(gathering__status=Gathering.Status.PLANNED).exists() else Reason.INVITATION_OVER
