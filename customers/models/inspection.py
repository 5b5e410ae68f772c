import re

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record, save_setting
from common.errors import DomainError, NotAllowed
from common.words import in_language
from customers.inspection import YEAR, next_step, steps_of

YEARS = RegexValidator(r"^\d{1,2}(,\d{1,2})*$", _("Write years with commas between, for example 2,4,8."))


class InspectionClass(models.TextChoices):
    RELIEF = "relief", _("Private car up to 9 seats")
    OLD_CYCLE = "old_cycle", _("Old cycle: minivan, injury accident, converted, registered late")
    NONE = "none", _("Not computed: lorry, bus, in operation")


class InspectionRuleQuerySet(models.QuerySet):
    def by_class(self):
        """Return ``{class: [rules]}``, read once."""
        rules = list(self)
        return {code: [rule for rule in rules if rule.inspection_class == code] for code in InspectionClass.values}


class InspectionRule(models.Model):
    """In which years a class of cars is inspected, and in which the mark is enough; dated (B20)."""

    inspection_class = models.CharField(_("cars"), max_length=9, choices=[choice for choice in InspectionClass.choices if choice[0] != InspectionClass.NONE])
    valid_from = models.DateField(_("valid from"))
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    mark_years = models.CharField(_("mark without test in the years"), max_length=60, blank=True, validators=[YEARS])
    site_years = models.CharField(_("test on site in the years"), max_length=60, blank=True, validators=[YEARS])
    then_months = models.PositiveSmallIntegerField(_("after these, on site every (months)"), default=12, validators=[MinValueValidator(1)])
    later_year = models.PositiveSmallIntegerField(_("from this year of age on"), null=True, blank=True)
    later_months = models.PositiveSmallIntegerField(_("on site every (months)"), null=True, blank=True, validators=[MinValueValidator(1)])

    objects = InspectionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection rule")
        verbose_name_plural = _("inspection rules")
        ordering = ["inspection_class", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection_class", "valid_from"],
                name="inspection_rule_once",
                violation_error_message=_("There is a rule for these cars from this day already."),
            )
        ]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)

    def clean(self):
        if (self.later_year is None) != (self.later_months is None):
            raise ValidationError({"later_months": _("Give both, the year of age and the months, or neither.")})
        if set(years(self.mark_years)) & set(years(self.site_years)):
            raise ValidationError({"site_years": _("A year is either with a test or without.")})

    def cycle(self, until):
        """Yield ``(months since registration, is on site)`` of every inspection up to ``until`` months."""
        given = {year * YEAR: False for year in years(self.mark_years)} | {year * YEAR: True for year in years(self.site_years)}
        yield from sorted(given.items())
        months = max(given, default=0)
        while (months := months + self.every(months)) <= until:
            yield months, True

    def every(self, months):
        is_later = self.later_year is not None and months >= self.later_year * YEAR
        return self.later_months if is_later else self.then_months

    def set(self, *, by):
        by.answer_for_all("customers.configure")
        save_setting(self, by=by)


def years(text):
    return [int(year) for year in re.findall(r"\d+", text)]


class Inspected(models.Model):
    """The annual inspection of a car: what decides its day, and the day, kept for reminders and lists."""

    inspection_class = models.CharField(_("annual inspection"), max_length=9, choices=InspectionClass, default=InspectionClass.RELIEF)
    inspected_on = models.DateField(_("last inspected on"), null=True, blank=True)
    inspection_due_on = models.DateField(_("inspection due on"), null=True, editable=False)

    class Meta:
        abstract = True

    def next_inspection(self, today=None):
        """Return the ``Step`` that comes next, None for a car whose registration or class says nothing."""
        if self.registered_on is None:
            return None
        rules = list(InspectionRule.objects.filter(inspection_class=self.inspection_class))
        return next_step(steps_of(self.registered_on, rules), self.inspected_on, today or self.store.today())

    @transaction.atomic
    def inspect(self, on, *, by):
        """Note an inspection that was done; the next one moves on and reminders of this one lose their reason."""
        if not self.can_edit_by(by):
            raise NotAllowed
        if on > self.store.today():
            raise DomainError(_("The inspection must not lie in the future."), code="inspected_in_future", field="on")
        if self.registered_on and on < self.registered_on:
            raise DomainError(_("The inspection must not lie before the registration."), code="inspected_too_early", field="on")
        self.inspected_on, self.updated_at = on, timezone.now()
        self.expect_inspection()
        self.save(update_fields=["inspected_on", "inspection_due_on", "updated_at"])
        record("vehicle.inspected", self, by=by, vehicle_id=self.pk, on=on.isoformat())

    def expect_inspection(self):
        step = self.next_inspection()
        self.inspection_due_on = step.due_on if step else None
