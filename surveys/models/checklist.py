from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from common.words import in_language
from stores.models import Department
from surveys.models.questionnaire import Side


class ShopKind(models.TextChoices):
    ANNOUNCED = "announced", _("Announced check")
    COVERT = "covert", _("Covert check")


class ChecklistQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(retired_at=None)


class Checklist(models.Model):
    """A mystery-shop checklist of one side; a published one is frozen, a change is a new version."""

    code = models.SlugField(_("code"), max_length=30)
    version = models.PositiveIntegerField(_("version"), default=1)
    side = models.CharField(_("side"), max_length=12, choices=Side)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    pass_mark = models.PositiveSmallIntegerField(_("pass mark"), default=90)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist")
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once")]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)

    @property
    def is_frozen(self):
        return self.shops.exists()


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


class MysteryShopQuotaQuerySet(models.QuerySet):
    def valid_in(self, month):
        """Return the quotas that hold on the first day of ``month``."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=month), valid_from__lte=month)


class MysteryShopQuota(models.Model):
    """How many shops a month are due: per person of a role, or in total for a store when the role is empty (S3-27, S3-29).

    Without a side, shops of either side count.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ShopKind)
    side = models.CharField(_("side"), max_length=12, choices=Side, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True, help_text=_("Empty: the number is for the whole store."))
    department_kind = models.CharField(_("department"), max_length=12, choices=Department.Kind, blank=True)
    per_month = models.PositiveSmallIntegerField(_("per month"))
    valid_from = models.DateField(_("valid from"), default=date(2013, 1, 1))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = MysteryShopQuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("mystery-shop quota")
        ordering = ["kind", "side", "role"]

    def __str__(self):
        whom = self.get_role_display() or self.get_department_kind_display()
        return f"{self.get_kind_display()} · {whom} · {self.per_month}"
