from datetime import timedelta
from secrets import randbelow

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed, as_validation_error
from common.scope import StoreScopedQuerySet
from customers.models import Customer
from followups.models.sample_row import SampleRow
from followups.sampling.draw import Candidate, drawn, ratio_of
from followups.sampling.fairness import compared, summed
from followups.sampling.frame import Frame
from stores.models import Store

MOST_DAYS, MOST_OCCASION_DAYS = 366, 31
MOST_FOUND = 50_000
SEEDS = 1_000_000


class SampleQuerySet(StoreScopedQuerySet):
    def for_list(self):
        """Load what a row of the list shows."""
        finished = SampleRow.objects.drawn().exclude(result__in=["", SampleRow.Result.ABSENT]).filter(sample=OuterRef("pk"))
        done = Subquery(finished.order_by().values("sample").annotate(number=Count("pk")).values("number"))
        return self.select_related("store", "drawn_by").annotate(done_count=Coalesce(done, 0)).order_by("-drawn_at", "-pk")


class Sample(models.Model):
    """Customers drawn for home visits (上门访问) or calls, by share or count, from strata, with a seed that draws the same again (FU10, S2-11)."""

    view_permission = "followups.view"

    class Kind(models.TextChoices):
        VISIT = "visit", _("Home visit")
        CALL = "call", _("Call")

    class Source(models.TextChoices):
        SERVICE = "service", _("Customers served in these days")
        PURCHASE = "purchase", _("Buyers of these days")
        ANNIVERSARY = "anniversary", _("Purchase anniversary in these days")
        BIRTHDAY = "birthday", _("Birthday in these days")

    OCCASIONS = (Source.ANNIVERSARY, Source.BIRTHDAY)

    class Stratum(models.TextChoices):
        LOYALTY = "loyalty", _("Class")
        EMPLOYEE = "employee", _("Served by")
        PAYER = "payer", _("Paid by")
        MODEL = "model", _("Model")
        FIRST_SERVICE = "is_first_service", _("First service")

    store = models.ForeignKey(Store, models.PROTECT, related_name="samples", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind of contact"), max_length=8, choices=Kind, default=Kind.VISIT)
    source = models.CharField(_("drawn from"), max_length=12, choices=Source, default=Source.SERVICE)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    classes = models.JSONField(_("classes"), default=list, blank=True, help_text=_("Empty means every class."))
    share = models.DecimalField(
        _("share in percent"), max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    count = models.PositiveIntegerField(_("number of customers"), null=True, blank=True, validators=[MinValueValidator(1)])
    strata = models.JSONField(_("the same share of each"), default=list, blank=True)
    rest_days = models.PositiveSmallIntegerField(_("leave out who was contacted in the last days"), default=30, validators=[MaxValueValidator(366)])
    high_bills_first = models.BooleanField(_("high bills first"), default=False)
    seed = models.PositiveIntegerField(
        _("seed"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(2**31 - 1)],
        help_text=_("Empty: a new one. The same seed draws the same customers again."),
    )
    found_count = models.PositiveIntegerField(_("found"), default=0, editable=False)
    excluded_count = models.PositiveIntegerField(_("excluded"), default=0, editable=False)
    drawn_count = models.PositiveIntegerField(_("drawn"), default=0, editable=False)
    drawn_at = models.DateTimeField(_("drawn at"), null=True, editable=False)
    drawn_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("drawn by"))
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("closed by"))

    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__isnull=True, count__isnull=False) | Q(share__isnull=False, count__isnull=True),
                name="sample_share_or_count",
                violation_error_message=_("Give either a share or a number of customers."),
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="sample_days_in_order", violation_error_message=_("The last day must not lie before the first.")
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("followups:sample_detail", args=[self.pk])

    def clean(self):
        unknown = {"strata": set(self.strata) - set(self.Stratum.values), "classes": set(self.classes) - set(Customer.Loyalty.values)}
        for name, codes in unknown.items():
            if codes:
                raise ValidationError({name: _("Unknown: %(codes)s.") % {"codes": ", ".join(sorted(map(str, codes)))}})
        with as_validation_error():
            self.check_days()

    def check_days(self):
        if not (self.first_day and self.last_day):
            return
        most = MOST_OCCASION_DAYS if self.source in self.OCCASIONS else MOST_DAYS
        if (self.last_day - self.first_day).days >= most:
            raise DomainError(_("Choose at most %(most)s days.") % {"most": most}, code="too_many_days", field="last_day")

    @property
    def is_visit(self):
        return self.kind == self.Kind.VISIT

    @property
    def is_closed(self):
        return self.closed_at is not None

    @property
    def status(self):
        return "closed" if self.is_closed else "open"

    def get_status_display(self):
        return _("Closed") if self.is_closed else _("Running")

    @property
    def occasion(self):
        """What brings the visitor, unless somebody says otherwise (S4-05)."""
        return self.source if self.source in self.OCCASIONS else SampleRow.Occasion.LISTED

    @property
    def days(self):
        return [self.first_day + timedelta(days=number) for number in range((self.last_day - self.first_day).days + 1)]

    @property
    def stratum_labels(self):
        return [self.Stratum(code).label for code in self.Stratum.values if code in self.strata]

    @property
    def class_labels(self):
        return [Customer.Loyalty(code).label for code in Customer.Loyalty.values if code in self.classes]

    def can_close_by(self, user):
        return not self.is_closed and user.may("followups.assign", self.store_id)

    @transaction.atomic
    def draw(self, *, by, now=None):
        """Find the customers, exclude with a reason, and draw from the rest; all of them stay on record."""
        if not by.may("followups.assign", self.store_id):
            raise NotAllowed
        self.check_days()
        # Two samples drawn at once must not draw the same customer.
        Store.objects.select_for_update(no_key=True).get(pk=self.store_id)
        now = now or timezone.now()
        self.drawn_at, self.drawn_by, self.seed = now, by, randbelow(SEEDS) if self.seed is None else self.seed
        rows = Frame(self, now).rows()
        if len(rows) > MOST_FOUND:
            raise DomainError(_("More than %(most)s customers are found; choose fewer days.") % {"most": f"{MOST_FOUND:,}"}, code="too_many", field="last_day")
        self.mark_drawn(rows)
        self.save()
        for row in rows:
            row.sample = self
        SampleRow.objects.bulk_create(rows, batch_size=1000)
        numbers = {"found": self.found_count, "excluded": self.excluded_count, "drawn": self.drawn_count}
        record("sample.drawn", self, by=by, name=self.name, seed=self.seed, **numbers)
        return self

    def mark_drawn(self, rows):
        """Say of each row whether it is drawn, and at which place; refuse an empty list."""
        places = self.places(rows)
        for row in rows:
            row.position = places.get(row.customer_id)
            row.standing = SampleRow.Standing.DRAWN if row.position else row.standing
        self.found_count, self.drawn_count = len(rows), len(places)
        self.excluded_count = sum(1 for row in rows if row.exclusion)
        if not places:
            message = _("Nobody would be drawn: %(found)s customers found, %(excluded)s of them excluded.")
            raise DomainError(
                message % {"found": self.found_count, "excluded": self.excluded_count}, code="nobody_drawn", field="share" if self.share else "count"
            )

    def places(self, rows):
        """Return ``{customer id: place on the list}`` of who is drawn from ``rows``: the same for the same rows and seed, whenever asked."""
        names = [code for code in self.Stratum.values if code in self.strata]
        free = [row for row in rows if not row.exclusion]
        candidates = [Candidate(row.customer_id, tuple(str(value_of(row, name)) for name in names), row.bill) for row in free]
        chosen = drawn(candidates, ratio_of(self.share, self.count, len(free)), self.seed, high_bills_first=self.high_bills_first)
        return {candidate.key: place for place, candidate in enumerate(chosen, start=1)}

    @transaction.atomic
    def close(self, *, by):
        """End the sample: no more results, and who is still waiting may be drawn by another."""
        if not by.may("followups.assign", self.store_id):
            raise NotAllowed
        changes = {"closed_at": timezone.now(), "closed_by": by}
        if not Sample.objects.filter(pk=self.pk, closed_at=None).update(**changes):
            raise Conflict(_("This sample is closed already."), code="sample_closed")
        for name, value in changes.items():
            setattr(self, name, value)
        record("sample.closed", self, by=by, name=self.name)

    def comparisons(self):
        """Return ``{stratum: its Comparison}`` of the sample with everybody found, all from one query (B11)."""
        paths = [path_of(code) for code in self.Stratum.values]
        counted = list(self.rows.counted(*paths))
        return {self.Stratum(code): compared(summed(counted, path_of(code))) for code in self.Stratum.values}

    def exclusions(self):
        """Return ``[(code, words, number)]`` of why customers were excluded, the commonest first."""
        counted = self.rows.exclude(exclusion="").order_by().values_list("exclusion").annotate(number=Count("pk"))
        return [(code, SampleRow.Exclusion(code).label, number) for code, number in counted.order_by("-number", "exclusion")]


def value_of(row, name):
    return getattr(row, "employee_id" if name == Sample.Stratum.EMPLOYEE else name)


def path_of(code):
    """Return where the word of a stratum stands; people go by their names."""
    return "employee__name" if code == Sample.Stratum.EMPLOYEE else code
