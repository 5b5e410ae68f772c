from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.models import Event
from common.errors import DomainError
from notifications.kinds import KINDS, URGENT, Choice, Mail
from stores.models import Store

LEASE = timedelta(seconds=120)
# How long to wait after each try the server turned down; after the last one it is tried once an hour.
PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1)]
MOST_ATTEMPTS = 72
FIRST_HOUR, LAST_HOUR, USUAL_HOUR = 6, 20, 8


class NotificationQuerySet(models.QuerySet):
    def for_user(self, user):
        """Return what is the user's own, without the stores the person has left since (UX10)."""
        store_ids = user.store_ids()
        mine = self.filter(user_id=user.pk)
        return mine if store_ids is None else mine.filter(models.Q(store=None) | models.Q(store__in=store_ids))

    def bell_of(self, user):
        return self.for_user(user).filter(in_bell=True)

    def unread(self):
        return self.filter(read_at=None)

    def waiting_for_mail(self):
        """Return what is to be mailed and in no letter yet; what has been read meanwhile needs none."""
        return self.unread().filter(letter=None, user__is_active=True).exclude(mail=Mail.NONE)

    def read(self, now=None):
        """Mark all of them as read; what was read before keeps its time."""
        return self.unread().update(read_at=now or timezone.now())


class Notification(models.Model):
    """A message to one member of staff. ``code`` is worded by ``templates/notifications/<code>.html``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    store = models.ForeignKey(Store, models.PROTECT, null=True, related_name="+", verbose_name=_("store"))
    code = models.CharField(max_length=60)
    subject_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    particulars = models.JSONField(default=dict)
    in_bell = models.BooleanField(default=True)
    mail = models.CharField(max_length=10, choices=Mail, default=Mail.NONE)
    letter = models.ForeignKey("Letter", models.SET_NULL, null=True, blank=True, related_name="notifications")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "read_at"], name="notification_unread"),
            models.Index(fields=["user"], condition=models.Q(letter=None, read_at=None) & ~models.Q(mail="none"), name="notification_to_mail"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "code", "subject_type", "subject_id"], name="notification_once")]

    def __str__(self):
        return self.code

    @property
    def template_names(self):
        return [f"notifications/{self.code}.html", "notifications/_notification.html"]

    @property
    def is_urgent(self):
        return self.code in URGENT

    @property
    def url(self):
        """Return the address of what it is about, empty where that is gone or has no page."""
        about = self.subject
        if isinstance(about, Event):
            about = about.subject
        return about.get_absolute_url() if hasattr(about, "get_absolute_url") else ""

    def read(self, now=None):
        Notification.objects.filter(pk=self.pk).read(now)


class Preference(models.Model):
    """What one person has chosen; a kind that is not among ``choices`` is told as the role's default says."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preference", verbose_name=_("user"))
    digest_hour = models.PositiveSmallIntegerField(_("hour of the daily digest"), default=USUAL_HOUR)
    choices = models.JSONField(default=dict, help_text="code → {bell, mail}")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("notification preference")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest_hour__gte=FIRST_HOUR, digest_hour__lte=LAST_HOUR),
                name="preference_digest_hour",
                violation_error_message=_("The daily digest goes out between 06:00 and 20:00."),
            )
        ]

    def __str__(self):
        return str(self.user)

    @classmethod
    def of(cls, user):
        return cls.objects.filter(user=user).first() or cls(user=user)

    def choice(self, kind, roles):
        chosen = self.choices.get(kind.code)
        return Choice(**chosen) if chosen else kind.default_for(roles)

    def choose(self, choices, digest_hour):
        """Keep what differs from the default of the person's roles, so that a changed default still reaches the rest."""
        for code, choice in choices.items():
            if KINDS[code].is_silenced_by(choice):
                raise DomainError(_("This is urgent: keep the bell or the mail at once."), code="urgent", field=f"{code}-bell")
        roles = self.user.roles
        kept = {code: {"bell": one.bell, "mail": str(one.mail)} for code, one in choices.items() if one != KINDS[code].default_for(roles)}
        untouched = {code: chosen for code, chosen in self.choices.items() if code not in choices}
        Preference.objects.update_or_create(user=self.user, defaults={"digest_hour": digest_hour, "choices": untouched | kept})


