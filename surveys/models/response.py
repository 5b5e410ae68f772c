from itertools import groupby

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.models import Customer, Vehicle
from stores.models import Store
from surveys.models.questionnaire import Factor, Question, Questionnaire
from surveys.scoring import COMPLAINING, NEUTRAL, SATISFIED, rounded
from surveys.signals import response_submitted
from visits.models import Delivery, Visit


class ResponseQuerySet(StoreScopedQuerySet):
    def valid(self):
        return self.filter(voided_at=None)

    def counted(self):
        """Return the responses that count in their index: complete enough and not voided."""
        return self.valid().filter(is_counted=True)

    def not_counted(self):
        return self.exclude(voided_at=None, is_counted=True)

    def rated_below(self, rating, question_code=""):
        """Return the responses with a rating under ``rating``, on any question or on one."""
        low = Answer.objects.filter(response=OuterRef("pk"), question__kind=Question.Kind.RATING, value__lt=rating)
        return self.filter(Exists(low.filter(question__code=question_code) if question_code else low))

    def having_answered(self, question_code):
        return self.filter(Exists(Answer.objects.filter(response=OuterRef("pk"), question__code=question_code).exclude(Q(value=None) & Q(text=""))))

    def with_context(self):
        return self.select_related("store", "questionnaire", "customer", "vehicle", "employee", "submitted_by")


class Response(models.Model):
    """What one customer answered, scored at submission and never edited after; it can be voided, the score stays."""

    view_permission = "surveys.view"

    class Mode(models.TextChoices):
        PHONE = "phone", _("Phone")
        FACE = "face", _("Face to face")
        LINK = "link", _("Link")
        MESSAGE = "message", _("SMS or WeChat")

    class Mood(models.TextChoices):
        SATISFIED = SATISFIED, _("Satisfied")
        NEUTRAL = NEUTRAL, _("Neutral")
        COMPLAINING = COMPLAINING, _("Complaining")

    store = models.ForeignKey(Store, models.PROTECT, related_name="responses", verbose_name=_("store"))
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="responses", verbose_name=_("questionnaire"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="responses", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="responses", verbose_name=_("vehicle"))
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="responses", verbose_name=_("visit"))
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, blank=True, related_name="responses", verbose_name=_("delivery"))
    employee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("adviser served"))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode, default=Mode.PHONE)
    served_on = models.DateField(_("served on"), help_text=_("Day of the service or delivery: the period the response counts in."))
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("submitted by"))
    points = models.DecimalField(_("index points"), max_digits=9, decimal_places=4, null=True, blank=True)
    answered_weight = models.DecimalField(_("answered share of the weight"), max_digits=5, decimal_places=4, default=0)
    is_counted = models.BooleanField(_("counted"), default=False)
    mood = models.CharField(_("satisfaction"), max_length=12, choices=Mood)
    remark = models.TextField(_("customer's words"), blank=True)
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voided by"))
    void_reason = models.CharField(_("reason for voiding"), max_length=200, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "served_on"], name="response_served"),
            models.Index(fields=["store", "-submitted_at", "-id"], name="response_newest"),
        ]

    def __str__(self):
        return f"{self.questionnaire} · {self.customer}"

    def get_absolute_url(self):
        return reverse("surveys:detail", args=[self.pk])

    @property
    def status(self):
        """Return how the response stands in its index: counted, partial, outside of any, or voided."""
        if self.voided_at:
            return "voided"
        if self.is_counted:
            return "counted"
        return "partial" if self.questionnaire.index else "outside"

    def get_status_display(self):
        return {"voided": _("Voided"), "counted": _("Counted"), "partial": _("Partial, not counted"), "outside": _("Feeds no index")}[self.status]

    @property
    def shown_points(self):
        return rounded(self.points)

    @property
    def answered_percent(self):
        return rounded(100 * self.answered_weight)

    def can_void_by(self, user):
        return self.voided_at is None and user.may("surveys.void", self.store_id)

    @transaction.atomic
    def submit(self, answers, *, by):
        """Score and store the answers ``{question id: rating, 1 or 0, text, or None for not applicable}``, once."""
        if not by.may("surveys.submit", self.store_id):
            raise NotAllowed
        if self.pk:
            raise Conflict(_("The response has already been submitted."), code="already_submitted")
        self.check_context()
        given = self.questionnaire.checked(answers)
        score = self.questionnaire.score(given)
        self.points, self.answered_weight, self.is_counted = rounded(score.points, 4), rounded(score.answered_weight, 4), score.is_counted
        self.mood, self.submitted_by = self.questionnaire.mood(given), by
        self.save()
        self.save_answers(given, score)
        points = None if self.points is None else str(self.points)
        record("response.submitted", self, by=by, questionnaire=self.questionnaire.code, mood=self.mood, points=points)
        self.announce()
        response_submitted.send(sender=Response, response=self)
        return self

    @transaction.atomic
    def void(self, *, by, reason):
        """Take the response out of every index; answers and score stay readable."""
        if not by.may("surveys.void", self.store_id):
            raise NotAllowed
        reason = reason.strip()
        if not reason:
            raise DomainError(_("Give the reason for voiding."), code="reason_missing", field="reason")
        self.take_out(by=by, reason=reason)

    @transaction.atomic
    def take_out(self, *, by, reason):
        """Void it on somebody's word that the app above has checked: the call it came from was never made, for one."""
        changes = {"voided_at": timezone.now(), "voided_by": by, "void_reason": reason}
        if not Response.objects.filter(pk=self.pk, voided_at=None).update(**changes):
            raise Conflict(_("The response has already been voided."))
        for name, value in changes.items():
            setattr(self, name, value)
        record("response.voided", self, by=by, reason=reason)
        self.announce()

    def announce(self):
        """Tell which figures may have changed: those of the day served and, for interviews of buyers, of the day of the delivery."""
        announce_days(self.store_id, self.served_on, self.delivery and self.store.local(self.delivery.delivered_at).date())

    def sections(self):
        """Return ``[(factor or None, [(answer, its tone)])]`` in the order of the interview."""
        answers = [(answer, answer.tone(self.questionnaire)) for answer in self.answers.select_related("question__factor")]
        return [(factor, list(group)) for factor, group in groupby(answers, key=lambda pair: pair[0].question.factor)]

    def factor_table(self):
        """Return ``[(factor, its share of the weight, its points or None)]`` of every factor."""
        points = {score.factor_id: score.points for score in self.factor_scores.all()}
        return [(factor, share, points.get(factor.pk)) for factor, share in self.questionnaire.shares()]

    def check_context(self):
        """Refuse a draft questionnaire, a day to come, and a car, visit or delivery of somebody else."""
        if self.questionnaire.published_at is None:
            raise DomainError(_("The questionnaire is not published."), code="questionnaire_draft", field="questionnaire")
        if self.served_on > self.store.today():
            raise DomainError(_("The day served must not lie in the future."), code="served_in_future", field="served_on")
        for name in ("customer", "vehicle", "visit", "delivery"):
            linked = getattr(self, name)
            if linked is not None and linked.store_id != self.store_id:
                raise DomainError(_("This belongs to another store."), code="other_store", field=name)
        for name in ("visit", "delivery"):
            linked = getattr(self, name)
            if linked is not None and linked.customer_id != self.customer_id:
                raise DomainError(_("This belongs to another customer."), code="other_customer", field=name)

    def save_answers(self, given, score):
        Answer.objects.bulk_create(
            Answer(response=self, question=question, text=answer) if isinstance(answer, str) else Answer(response=self, question=question, value=answer)
            for question, answer in given.items()
        )
        FactorScore.objects.bulk_create(FactorScore(response=self, factor=factor, points=rounded(points, 4)) for factor, points in score.factors.items())


