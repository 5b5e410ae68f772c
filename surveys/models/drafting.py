from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import Conflict, DomainError

RIGHT = "surveys.configure"
OWN_KEYS = {"id", "questionnaire_id", "factor_id"}


class Drafting(models.Model):
    """How a questionnaire changes: a draft is copied from a version, written, and published, which freezes it (SU3)."""

    class Meta:
        abstract = True

    @transaction.atomic
    def draft_next(self, *, by):
        """Copy this version as the next one, still a draft; a questionnaire has one draft at a time."""
        by.answer_for_all(RIGHT)
        versions = type(self).objects.filter(code=self.code)
        if versions.filter(published_at=None).exists():
            raise Conflict(_("There is a draft of this questionnaire already: finish or discard it first."), code="draft_exists")
        following = versions.aggregate(last=Max("version"))["last"] + 1
        draft = copied(self, version=following, published_at=None, retired_at=None)
        factors = {factor.pk: copied(factor, questionnaire=draft) for factor in self.factors.all()}
        for question in self.questions.all():
            copied(question, questionnaire=draft, factor=factors.get(question.factor_id))
        record("questionnaire.drafted", draft, by=by, version=following)
        return draft

    def refuse_frozen(self):
        if self.is_frozen:
            raise Conflict(_("A published version never changes; make a new one."), code="frozen")

    @transaction.atomic
    def publish(self, *, by, now=None):
        """Freeze the draft and use it from now on; the version before it goes out of use, its answers keep it."""
        by.answer_for_all(RIGHT)
        self.check_complete()
        now = now or timezone.now()
        if not type(self).objects.filter(pk=self.pk, published_at=None).update(published_at=now):
            self.refuse_frozen()
        self.published_at = now
        type(self).objects.in_use().filter(code=self.code).exclude(pk=self.pk).update(retired_at=now)
        record("questionnaire.published", self, by=by, version=self.version)

    def check_complete(self):
        """Refuse what could not be asked or scored."""
        questions = list(self.questions.select_related("factor"))
        if not questions:
            raise DomainError(_("A questionnaire needs at least one question."), code="no_question")
        scored = {question.factor_id for question in questions if question.is_scored}
        empty = next((factor for factor in self.factors.all() if factor.pk not in scored), None)
        if empty is not None:
            raise DomainError(_("The factor “%(factor)s” has no rated question.") % {"factor": empty}, code="empty_factor")
        if self.index and not scored:
            raise DomainError(_("An index needs at least one factor with a rated question."), code="no_factor")
        if sum(question.is_overall for question in questions) > 1:
            raise DomainError(_("Only one question can be the overall satisfaction."), code="overall_twice")

    @transaction.atomic
    def discard(self, *, by):
        """Throw the draft away."""
        by.answer_for_all(RIGHT)
        self.refuse_frozen()
        record("questionnaire.discarded", self, by=by, version=self.version)
        self.questions.all().delete()
        self.factors.all().delete()
        self.delete()


def copied(row, **changes):
    """Save a copy of the row with some values changed and return it."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname not in OWN_KEYS}
    return type(row).objects.create(**values | changes)