class LetterQuerySet(models.QuerySet):
    def due(self, now):
        """Return what may go out, also what a sender that died has left behind: staff rather read a mail twice than never."""
        Status = Letter.Status
        return self.filter(models.Q(status=Status.PLANNED, due_at__lte=now) | models.Q(status=Status.SENDING, lease_until__lt=now))


class Letter(models.Model):
    """One mail to one member of staff. ``key`` makes planning it twice impossible; its text is built when it goes out."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        EMPTY = "empty", _("Nothing left to tell")
        FAILED = "failed", _("Failed")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters", verbose_name=_("user"))
    key = models.CharField(max_length=60, unique=True, help_text="digest:user:day or at_once:user:first notification")
    mail = models.CharField(max_length=10, choices=Mail)
    is_urgent = models.BooleanField(default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED, editable=False)
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(status__in=["planned", "sending"]), name="letter_due")]

    def __str__(self):
        return self.key

    def is_late(self, now=None):
        """Tell whether it should have gone out minutes ago: the mail server is away."""
        return self.status in (self.Status.PLANNED, self.Status.SENDING) and self.due_at < (now or timezone.now()) - timedelta(minutes=5)

    @classmethod
    @transaction.atomic
    def plan(cls, key, user, notes, **fields):
        """Put the notifications into one letter; the second of two sweepers finds it planned."""
        letter, is_new = cls.objects.get_or_create(key=key, defaults={"user": user, **fields})
        if is_new:
            Notification.objects.filter(pk__in=[note.pk for note in notes], letter=None).update(letter=letter)
        if is_new and letter.mail == Mail.DIGEST:
            letter.take_over()

    def take_over(self):
        """Tell what earlier digests still wait to tell: however long the server was away, the day has one digest."""
        waiting = Letter.objects.filter(user=self.user_id, mail=Mail.DIGEST, status=self.Status.PLANNED).exclude(pk=self.pk)
        for earlier in waiting:
            if Letter.objects.filter(pk=earlier.pk, status=self.Status.PLANNED).update(status=self.Status.EMPTY):
                earlier.notifications.update(letter=self)

    def begin(self, now):
        """Take the letter for one try; of two senders one gets it."""
        mine = Letter.objects.due(now).filter(pk=self.pk, attempts=self.attempts)
        taken = mine.update(status=self.Status.SENDING, lease_until=now + LEASE, attempts=self.attempts + 1)
        self.attempts += taken
        return bool(taken)

    def hold(self, until):
        """Keep a letter that may not go out now."""
        Letter.objects.filter(pk=self.pk, attempts=self.attempts).update(due_at=until)

    def finish(self, now):
        self.end(status=self.Status.SENT, sent_at=now)

    def drop(self):
        self.end(status=self.Status.EMPTY)

    def retry(self, now):
        """Plan the next try after a pause, or give up after the last."""
        if self.attempts >= MOST_ATTEMPTS:
            return self.fail()
        pause = PAUSES[min(self.attempts, len(PAUSES)) - 1]
        return self.end(status=self.Status.PLANNED, due_at=now + pause)

    @transaction.atomic
    def fail(self):
        """Give the mail up; what it was to tell rings in the bell instead, so that nothing is lost."""
        if self.end(status=self.Status.FAILED):
            self.notifications.update(in_bell=True)

    def end(self, **changes):
        """Write down what became of this try; a later try has the word instead of an older one."""
        mine = Letter.objects.filter(pk=self.pk, status=self.Status.SENDING, attempts=self.attempts)
        return mine.update(lease_until=None, **changes)
