from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class QualityCheckQuerySet(models.QuerySet):
    def failed(self):
        return self.filter(has_passed=False)

    def of_this_round(self):
        """Return the checks since the last one that failed: a rework makes every signature before it void."""
        newest_first = self.order_by("-pk")
        last_failed = newest_first.failed().first()
        return newest_first.filter(pk__gt=last_failed.pk) if last_failed else newest_first


class QualityCheck(models.Model):
    """One signature of the three-stage inspection (三检, S0-20); a failed one is the rework slip of the workshop."""

    class Level(models.TextChoices):
        SELF = "self", _("Self-check")
        MUTUAL = "mutual", _("Mutual check")
        FINAL = "final", _("Final inspection")

    visit = models.ForeignKey("visits.Visit", models.CASCADE, related_name="checks", verbose_name=_("visit"))
    level = models.CharField(_("check"), max_length=8, choices=Level)
    has_passed = models.BooleanField(_("passed"))
    has_road_test = models.BooleanField(_("road test done"), default=False)
    findings = models.CharField(_("findings"), max_length=500, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("signed by"))
    checked_at = models.DateTimeField(_("signed at"), default=timezone.now)

    objects = QualityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality check")
        verbose_name_plural = _("quality checks")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(has_passed=True) | ~models.Q(findings=""),
                name="quality_check_failed_says_why",
                violation_error_message=_("Say what has to be done again."),
            )
        ]

    def __str__(self):
        return self.get_level_display()

    @property
    def result(self):
        return "passed" if self.has_passed else "rework"

    def get_result_display(self):
        return _("Check passed") if self.has_passed else _("Rework")
