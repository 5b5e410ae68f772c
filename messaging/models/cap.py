from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.models.template import MessageTemplate


class ContactCapQuerySet(models.QuerySet):
    def valid(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class ContactCap(models.Model):
    """How many contacts of any kind within so many days let a message of this category wait; data, never code (ME4).

    It comes on top of what the law book says of promotions and care in ``messaging.gate``, which nobody can loosen.
    """

    category = models.CharField(_("category"), max_length=10, choices=[choice for choice in MessageTemplate.Category.choices if choice[0] != "notice"])
    days = models.PositiveSmallIntegerField(_("within days"), validators=[MinValueValidator(1), MaxValueValidator(90)])
    most = models.PositiveSmallIntegerField(_("at most contacts"), validators=[MinValueValidator(1), MaxValueValidator(50)])
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ContactCapQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact cap")
        verbose_name_plural = _("contact caps")
        ordering = ["category", "days", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["category", "days", "valid_from"], name="contact_cap_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="contact_cap_valid_in_order",
                violation_error_message=_("The rule must not end before it starts."),
            ),
        ]

    def __str__(self):
        return f"{self.get_category_display()} · {self.most}/{self.days}"

    @property
    def period(self):
        return timedelta(days=self.days)
