from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.models import Event


class NotificationQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(user_id=user.pk)

    def unread(self):
        return self.filter(read_at=None)

    def read(self, now=None):
        """Mark all of them as read; what was read before keeps its time."""
        return self.unread().update(read_at=now or timezone.now())


class Notification(models.Model):
    """A message to one member of staff. ``code`` is worded by ``templates/notifications/<code>.html``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    code = models.CharField(max_length=60)
    subject_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    particulars = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user", "read_at"], name="notification_unread")]
        constraints = [models.UniqueConstraint(fields=["user", "code", "subject_type", "subject_id"], name="notification_once")]

    def __str__(self):
        return self.code

    @property
    def template_names(self):
        return [f"notifications/{self.code}.html", "notifications/_notification.html"]

    @property
    def url(self):
        """Return the address of what it is about, empty where that is gone or has no page."""
        about = self.subject
        if isinstance(about, Event):
            about = about.subject
        return about.get_absolute_url() if hasattr(about, "get_absolute_url") else ""

    def read(self, now=None):
        Notification.objects.filter(pk=self.pk).read(now)
