from decimal import Decimal
from itertools import groupby

from django.db import models
from django.db.models import Count
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.middleware import storable
from common.words import in_language
from surveys import scoring
from surveys.models.drafting import Drafting

LONGEST_TEXT = 2000


class Side(models.TextChoices):
    SALES = "sales", _("Sales")
    AFTER_SALES = "after_sales", _("After-sales")


class QuestionnaireQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def in_use(self):
        return self.published().filter(retired_at=None)

    def with_counts(self):
        return self.annotate(factor_count=Count("factors", distinct=True), question_count=Count("questions", distinct=True))


class Questionnaire(Drafting):
    """One frozen version of a questionnaire; a change is a new version, answers keep theirs (SU3)."""

    class Scale(models.TextChoices):
        X100 = scoring.X100, _("100 × rating")
        MINMAX = scoring.MINMAX, _("1000 × (rating − lowest) / (highest − lowest)")

    code = models.SlugField(_("code"), max_length=30)
    version = models.PositiveIntegerField(_("version"), default=1)
    index = models.CharField(_("index"), max_length=10, help_text=_("csi, css or mot; empty when the answers feed no index."), blank=True)
    side = models.CharField(_("side"), max_length=12, choices=Side)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    scale = models.CharField(_("scale"), max_length=8, choices=Scale, default=Scale.X100)
    lowest = models.SmallIntegerField(_("lowest rating"), default=1)
    highest = models.SmallIntegerField(_("highest rating"), default=10)
    satisfied_from = models.SmallIntegerField(_("satisfied from rating"), default=8)
    complaining_to = models.SmallIntegerField(_("complaining up to rating"), default=5)
    completeness = models.DecimalField(
        _("completeness"), max_digits=4, decimal_places=3, default=Decimal("0.6"), help_text=_("Share of the weight that must be answered.")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="questionnaire_version_once"),
            models.CheckConstraint(condition=models.Q(lowest__lt=models.F("highest")), name="questionnaire_scale"),
        ]

    def __str__(self):
        return f"{self.name} v{self.version}"

    def get_absolute_url(self):
        return reverse("surveys:questionnaire_detail", args=[self.pk])

    @property
    def name(self):
        return in_language(self.name_en, self.name_zh)

    @property
    def status(self):
        if self.retired_at:
            return "retired"
        return "published" if self.published_at else "draft"

    def get_status_display(self):
        return {"retired": _("Retired"), "published": _("In use"), "draft": _("Draft")}[self.status]

    @property
    def is_frozen(self):
        return self.published_at is not None

    @property
    def completeness_percent(self):
        return scoring.rounded(100 * self.completeness)

    @cached_property
    def question_list(self):
        """Return the questions in order, read once: a published version never changes."""
        return list(self.questions.select_related("factor"))

    @property
    def ratings_range(self):
        return range(self.lowest, self.highest + 1)

    def sections(self):
        """Return ``[(factor or None, [question])]`` in the order of the interview."""
        return [(factor, list(questions)) for factor, questions in groupby(self.question_list, key=lambda question: question.factor)]

    def shares(self):
        """Return ``[(factor, its share of the total weight in per cent)]``."""
        factors = list(self.factors.all())
        total = sum(factor.weight for factor in factors)
        return [(factor, scoring.rounded(100 * factor.weight / total, 1)) for factor in factors]

    def checked(self, answers):
        """Return ``{question: answer}`` of every question, or say which answer is not acceptable."""
        unknown = set(answers) - {question.pk for question in self.question_list}
        if unknown:
            raise DomainError(_("The questionnaire has no such question."), code="unknown_question", field="answers")
        given = {question: question.checked(answers.get(question.pk)) for question in self.question_list}
        if all(answer is None for answer in given.values()):
            raise DomainError(_("Answer at least one question."), code="nothing_answered", field="answers")
        return given

    def score(self, answers):
        """Score checked ``{question: answer}`` with this version's own weights and scale."""
        ratings = [scoring.Rating(question.factor, answer, question.weight) for question, answer in answers.items() if question.is_scored]
        weights = {factor: factor.weight for factor in self.factors.all()}
        scale = scoring.Scale(self.scale, self.lowest, self.highest)
        return scoring.score(ratings, weights, scale=scale, completeness=self.completeness)

    def mood(self, answers):
        """Return the mood of checked ``{question: answer}``."""
        return scoring.mood(
            [answer for question, answer in answers.items() if question.kind == Question.Kind.RATING and not question.is_overall],
            overall=self.overall_rating(answers),
            has_grievance=any(answer is not None and answer == question.grievance_value for question, answer in answers.items()),
            satisfied_from=self.satisfied_from,
            complaining_to=self.complaining_to,
        )

    def overall_rating(self, answers):
        """Return the overall answer as a rating; a plain "yes, satisfied" stands for the highest one."""
        overall = next(((question, answer) for question, answer in answers.items() if question.is_overall and answer is not None), None)
        if overall is None or overall[0].kind == Question.Kind.RATING:
            return overall and overall[1]
        return self.highest if overall[1] else self.lowest


