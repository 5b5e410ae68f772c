from django.db import models
from django.utils.translation import gettext_lazy as _

from common.words import in_language
from stores import calendar
from stores.models import Department


class Category(models.Model):
    """A reason for complaints (S3-09, S4-32), editable; an inactive one stays on old slips."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    department_kind = models.CharField(_("responsible department"), max_length=12, choices=Department.Kind, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("complaint category")
        ordering = ["position", "pk"]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)

    @property
    def path(self):
        """Return the name with the parent's before it."""
        return f"{self.parent} · {self}" if self.parent_id else str(self)


class FeedbackRuleQuerySet(models.QuerySet):
    def on(self, day):
        """Return the rule in force on ``day``; the three days of S3-32 where none is laid down."""
        return self.filter(valid_from__lte=day).order_by("-valid_from").first() or FeedbackRule()


class FeedbackRule(models.Model):
    """How long a department has to answer a slip. A new rule is a new row; running rounds keep their deadline."""

    valid_from = models.DateField(_("valid from"), unique=True)
    amount = models.PositiveSmallIntegerField(_("feedback within"), default=3)
    unit = models.CharField(_("unit"), max_length=16, choices=calendar.Unit, default=calendar.Unit.CALENDAR_DAYS)

    objects = FeedbackRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback rule")
        ordering = ["-valid_from"]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gte=1), name="feedback_rule_amount")]

    def __str__(self):
        return f"{self.valid_from} · {self.amount} {self.get_unit_display()}"
