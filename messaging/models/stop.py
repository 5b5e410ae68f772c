from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict
from notifications.services import notify
from stores.models import Store

# A provider out of reach is tried again with one message after this time.
TRIAL_PAUSE = timedelta(minutes=5)


class ChannelStopQuerySet(models.QuerySet):
    def current(self, channel):
        return self.filter(channel=channel, ended_at=None).first()

    def holds(self, channel):
        """Tell whether nothing at all may go out now; a provider out of reach is left to the sender, which tries it with one message."""
        return self.filter(channel=channel, ended_at=None, next_trial_at=None).exists()

    @transaction.atomic
    def stop(self, channel, cause, *, answer="", by=None, now=None):
        """Stop the channel and tell those who configure messages, once; a stop that runs already goes on."""
        if by:
            by.answer_for_all("messaging.configure")
        now = now or timezone.now()
        current = self.current(channel)
        if current and current.next_trial_at and cause != ChannelStop.Cause.OUT_OF_REACH:
            current.end(now)
        next_trial_at = now + TRIAL_PAUSE if cause == ChannelStop.Cause.OUT_OF_REACH else None
        fields = {"cause": cause, "answer": answer, "next_trial_at": next_trial_at, "started_at": now}
        stop, is_new = self.get_or_create(channel=channel, ended_at=None, defaults=fields)
        if is_new:
            record("channel.stopped", stop, by=by, cause=cause, answer=stop.answer)
            keepers = User.objects.with_permission_in("messaging.configure", Store.objects.all())
            notify(keepers.exclude(pk=by.pk) if by else keepers, "channel.stopped", stop, cause=cause, answer=stop.answer)
        return stop


class ChannelStop(models.Model):
    """A time in which a channel sends nothing, from its cause to its end. Messages wait meanwhile or expire by their own rule (T70)."""

    class Cause(models.TextChoices):
        SUSPENDED = "suspended", _("The provider has suspended the text, the signature, the account or the key")
        OUT_OF_REACH = "out_of_reach", _("The provider does not answer or has too much to do")
        BY_HAND = "by_hand", _("Stopped by hand")

    channel = models.CharField(_("channel"), max_length=80)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause)
    answer = models.CharField(_("the provider's answer"), max_length=120, blank=True)
    started_at = models.DateTimeField(_("since"), default=timezone.now)
    next_trial_at = models.DateTimeField(_("next trial"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ChannelStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop of the channel")
        ordering = ["-started_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["channel"], condition=Q(ended_at=None), name="channel_stop_one_at_a_time")]

    def __str__(self):
        return self.get_cause_display()

    def get_absolute_url(self):
        return reverse("messaging:channel")

    def begin_trial(self, now):
        """Claim the one message by which the provider is tried again; tell whether it is ours."""
        due = ChannelStop.objects.filter(pk=self.pk, ended_at=None, next_trial_at=self.next_trial_at, next_trial_at__lte=now)
        return bool(due.update(next_trial_at=now + TRIAL_PAUSE))

    @transaction.atomic
    def resume(self, *, by, now=None):
        """Let messages go out again."""
        by.answer_for_all("messaging.configure")
        if not self.end(now or timezone.now(), by=by):
            raise Conflict(_("The channel is not stopped any more."))

    @transaction.atomic
    def end(self, now, *, by=None):
        if not ChannelStop.objects.filter(pk=self.pk, ended_at=None).update(ended_at=now):
            return False
        self.ended_at = now
        record("channel.resumed", self, by=by)
        return True
