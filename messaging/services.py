from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists
from django.utils import timezone

from common.bulk import OnConflict, load
from common.tasks import wake
from customers.models import Channel, Consent
from customers.numbers import MOBILE
from messaging import reach
from messaging.gate import purposes_of
from messaging.models import Message, MessageTemplate, OptOut
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


def plan_each(template, customers, *, subject, due_at, expires_at, day=None, **words):
    """Put one message for each of ``customers`` into the outbox, once per subject; ``words`` are values its text asks for besides."""
    columns = ["store_id", "customer_id", "key", "phone", "body", "parameters"]
    type_of_subject = ContentType.objects.get_for_model(subject)
    key = f"{template.purpose}:{type_of_subject.model}-{subject.pk}:customer-%s:{template.code}:sms"
    told = [(each, values(each.store, each, day=day) | words) for each in customers]
    rows = [(each.store_id, each.pk, key % each.pk, each.phone, template.fill(given), template.parameters(given)) for each, given in told]
    about = {"template_id": template.pk, "subject_type_id": type_of_subject.pk, "subject_id": subject.pk, "occurs_on": day}
    load(Message, columns, rows, OnConflict(key=("key",)), shared=about | {"due_at": due_at, "expires_at": expires_at})
    if due_at <= timezone.now():
        wake(send_due)


def reword(subject, *, expires_at, day=None, **words):
    """Let the messages about ``subject`` that have not gone out yet say what holds now."""
    for message in Message.objects.about(subject).filter(status=Message.Status.PLANNED).for_list().select_related("customer__keeper"):
        given = values(message.store, message.customer, day=day) | words
        texts = {"body": message.template.fill(given), "parameters": message.template.parameters(given)}
        message.change_status(message.status, message.status, **texts, occurs_on=day, expires_at=expires_at)


def reachable(customers, template):
    """Narrow ``customers`` to those a message of ``template`` may reach by what is known today; when it goes out, it is asked again."""
    reached = customers.filter(reach.has_address(), do_not_call_at=None)
    if reach.medium() == Channel.SMS:
        reached = reached.filter(phone__regex=f"^{MOBILE.pattern}$", phone_doubtful_at=None)
    for purpose in purposes_of(template):
        reached = reached.filter(pk__in=Consent.objects.granted(purpose, reach.medium()).values("customer"))
    if template.category == MessageTemplate.Category.PROMOTION:
        reached = reached.exclude(Exists(OptOut.objects.of_outer_customer()))
    return reached