class Factor(models.Model):
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="factors")
    code = models.SlugField(_("code"), max_length=30)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    weight = models.DecimalField(_("weight"), max_digits=7, decimal_places=3, default=1)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("factor")
        ordering = ["questionnaire", "position"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "code"], name="factor_once"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="factor_weight_positive"),
        ]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)


class Question(models.Model):
    """Without a factor (overall rating, six topics, remarks) a question feeds no index."""

    class Kind(models.TextChoices):
        RATING = "rating", _("Rating")
        YES_NO = "yes_no", _("Yes or no")
        TEXT = "text", _("Text")

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="questions")
    factor = models.ForeignKey(Factor, models.CASCADE, null=True, blank=True, related_name="questions")
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.RATING)
    text_en = models.CharField(_("text in English"), max_length=300)
    text_zh = models.CharField(_("text in Chinese"), max_length=300)
    weight = models.DecimalField(_("weight"), max_digits=7, decimal_places=3, default=1)
    is_required = models.BooleanField(_("required"), default=False)
    is_overall = models.BooleanField(_("overall satisfaction"), default=False)
    grievance_value = models.SmallIntegerField(
        _("answer that is a grievance"), null=True, blank=True, help_text=_("1 when yes, 0 when no is a grievance; empty when neither is.")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("question")
        ordering = ["questionnaire", "position"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "code"], name="question_once"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="question_weight_positive"),
        ]

    def __str__(self):
        return in_language(self.text_en, self.text_zh)

    @property
    def is_scored(self):
        return self.factor_id is not None and self.kind == self.Kind.RATING

    @property
    def field_name(self):
        """Return the name of its input in forms and error answers."""
        return f"q{self.pk}"

    def checked(self, answer):
        """Return the answer as it is stored: a rating, 1 or 0, a text, None for not applicable."""
        if isinstance(answer, str):
            answer = answer.strip()
        if answer is None or answer == "":
            if self.is_required:
                raise DomainError(_("Please answer: %(question)s") % {"question": self}, code="answer_missing", field=self.field_name)
            return None
        return self.checked_text(answer) if self.kind == self.Kind.TEXT else self.checked_value(answer)

    def checked_text(self, answer):
        if not isinstance(answer, str) or len(answer) > LONGEST_TEXT or not storable(answer):
            message = _("“%(question)s” takes a text of at most %(longest)s characters.") % {"question": self, "longest": LONGEST_TEXT}
            raise DomainError(message, code="answer_text", field=self.field_name)
        return answer

    def checked_value(self, answer):
        accepted = self.questionnaire.ratings_range if self.kind == self.Kind.RATING else range(2)
        if isinstance(answer, bool) or not isinstance(answer, int) or answer not in accepted:
            bounds = {"question": self, "lowest": accepted[0], "highest": accepted[-1]}
            message = _("“%(question)s” takes a whole number from %(lowest)s to %(highest)s, or nothing when not applicable.") % bounds
            raise DomainError(message, code="answer_range", field=self.field_name)
        return answer