class Answer(models.Model):
    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    value = models.SmallIntegerField(_("value"), null=True, blank=True, help_text=_("Rating, or 1 for yes and 0 for no; empty is not applicable."))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("answer")
        ordering = ["question__position"]
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="answer_once")]

    def __str__(self):
        return str(self.shown)

    @property
    def shown(self):
        """Return what was answered, in the reader's words; None when not applicable."""
        if self.value is None:
            return self.text or None
        if self.question.kind == Question.Kind.YES_NO:
            return _("Yes") if self.value else _("No")
        return self.value

    def tone(self, questionnaire):
        """Tell whether the answer is good or low, so that low ones stand out."""
        if self.value is None:
            return "neutral"
        if self.question.kind == Question.Kind.YES_NO:
            return "danger" if self.value == self.question.grievance_value else "neutral"
        if self.value <= questionnaire.complaining_to:
            return "danger"
        return "good" if self.value >= questionnaire.satisfied_from else "neutral"


class FactorScore(models.Model):
    """The factor score of one respondent, in points of 1000; only factors with an answer have a row."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="factor_scores")
    factor = models.ForeignKey(Factor, models.PROTECT, related_name="scores")
    points = models.DecimalField(_("points"), max_digits=9, decimal_places=4)

    class Meta:
        verbose_name = _("factor score")
        constraints = [models.UniqueConstraint(fields=["response", "factor"], name="factor_score_once")]
