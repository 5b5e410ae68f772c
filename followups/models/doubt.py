from collections import defaultdict
from datetime import datetime
from itertools import pairwise

from django.db import models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from followups.evidence import Sign
from followups.models.attempt import Attempt
from followups.models.followup import FollowUp
from stores.models import Store


class DoubtQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(status=Doubt.Status.OPEN)

    def for_list(self):
        """Return them for reading, those still to be settled first."""
        return self.select_related("store", "by", "settled_by").order_by(F("settled_at").desc(nulls_first=True), "-first_at", "-pk")


class Doubt(models.Model):
    """Calls of one person that look as if they had not been made, with the numbers that say so, until somebody else settles it."""

    view_permission = "followups.review"

    class Status(models.TextChoices):
        OPEN = "open", _("To be settled")
        PLAUSIBLE = "plausible", _("Plausible")
        TALKED = "talked", _("Talked about")
        VOIDED = "voided", _("Voided")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False, verbose_name=_("store"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("caller"))
    sign = models.CharField(_("sign"), max_length=6, choices=Sign)
    attempts = models.ManyToManyField(Attempt, related_name="doubts", verbose_name=_("attempts"))
    numbers = models.JSONField(default=dict)
    first_at = models.DateTimeField(_("first call"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPEN, editable=False)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", db_index=False, verbose_name=_("settled by"))
    words = models.CharField(_("what was found out"), max_length=400, blank=True, editable=False)

    objects = DoubtQuerySet.as_manager()

    class Meta:
        verbose_name = _("doubtful calls")
        verbose_name_plural = _("doubtful calls")
        ordering = ["-first_at", "-pk"]
        indexes = [models.Index(fields=["store", "status", "-first_at"], name="doubt_of_store")]

    def __str__(self):
        return f"{self.get_sign_display()} · {self.by}"

    def get_absolute_url(self):
        return reverse("followups:doubt_detail", args=[self.pk])

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    @property
    def reason(self):
        """Say what is doubtful, with the numbers and those of the rule."""
        return REASONS[self.sign](self)

    def clock(self, name):
        return date_format(self.store.local(datetime.fromisoformat(self.numbers[name])), "H:i")

    def timed_attempts(self):
        """Return its calls in the order they were logged, each with the seconds since the one before."""
        attempts = list(self.attempts.select_related("by", "followup__customer", "followup__plan").order_by("at", "pk"))
        for before, attempt in pairwise(attempts):
            attempt.gap = round((attempt.at - before.at).total_seconds())
        return attempts

    def can_settle_by(self, user):
        return self.is_open and self.by_id != user.pk and user.may("followups.review", self.store_id)

    @transaction.atomic
    def settle(self, status, words, *, by, attempts=(), now=None):
        """Say what was found out: the calls were made, it was talked about, or these ``attempts`` never happened and count no more."""
        now = now or timezone.now()
        self.check_settler(by)
        if status not in SETTLEMENTS:
            raise DomainError(gettext("Choose what was found out."), code="unknown_settlement", field="status")
        if not words.strip():
            raise DomainError(gettext("Say in a few words what was found out."), code="words_missing", field="words")
        changes = {"status": status, "words": words.strip(), "settled_at": now, "settled_by": by}
        if not Doubt.objects.open().filter(pk=self.pk).update(**changes):
            raise Conflict(gettext("Somebody else has settled this already."), code="already_settled")
        voided = self.void(attempts, changes["words"], by, now) if status == self.Status.VOIDED else 0
        for name, value in changes.items():
            setattr(self, name, value)
        record("doubt.settled", self, by=by, status=status, words=self.words, voided=voided)

    def check_settler(self, user):
        if not user.may("followups.review", self.store_id):
            raise NotAllowed
        if self.by_id == user.pk:
            raise NotAllowed(gettext("Somebody else settles what is doubtful about your own calls."), code="own_calls")

    def void(self, attempts, reason, by, now):
        """Void the chosen ones of its calls, follow-up by follow-up; return how many."""
        chosen = list(self.attempts.valid().filter(pk__in=[attempt.pk for attempt in attempts]))
        if not chosen:
            raise DomainError(gettext("Tick the calls that were never made."), code="attempts_missing", field="attempts")
        # A talk that never was has settled no other call of the household either.
        chosen += Attempt.objects.valid().filter(joined_to__in=chosen)
        by_followup = defaultdict(list)
        for attempt in chosen:
            by_followup[attempt.followup_id].append(attempt)
        for followup in FollowUp.objects.filter(pk__in=by_followup).select_related("store", "plan", "customer", "response"):
            followup.void_attempts(by_followup[followup.pk], by=by, reason=reason, now=now)
        return len(chosen)


SETTLEMENTS = [status for status in Doubt.Status if status != Doubt.Status.OPEN]


def pace_words(doubt):
    text = gettext("%(calls)d calls logged within %(seconds)d seconds; asked about from %(most)d calls within %(within)d seconds")
    return text % doubt.numbers


def length_words(doubt):
    text = ngettext(
        "%(calls)d call shorter than its outcome allows; it took %(seconds)d seconds where at least %(least)d are needed",
        "%(calls)d calls shorter than their outcome allows; the shortest took %(seconds)d seconds where at least %(least)d are needed",
        doubt.numbers["calls"],
    )
    return text % doubt.numbers


def notes_words(doubt):
    text = gettext("%(calls)d notes about %(customers)d customers are %(percent)d%% alike or more; asked about from %(most)d customers in %(days)d days")
    return text % doubt.numbers


def series_words(doubt):
    text = gettext("%(calls)d calls in a row reached nobody, within %(minutes)d minutes; asked about from %(most)d calls in a row")
    return text % doubt.numbers


def hours_words(doubt):
    store = doubt.store
    text = gettext("%(calls)d calls from %(first)s to %(last)s; the store is closed then and calls are made %(window)s, with %(grace)d minutes left out")
    window = f"{store.calls_from:%H:%M}–{store.calls_until:%H:%M}"
    return text % (doubt.numbers | {"first": doubt.clock("first"), "last": doubt.clock("last"), "window": window})


REASONS = {Sign.PACE: pace_words, Sign.LENGTH: length_words, Sign.NOTES: notes_words, Sign.SERIES: series_words, Sign.HOURS: hours_words}
