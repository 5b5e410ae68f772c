from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from activity.services import save_setting


class LoyaltyRuleQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(valid_from__lte=day).order_by("-valid_from").first()


class LoyaltyRule(models.Model):
    """When a customer is loyal, ordinary, at risk or lost (S2-01), by visits and deliveries; dated, the newest in force holds."""

    valid_from = models.DateField(_("valid from"), unique=True)
    loyal_visits = models.PositiveSmallIntegerField(_("loyal from (visits)"), default=4, validators=[MinValueValidator(1)])
    loyal_months = models.PositiveSmallIntegerField(_("within (months)"), default=24, validators=[MinValueValidator(1)])
    at_risk_months = models.PositiveSmallIntegerField(_("at risk after (months away)"), default=6, validators=[MinValueValidator(1)])
    lost_months = models.PositiveSmallIntegerField(_("lost after (months away)"), default=12, validators=[MinValueValidator(1)])

    objects = LoyaltyRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of customer classes")
        verbose_name_plural = _("rules of customer classes")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lost_months__gt=F("at_risk_months")),
                name="loyalty_rule_in_order",
                violation_error_message=_("A customer is lost later than at risk."),
            )
        ]

    def __str__(self):
        return str(self.valid_from)

    @transaction.atomic
    def set(self, *, by):
        """Save the rule; the classes follow in the next night."""
        by.answer_for_all("visits.configure")
        save_setting(self, by=by)
