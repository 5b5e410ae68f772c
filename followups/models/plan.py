from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from activity.services import save_setting
from common.words import in_language
from customers.models import Purpose
from followups.models.condition import Conditional
from followups.outcomes import Outcome
from stores.calendar import MOST, Unit
from surveys.models import Questionnaire, Side


class PlanQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def triggered_by(self, trigger):
        return self.filter(trigger=trigger)


class Plan(Conditional):
    """A rule that turns a trigger into follow-ups: who, when, with which questionnaire. Data, never code."""

    class Trigger(models.TextChoices):
        HAND_OVER = "hand_over", _("Car handed over after service")
        DELIVERY = "delivery", _("New car delivered")
        COMPLAINT_ANSWERED = "complaint_answered", _("Complaint answered")
        NO_SHOW = "no_show", _("Customer did not come")
        KEY_ACCOUNT = "key_account", _("Key account, again and again")
        MAINTENANCE = "maintenance", _("Maintenance falls due")
        INSURANCE = "insurance", _("Commercial insurance ends")
        INSPECTION = "inspection", _("Annual inspection falls due")
        ANNIVERSARY = "anniversary", _("Anniversary of the purchase")
        LAST_CONTACT = "last_contact", _("Nobody has been in touch for long")

    SURVEYED = (Trigger.HAND_OVER, Trigger.DELIVERY)
    # These start from a day on file, not from something that happens.
    DATED = (Trigger.MAINTENANCE, Trigger.INSURANCE, Trigger.INSPECTION, Trigger.ANNIVERSARY, Trigger.LAST_CONTACT)

    # What the customer may refuse apart from everything else (AR8); the verification of a complaint is the customer's own wish.
    PURPOSES = {
        Trigger.HAND_OVER: Purpose.SURVEY,
        Trigger.DELIVERY: Purpose.SURVEY,
        Trigger.NO_SHOW: Purpose.SERVICE,
        Trigger.KEY_ACCOUNT: Purpose.SERVICE,
        Trigger.MAINTENANCE: Purpose.REMINDER,
        Trigger.INSURANCE: Purpose.REMINDER,
        Trigger.INSPECTION: Purpose.REMINDER,
        Trigger.ANNIVERSARY: Purpose.REMINDER,
        Trigger.LAST_CONTACT: Purpose.REMINDER,
    }

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        LETTER = "letter", _("Letter")
        VISIT = "visit", _("Visit on site")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    trigger = models.CharField(_("trigger"), max_length=20, choices=Trigger)
    side = models.CharField(_("side"), max_length=12, choices=Side)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.CALL)
    offset = models.PositiveSmallIntegerField(_("due after"))
    unit = models.CharField(_("unit"), max_length=16, choices=Unit)
    is_before = models.BooleanField(_("before the day, not after it"), default=False)
    most_per_day = models.PositiveSmallIntegerField(_("most new calls per store and day"), null=True, blank=True, help_text=_("Empty means all."))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    to_salesperson = models.BooleanField(_("to the salesperson who sold the car"), default=False)
    questionnaire_code = models.SlugField(_("questionnaire"), max_length=30, blank=True)
    script_en = models.TextField(_("script in English"), blank=True)
    script_zh = models.TextField(_("script in Chinese"), blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=5, help_text=_("1 is the most urgent."))
    max_attempts = models.PositiveSmallIntegerField(_("most attempts"), default=3)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up plan")
        ordering = ["trigger", "priority", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="plan_valid_in_order",
                violation_error_message=_("The plan must not end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=9), name="plan_priority", violation_error_message=_("The priority is a number from 1 to 9.")
            ),
            models.CheckConstraint(condition=Q(max_attempts__gte=1), name="plan_attempts", violation_error_message=_("Allow at least one attempt.")),
        ]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)

    def clean(self):
        super().clean()
        if self.offset is not None and self.offset > MOST:
            raise ValidationError({"offset": _("Give a whole number from 0 to %(most)s.") % {"most": MOST}})
        if self.trigger in self.DATED and self.unit != Unit.CALENDAR_DAYS:
            raise ValidationError({"unit": _("A plan that starts from a day counts in calendar days.")})
        if self.trigger == self.Trigger.LAST_CONTACT and (self.is_before or not self.offset):
            raise ValidationError({"offset": _("Say after how many days without contact the call is due.")})
        if self.questionnaire_code and self.questionnaire() is None:
            raise ValidationError({"questionnaire_code": _("There is no published questionnaire with this code.")})

    def due_on(self, day):
        """Return the day of the call about ``day``, for plans that start from a day; a silence is over at once."""
        if self.trigger == self.Trigger.LAST_CONTACT:
            return day
        return day + timedelta(days=-self.offset if self.is_before else self.offset)

    @property
    def script(self):
        return in_language(self.script_en, self.script_zh)

    @property
    def is_call(self):
        return self.kind == self.Kind.CALL

    @property
    def purpose(self):
        """Return what a customer may refuse that stops the calls of the plan, None where nothing does."""
        return self.PURPOSES.get(self.trigger)

    @property
    def is_survey(self):
        """Tell whether the call asks how satisfied the customer is and may be refused apart (AR8); a verification is the customer's own matter."""
        return self.is_call and self.trigger in self.SURVEYED

    @property
    def outcomes(self):
        """Return what can come of it: anything of a call; a letter or a visit is done, or should not be."""
        return list(Outcome) if self.is_call else [Outcome.OK, Outcome.INELIGIBLE]

    def questionnaire(self):
        """Return the newest published version of the plan's questionnaire, or None."""
        return Questionnaire.objects.in_use().filter(code=self.questionnaire_code).order_by("-version").first() if self.questionnaire_code else None

    @transaction.atomic
    def create(self, *, by):
        """Add a rule of the group's own; it plans from its first valid day on."""
        by.answer_for_all("followups.configure")
        save_setting(self, by=by)
        return self

    @transaction.atomic
    def edit(self, *, by, **changes):
        """Change the rule for what is planned from now on; follow-ups already planned keep their deadline."""
        by.answer_for_all("followups.configure")
        changed = {name: value for name, value in changes.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            save_setting(self, by=by)
        return sorted(changed)
