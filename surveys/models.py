from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from common.words import in_language
from customers.models import Customer, Vehicle
from stores.models import Department, Store
from visits.models import Delivery, Visit


class Side(models.TextChoices):
    SALES = "sales", _("Sales")
    AFTER_SALES = "after_sales", _("After-sales")


class Questionnaire(models.Model):
    """One frozen version of a questionnaire; a change is a new version, answers keep theirs (SU3)."""

    class Scale(models.TextChoices):
        X100 = "x100", _("100 × rating")
        MINMAX = "minmax", _("1000 × (rating − lowest) / (highest − lowest)")

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
    completeness = models.DecimalField(_("completeness"), max_digits=4, decimal_places=3, default="0.6", help_text=_("Share of the weight that must be answered."))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("questionnaire")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="questionnaire_version_once"),
            models.CheckConstraint(condition=models.Q(lowest__lt=models.F("highest")), name="questionnaire_scale"),
        ]

    def __str__(self):
        return f"{in_language(self.name_en, self.name_zh)} v{self.version}"


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
        constraints = [models.UniqueConstraint(fields=["questionnaire", "code"], name="factor_once")]

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
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("question")
        ordering = ["questionnaire", "position"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "code"], name="question_once")]

    def __str__(self):
        return in_language(self.text_en, self.text_zh)


class Response(models.Model):
    """What one customer answered, scored at submission and never edited after; it can be voided, the score stays."""

    view_permission = "surveys.view"

    class Mode(models.TextChoices):
        PHONE = "phone", _("Phone")
        FACE = "face", _("Face to face")
        LINK = "link", _("Link")
        MESSAGE = "message", _("SMS or WeChat")

    class Mood(models.TextChoices):
        SATISFIED = "satisfied", _("Satisfied")
        NEUTRAL = "neutral", _("Neutral")
        COMPLAINING = "complaining", _("Complaining")

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

    objects = StoreScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(fields=["store", "served_on"], name="response_served"),
            models.Index(fields=["store", "-submitted_at", "-id"], name="response_newest"),
        ]

    def __str__(self):
        return f"{self.questionnaire} · {self.customer}"

    @transaction.atomic
    def void(self, *, by, reason):
        """Take the response out of every index; answers and score stay readable."""
        if not by.may("surveys.void", self.store_id):
            raise NotAllowed
        if not reason:
            raise DomainError(_("Give the reason for voiding."), code="reason_missing", field="reason")
        changes = {"voided_at": timezone.now(), "voided_by": by, "void_reason": reason}
        if not Response.objects.filter(pk=self.pk, voided_at=None).update(**changes):
            raise Conflict(_("The response has already been voided."))
        for name, value in changes.items():
            setattr(self, name, value)
        record("response.voided", self, by=by, reason=reason)
        announce_days(self.store_id, self.served_on)


class Answer(models.Model):
    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    value = models.SmallIntegerField(_("value"), null=True, blank=True, help_text=_("Rating, or 1 for yes and 0 for no; empty is not applicable."))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("answer")
        ordering = ["question__position"]
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="answer_once")]


class FactorScore(models.Model):
    """The factor score of one respondent, in points of 1000; only factors with an answer have a row."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="factor_scores")
    factor = models.ForeignKey(Factor, models.PROTECT, related_name="scores")
    points = models.DecimalField(_("points"), max_digits=9, decimal_places=4)

    class Meta:
        verbose_name = _("factor score")
        constraints = [models.UniqueConstraint(fields=["response", "factor"], name="factor_score_once")]


class Checklist(models.Model):
    """A mystery-shop checklist of one side; a published one is frozen, a change is a new version."""

    code = models.SlugField(_("code"), max_length=30)
    version = models.PositiveIntegerField(_("version"), default=1)
    side = models.CharField(_("side"), max_length=12, choices=Side)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("checklist")
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once")]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)


class ChecklistItem(models.Model):
    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items")
    section_en = models.CharField(_("section in English"), max_length=80)
    section_zh = models.CharField(_("section in Chinese"), max_length=80)
    text_en = models.CharField(_("text in English"), max_length=200)
    text_zh = models.CharField(_("text in Chinese"), max_length=200)
    points = models.PositiveSmallIntegerField(_("points"), default=1)
    may_be_na = models.BooleanField(_("may be not applicable"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("checklist item")
        ordering = ["checklist", "position"]

    def __str__(self):
        return in_language(self.text_en, self.text_zh)

    @property
    def section(self):
        return in_language(self.section_en, self.section_zh)


class MysteryShopQuerySet(StoreScopedQuerySet):
    def for_user(self, user):
        """Return the shops of stores the person oversees, and those about the person."""
        overseen = self.where_allowed(user, "surveys.view_audits")
        about = self.filter(employee=user, submitted_at__isnull=False).where_allowed(user, "surveys.view_own_audits")
        return overseen | about


class MysteryShop(models.Model):
    """One scored visit of a mystery shopper to a named adviser (S3-10, S3-27 to S3-30)."""

    class Kind(models.TextChoices):
        ANNOUNCED = "announced", _("Announced check")
        COVERT = "covert", _("Covert check")

    store = models.ForeignKey(Store, models.PROTECT, related_name="mystery_shops", verbose_name=_("store"))
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="shops", verbose_name=_("checklist"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    employee = models.ForeignKey(User, models.PROTECT, related_name="mystery_shops", verbose_name=_("adviser"))
    auditor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("auditor"))
    visited_on = models.DateField(_("visited on"))
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True, blank=True, editable=False)
    remark = models.TextField(_("remark"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)

    objects = MysteryShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("mystery shop")
        ordering = ["-visited_on", "-pk"]
        indexes = [models.Index(fields=["store", "visited_on"], name="mystery_shop_day")]

    def __str__(self):
        return f"{self.employee} {self.visited_on}"


class ItemScore(models.Model):
    shop = models.ForeignKey(MysteryShop, models.CASCADE, related_name="scores")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="scores")
    earned = models.PositiveSmallIntegerField(_("points earned"), null=True, blank=True, help_text=_("Empty is not applicable."))
    note = models.CharField(_("note"), max_length=300, blank=True)
    photo = models.ImageField(_("photo"), upload_to="mystery-shops/", blank=True)

    class Meta:
        verbose_name = _("item score")
        ordering = ["item__position"]
        constraints = [models.UniqueConstraint(fields=["shop", "item"], name="item_score_once")]


class MysteryShopQuota(models.Model):
    """How many shops a month are due: per person of a role, or in total for a department when the role is empty (S3-27, S3-29)."""

    kind = models.CharField(_("kind"), max_length=10, choices=MysteryShop.Kind)
    side = models.CharField(_("side"), max_length=12, choices=Side)
    role = models.CharField(_("role"), max_length=20, blank=True, help_text=_("Empty: the number is for the whole store."))
    department_kind = models.CharField(_("department"), max_length=12, choices=Department.Kind, blank=True)
    per_month = models.PositiveSmallIntegerField(_("per month"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("mystery-shop quota")
        ordering = ["kind", "side", "role"]
