from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import save_setting
from common.errors import NotAllowed
from common.scope import StoreScopedQuerySet
from stores.models import Store


class Fact(models.Model):
    """Additive figures of one store, indicator part, detail and employee; every indicator is a sum of these."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    part = models.CharField(max_length=40)
    # The questionnaire of an index, the factor of a factor score. In both references 0 stands for "none": a key column must not be empty.
    detail_ref = models.BigIntegerField(default=0)
    employee_ref = models.BigIntegerField(default=0)
    n = models.BigIntegerField(default=0)
    numerator = models.BigIntegerField(default=0)
    total = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    squares = models.DecimalField(max_digits=26, decimal_places=8, default=0)

    class Meta:
        abstract = True


class DailyFact(Fact):
    """What is computed from the source rows, one day at a time."""

    date = models.DateField()

    class Meta:
        verbose_name = _("daily fact")
        constraints = [models.UniqueConstraint(fields=["store", "date", "part", "detail_ref", "employee_ref"], name="daily_fact_once")]


class MonthlyFact(Fact):
    """The daily facts of a month, summed: all periods are whole months, so pages read these few rows only."""

    # Its first day.
    month = models.DateField()

    class Meta:
        verbose_name = _("monthly fact")
        constraints = [models.UniqueConstraint(fields=["store", "month", "part", "detail_ref", "employee_ref"], name="monthly_fact_once")]


class DirtyDayQuerySet(models.QuerySet):
    def ripe(self, now):
        return self.filter(models.Q(ripe_at=None) | models.Q(ripe_at__lte=now))


class DirtyDay(models.Model):
    """A mark: the facts of this store day must be computed again, at once or when ``ripe_at`` has come.

    Every mark is a row of its own and a refresh deletes only the marks it has read. So a mark made while computing survives, and marking
    never waits for another transaction. A mark in the future stands where time alone will change the facts: a call falls due.
    """

    store = models.ForeignKey(Store, models.CASCADE, related_name="+", db_index=False)
    date = models.DateField()
    ripe_at = models.DateTimeField(null=True)

    objects = DirtyDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("dirty day")
        indexes = [models.Index(fields=["store", "date"], name="dirty_day"), models.Index(fields=["ripe_at"], name="dirty_day_ripe")]


class DatedQuerySet(StoreScopedQuerySet):
    def for_user(self, user):
        """Return the rows of the person's stores and those of the whole group."""
        return self.filter(models.Q(store=None) | models.Q(store__in=user.stores_with(self.model.view_permission)))

    def editable_by(self, user):
        """Return the rows ``user`` may change; those of the whole group ask for the right in every store."""
        return self.where_allowed(user, "kpis.configure")


class DatedRule(models.Model):
    """A number set for an indicator of one store (or the whole group when empty), with its validity."""

    view_permission = "kpis.view"

    indicator = models.SlugField(_("indicator"), max_length=40)
    store = models.ForeignKey(Store, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("store"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("Empty: until further notice."))
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("changed by"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @transaction.atomic
    def set(self, *, by):
        """Save the rule; one of the whole group asks for the right in every store."""
        store_ids = by.store_ids_with("kpis.configure")
        if store_ids is not None and self.store_id not in store_ids:
            raise NotAllowed
        self.changed_at, self.changed_by = timezone.now(), by
        save_setting(self, by=by)


class Target(DatedRule):
    """What an indicator should reach from a day on; no row means "no target"."""

    value = models.DecimalField(_("target"), max_digits=9, decimal_places=3)
    # A maker may ask for a place in its ranking beside the score (S3-21).
    rank = models.PositiveSmallIntegerField(_("target place"), null=True, blank=True)
    rank_scope = models.CharField(_("ranking"), max_length=80, blank=True, help_text=_("For example: distribution centre South China."))

    class Meta:
        verbose_name = _("target")
        ordering = ["indicator", "store", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                "indicator", Coalesce("store", 0), "valid_from", name="target_once", violation_error_message=_("There is already a target from this day on.")
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="target_validity",
                violation_error_message=_("The last day must not be earlier than the first."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.value} ({self.valid_from})"

    def clean(self):
        if self.rank and not self.rank_scope:
            raise ValidationError({"rank_scope": _("Name the ranking in which this place counts.")})


class Band(DatedRule):
    """A level of an indicator, such as A or B, from a value on (S3-01)."""

    name = models.CharField(_("band"), max_length=10)
    from_value = models.DecimalField(_("from value"), max_digits=9, decimal_places=3)

    class Meta:
        verbose_name = _("band")
        ordering = ["indicator", "store", "-valid_from", "-from_value"]
        constraints = [
            models.UniqueConstraint(
                "indicator",
                Coalesce("store", 0),
                "valid_from",
                "from_value",
                name="band_once",
                violation_error_message=_("There is already a band from this value on."),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="band_validity",
                violation_error_message=_("The last day must not be earlier than the first."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.name} ({self.from_value})"
