from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import Conflict, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.models.customer import Customer
from stores.models import Store

# Neither of the two is merged, restricted or erased.
STANDING = {f"{side}__{field}": None for side in ("first", "second") for field in ("merged_into", "restricted_at")}


class DuplicateQuerySet(StoreScopedQuerySet):
    def open(self):
        """Return the pairs nobody has told apart, both still on file, the surest first."""
        return self.filter(dismissed_at=None, **STANDING).order_by("-score", "pk")

    def with_customer(self, customer):
        return self.filter(models.Q(first=customer) | models.Q(second=customer))


class DuplicatePair(models.Model):
    """Two customers of a store who may be the same one (AR4), found at night; told apart once, they never come up again."""

    view_permission = "customers.merge"

    class Reason(models.TextChoices):
        PHONE = "phone", _("Phone")
        OTHER_PHONE = "other_phone", _("Another phone")
        PHONE_END = "phone_end", _("Last 4 digits of the phone")
        NAME = "name", _("Name")
        COMPANY = "company", _("Both are companies")
        BIRTHDAY = "birthday", _("Birthday")
        ADDRESS = "address", _("Address")
        OTHER_BIRTHDAY = "other_birthday", _("Another birthday")
        OTHER_GENDER = "other_gender", _("Another gender")

    AGAINST = (Reason.OTHER_BIRTHDAY, Reason.OTHER_GENDER)

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    first = models.ForeignKey(Customer, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    dismissed_at = models.DateTimeField(_("told apart"), null=True, editable=False)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False)

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_in_order"),
        ]

    def __str__(self):
        return f"{self.first} · {self.second}"

    @property
    def signs(self):
        """Return ``[(words, tone)]`` of what speaks for and against the two being one."""
        return [(self.Reason(code).label, "warn" if code in self.AGAINST else "info") for code in self.reasons]

    @transaction.atomic
    def dismiss(self, *, by):
        """Note that the two are different people."""
        if not by.may("customers.merge", self.store_id):
            raise NotAllowed
        if not DuplicatePair.objects.filter(pk=self.pk, dismissed_at=None).update(dismissed_at=timezone.now(), dismissed_by=by):
            raise Conflict(_("The two have been told apart already."), code="told_apart")
        record("customer.told_apart", self.first, by=by, customer_id=self.first_id, other=self.second_id)
        record("customer.told_apart", self.second, by=by, customer_id=self.second_id, other=self.first_id)
