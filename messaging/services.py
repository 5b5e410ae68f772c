from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from common.tasks import wake
from messaging.models import Message
from messaging.tasks import send_due
from messaging.wording import values


def plan(template, customer, *, subject, occurrence, due_at, lasts=timedelta(days=3), vehicle=None, words=None):
    """Put one message into the outbox, once per template, subject and occurrence; return it, the earlier one if it is there.

    ``words`` are values of placeholders the archive does not know, such as what an agent has written.
    Consent, quiet hours and caps are asked when it goes out, so that the answer is the one of that moment.
    """
    subject_type = ContentType.objects.get_for_model(subject)
    words = values(customer.store, customer, vehicle) | (words or {})
    fields = {
        "store": customer.store,
        "customer": customer,
        "vehicle": vehicle,
        "template": template,
        "subject_type": subject_type,
        "subject_id": subject.pk,
        "phone": customer.phone,
        "body": template.fill(words),
        "parameters": template.parameters(words),
        "due_at": due_at,
        "expires_at": due_at + lasts,
    }
    key = f"{template.purpose}:{subject_type.model}-{subject.pk}:{occurrence}:{template.code}:sms"
    message, is_new = Message.objects.get_or_create(key=key, defaults=fields)
    if is_new and due_at <= timezone.now():
        wake(send_due)
    return message
