from django.db import models, transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import announce_days, record
from common.errors import Conflict, DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.models import Customer, Vehicle
from stores.models import Store
from surveys.models import Response
from visits.models import Delivery, Visit
from visits.models.item import OrderItem
from visits.models.money import MONEY


class SampleRowQuerySet(StoreScopedQuerySet):
    def drawn(self):
        return self.filter(standing=SampleRow.Standing.DRAWN)

    def waiting(self):
        """Return those who are still to be met: drawn by a sample that runs, and neither met nor given up."""
        return self.drawn().filter(result__in=["", SampleRow.Result.ABSENT], sample__closed_at=None, customer__restricted_at=None)

    def met(self):
        return self.filter(result=SampleRow.Result.MET)

    def for_list(self):
        return self.select_related("sample", "customer", "vehicle", "employee", "store").order_by("-sample_id", "position", "pk")

    def counted(self, *paths):
        """Count found, excluded, drawn, interviewed and satisfied rows by the values of ``paths``."""
        met = Q(result=SampleRow.Result.MET)
        numbers = {
            "found": Count("pk"),
            "excluded": Count("pk", filter=Q(standing=SampleRow.Standing.EXCLUDED)),
            "drawn": Count("pk", filter=Q(standing=SampleRow.Standing.DRAWN)),
            "met": Count("pk", filter=met),
            "satisfied": Count("pk", filter=met & Q(mood=Response.Mood.SATISFIED)),
        }
        return self.order_by().values(*paths).annotate(**numbers)


