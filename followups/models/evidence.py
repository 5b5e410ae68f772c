from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from activity.services import save_setting
from common.words import in_language


def number(label, default, least=1, most=9999, **more):
    return models.PositiveSmallIntegerField(label, default=default, validators=[MinValueValidator(least), MaxValueValidator(most)], **more)


class EvidenceRuleQuerySet(models.QuerySet):
    def by_day(self):
        """Return a function from a day to the rule in force on it, the rules read once."""
        rules = list(self.order_by("-valid_from"))
        return lambda day: next((rule for rule in rules if rule.valid_from <= day), None)


class EvidenceRule(models.Model):
    """From when on logged calls are asked about (FU13, T27); dated, a call is judged by the newest rule in force on its day."""

    valid_from = models.DateField(_("valid from"), unique=True)
    pace_calls = number(_("pace: from so many calls"), 4, least=2)
    pace_seconds = number(_("logged within (seconds)"), 60)
    ring_seconds = number(_("length: nobody reached, at least (seconds)"), 5)
    contact_seconds = number(_("customer reached, at least (seconds)"), 10)
    interview_seconds = number(_("interview completed, at least (seconds)"), 30)
    short_calls = number(_("from so many short calls a day"), 4)
    note_customers = number(_("notes: from so many customers"), 4, least=2)
    note_percent = number(_("with the same words to (percent)"), 85, least=50, most=100)
    note_words = number(_("in notes of at least (characters or words)"), 10, help_text=_("Chinese characters, or words of other writing."))
    note_days = number(_("within (days)"), 7, most=60)
    series_calls = number(_("nobody reached: from so many calls in a row"), 12, least=2)
    outside_calls = number(_("outside the hours: from so many calls a day"), 2)
    grace_minutes = number(_("leaving out the first (minutes)"), 30, least=0)
    source_en = models.TextField(_("where the numbers come from, in English"))
    source_zh = models.TextField(_("where the numbers come from, in Chinese"))

    objects = EvidenceRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of doubtful calls")
        verbose_name_plural = _("rules of doubtful calls")
        ordering = ["-valid_from"]

    def __str__(self):
        return date_format(self.valid_from, "Y-m-d")

    @property
    def source(self):
        return in_language(self.source_en, self.source_zh)

    @transaction.atomic
    def set(self, *, by):
        by.answer_for_all("followups.configure")
        save_setting(self, by=by)
