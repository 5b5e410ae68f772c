from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.models.template import MessageTemplate


class ReminderRuleQuerySet(models.QuerySet):
    def valid(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class ReminderRule(models.Model):
    """When customers are reminded of what: so many days before the occasion, with this text. Data, never code."""

    class Occasion(models.TextChoices):
        MAINTENANCE = "maintenance", _("Maintenance due")
        INSURANCE = "insurance", _("Insurance ends")
        INSPECTION = "inspection", _("Annual inspection due")
        BIRTHDAY = "birthday", _("Birthday")
        FAMILY = "family", _("Birthday in the family")
        ANNIVERSARY = "anniversary", _("Anniversary of the purchase")
        ADVISED = "advised", _("Advised work due")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion)
    days_before = models.PositiveSmallIntegerField(_("days before"))
    template = models.ForeignKey(MessageTemplate, models.PROTECT, related_name="rules", verbose_name=_("message template"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ReminderRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder rule")
        ordering = ["occasion", "-days_before", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="reminder_rule_valid_in_order",
                violation_error_message=_("The rule must not end before it starts."),
            )
        ]

    def __str__(self):
        return f"{self.get_occasion_display()} · {self.template}"