class SampleRow(models.Model):
    """One customer a sample was drawn from: drawn, left over or excluded for a reason; strata as they were that day, and what came of the visit or call."""

    view_permission = "followups.view"

    class Standing(models.TextChoices):
        DRAWN = "drawn", _("Drawn")
        LEFT = "left", _("Not drawn")
        EXCLUDED = "excluded", _("Excluded")

    class Exclusion(models.TextChoices):
        DO_NOT_CALL = "do_not_call", _("The customer wants no calls")
        REFUSED = "refused", _("The customer refuses satisfaction calls")
        SOLD = "sold", _("The car belongs to somebody else")
        NO_PHONE = "no_phone", _("No phone number on file")
        NO_ADDRESS = "no_address", _("No address on file")
        WAITING = "waiting", _("Waits in another sample")
        RECENT = "recent", _("Contacted recently")
        RESTRICTED = "restricted", _("The record is restricted or erased")

    class Result(models.TextChoices):
        MET = "met", _("Interviewed")
        ABSENT = "absent", _("Not reached")
        REFUSED = "refused", _("Refused the interview")
        GONE = "gone", _("Address or number wrong")

    class Occasion(models.TextChoices):
        LISTED = "listed", _("On the list")
        BIRTHDAY = "birthday", _("Birthday")
        ANNIVERSARY = "anniversary", _("Purchase anniversary")
        NEARBY = "nearby", _("Was nearby")

    sample = models.ForeignKey("followups.Sample", models.CASCADE, related_name="rows", verbose_name=_("sample"))
    store = models.ForeignKey(Store, models.PROTECT, related_name="sample_rows", verbose_name=_("store"), db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sample_rows", verbose_name=_("customer"))
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, related_name="sample_rows", verbose_name=_("vehicle"))
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="sample_rows", verbose_name=_("visit"))
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="sample_rows", verbose_name=_("delivery"))
    # The strata as they were when the sample was drawn; classes and owners change later.
    loyalty = models.CharField(_("class"), max_length=8, choices=Customer.Loyalty, blank=True)
    employee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("served by"), db_index=False)
    payer = models.CharField(_("paid by"), max_length=10, choices=OrderItem.Payer, blank=True)
    model = models.CharField(_("model"), max_length=130, blank=True)
    is_first_service = models.BooleanField(_("first service"), default=False)
    bill = models.DecimalField(_("bill"), **{**MONEY, "null": False, "blank": False, "default": 0})
    standing = models.CharField(_("standing"), max_length=8, choices=Standing, default=Standing.LEFT)
    exclusion = models.CharField(_("why excluded"), max_length=12, choices=Exclusion, blank=True)
    position = models.PositiveIntegerField(_("place on the list"), null=True)
    result = models.CharField(_("result"), max_length=8, choices=Result, blank=True)
    occasion = models.CharField(_("occasion of the visit"), max_length=12, choices=Occasion, blank=True)
    mood = models.CharField(_("satisfaction"), max_length=12, choices=Response.Mood, blank=True)
    car_use = models.CharField(_("how the car is used"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    done_on = models.DateField(_("day"), null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"), db_index=False)

    objects = SampleRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a sample")
        verbose_name_plural = _("rows of samples")
        ordering = ["-sample_id", "position", "pk"]
        indexes = [
            models.Index(fields=["sample", "standing", "position"], name="sample_row_list"),
            models.Index(fields=["store", "done_on"], condition=Q(done_on__isnull=False), name="sample_row_done"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(standing="excluded") ^ Q(exclusion=""), name="sample_row_excluded_with_reason"),
            models.CheckConstraint(
                condition=Q(standing="drawn", position__isnull=False) | (~Q(standing="drawn") & Q(position=None, result="")), name="sample_row_drawn"
            ),
            models.CheckConstraint(condition=Q(result="met") ^ Q(mood=""), name="sample_row_met_with_mood"),
        ]

    def __str__(self):
        return f"{self.sample} · {self.customer}"

    def get_absolute_url(self):
        return reverse("followups:sample_row_detail", args=[self.pk])

    @property
    def is_drawn(self):
        return self.standing == self.Standing.DRAWN

    @property
    def is_finished(self):
        return self.result not in ("", self.Result.ABSENT)

    @property
    def delivery_day(self):
        """The day of the delivery the interview belongs to, whose figures follow."""
        return self.delivery and self.store.local(self.delivery.delivered_at).date()

    def can_report_by(self, user):
        """Tell whether ``user`` may enter what came of it; what is entered for good is mended by who hands out the work."""
        is_open = self.is_drawn and self.sample.closed_at is None
        return is_open and user.may("followups.work", self.store_id) and (not self.is_finished or user.may("followups.assign", self.store_id))

    @transaction.atomic
    def report(self, result, *, by, mood="", note="", car_use="", occasion="", done_on=None):
        """Write down what came of the visit or call; who was not reached may be tried again."""
        done_on = done_on or self.store.today()
        self.check_report(by, result, mood, done_on)
        changes = {"result": result, "mood": mood, "note": note, "car_use": car_use, "done_on": done_on, "done_by": by}
        changes["occasion"] = occasion or self.sample.occasion
        itself = SampleRow.objects.drawn().filter(pk=self.pk, tries=self.tries, sample__closed_at=None)
        if not itself.update(**changes, tries=F("tries") + 1):
            raise Conflict(_("Somebody else has entered a result meanwhile; look at it first."), code="already_reported")
        before = self.done_on
        for name, value in changes.items():
            setattr(self, name, value)
        self.tries += 1
        record("sample_row.reported", self, by=by, sample=self.sample.name, kind=self.sample.kind, result=result, mood=mood, note=note)
        announce_days(self.store_id, before, done_on, self.delivery_day)

    def check_report(self, by, result, mood, done_on):
        if not by.may("followups.work", self.store_id):
            raise NotAllowed
        if not self.is_drawn:
            raise DomainError(_("This customer was not drawn."), code="not_drawn", field="result")
        if self.sample.closed_at is not None:
            raise Conflict(_("This sample is closed."), code="sample_closed")
        if not self.can_report_by(by):
            raise Conflict(_("A result is already entered; it can be mended by who draws samples."), code="already_reported")
        if result not in self.Result:
            raise DomainError(_("Choose what came of it."), code="unknown_result", field="result")
        if (result == self.Result.MET) != bool(mood):
            raise DomainError(_("Say how satisfied the customer is, if and only if there was an interview."), code="mood_mismatch", field="mood")
        if done_on > self.store.today():
            raise DomainError(_("The day must not lie in the future."), code="done_in_future", field="done_on")
        if done_on < self.store.local(self.sample.drawn_at or timezone.now()).date():
            raise DomainError(_("The day must not lie before the sample was drawn."), code="done_before_drawn", field="done_on")
