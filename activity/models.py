from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.scope import StoreScopedQuerySet
from stores.models import Store


class Topic(models.TextChoices):
    """What an event is about: the first word of its code."""

    VISIT = "visit", _("Visits")
    APPOINTMENT = "appointment", _("Appointments")
    DELIVERY = "delivery", _("Deliveries")
    ADVISED_WORK = "advised_work", _("Advised work")
    GUARANTEE = "guarantee", _("Three guarantees")
    PROMISE = "promise", _("Promises")
    FOLLOWUP = "followup", _("Follow-ups")
    SAMPLE_ROW = "sample_row", _("Samples")
    RESPONSE = "response", _("Surveys")
    COMPLAINT = "complaint", _("Complaints")
    MESSAGE = "message", _("Messages")
    REPLY = "reply", _("Replies")
    GUEST = "guest", _("Owner activities")
    CONSENT = "consent", _("Consent")


class EventQuerySet(StoreScopedQuerySet):
    def about(self, *subjects):
        """Return the events of any of the given objects, newest first."""
        wanted = models.Q(pk__in=[])
        for subject in subjects:
            wanted |= models.Q(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)
        return self.filter(wanted).newest_first()

    def of_customer(self, customer):
        """Return the events of the customer, those of records merged into it among them."""
        return self.filter(customer_ref__in=customer.known_ids).newest_first()

    def on_topic(self, topic):
        return self.filter(code__startswith=f"{topic}.")

    def newest_first(self):
        return self.select_related("actor").order_by("-at", "-pk")

    def delete(self):
        raise DomainError(_("Events are append-only."), code="append_only")

    def update(self, **kwargs):
        raise DomainError(_("Events are append-only."), code="append_only")


class Event(models.Model):
    """A fact that was: who did what to which object when. Sentences are built when it is shown."""

    view_permission = "activity.view"

    # No constraints in the database: they are checked row by row, and events come in by the hundred thousand.
    # A rule all stores share belongs to none; its events are shown beside it, to whoever may change it.
    store = models.ForeignKey(Store, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    code = models.CharField(max_length=60)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    # The app stands below customers, so the customer and the car it concerns are kept by id, not by foreign key.
    customer_ref = models.BigIntegerField(null=True)
    vehicle_ref = models.BigIntegerField(null=True)
    particulars = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="event_subject"),
            models.Index(fields=["customer_ref", "at"], name="event_customer"),
        ]

    def __str__(self):
        return f"{self.code} #{self.subject_id}"

    @property
    def template_names(self):
        return [f"activity/{self.code}.html", "activity/_event.html"]

    def save(self, *args, **kwargs):
        if self.pk:
            raise DomainError(_("Events are append-only."), code="append_only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise DomainError(_("Events are append-only."), code="append_only")
