from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from stores.models import Store


class DailyFact(models.Model):
    """Additive figures of one store, day, indicator part and employee; every indicator is a sum of these."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    date = models.DateField()
    part = models.CharField(max_length=40)
    # 0 stands for "nobody": a key column must not be empty.
    employee_ref = models.BigIntegerField(default=0)
    n = models.BigIntegerField(default=0)
    numerator = models.BigIntegerField(default=0)
    total = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    squares = models.DecimalField(max_digits=26, decimal_places=8, default=0)

    class Meta:
        verbose_name = _("daily fact")
        constraints = [models.UniqueConstraint(fields=["store", "date", "part", "employee_ref"], name="daily_fact_once")]


class DirtyDay(models.Model):
    """A store day whose facts must be computed again. ``version`` grows with each mark, so a mark made while computing survives."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    date = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("dirty day")
        constraints = [models.UniqueConstraint(fields=["store", "date"], name="dirty_day_once")]


class Target(models.Model):
    """What an indicator should reach in a store (or the group when empty) from a day on; no row means "no target"."""

    indicator = models.SlugField(_("indicator"), max_length=40)
    store = models.ForeignKey(Store, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("store"))
    value = models.DecimalField(_("target"), max_digits=9, decimal_places=3)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("target")
        ordering = ["indicator", "store", "-valid_from"]
        constraints = [
            models.UniqueConstraint("indicator", Coalesce("store", 0), "valid_from", name="target_once"),
            models.CheckConstraint(condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")), name="target_validity"),
        ]
