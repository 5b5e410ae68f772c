from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import DomainError, NotAllowed
from visits.groups import OperationGroup, groups_in
from visits.models.money import MONEY

HOURS = {"max_digits": 6, "decimal_places": 2, "null": True, "blank": True, "validators": [MinValueValidator(0)]}


class OrderItem(models.Model):
    """A line of the repair order: a labour operation or parts, and who pays for it (VI1)."""

    class Kind(models.TextChoices):
        LABOUR = "labour", _("Labour")
        PART = "part", _("Parts")

    class Payer(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        WARRANTY = "warranty", _("Maker's warranty")
        INSURANCE = "insurance", _("Insurance")
        INTERNAL = "internal", _("Our own account")

    visit = models.ForeignKey("visits.Visit", models.CASCADE, related_name="items", verbose_name=_("visit"))
    kind = models.CharField(_("line"), max_length=8, choices=Kind, default=Kind.LABOUR)
    code = models.CharField(_("operation or part number"), max_length=40, blank=True)
    name = models.CharField(_("operation or part"), max_length=120)
    group = models.CharField(_("operation group"), max_length=12, choices=OperationGroup, blank=True, help_text=_("Empty: read from the name."))
    hours = models.DecimalField(_("hours"), **HOURS)
    amount = models.DecimalField(_("amount"), **{**MONEY, "null": False, "blank": False})
    payer = models.CharField(_("paid by"), max_length=10, choices=Payer, default=Payer.CUSTOMER)

    class Meta:
        verbose_name = _("line of the order")
        verbose_name_plural = _("lines of the order")
        ordering = ["kind", "pk"]

    def __str__(self):
        return self.name


class Itemised(models.Model):
    """The lines of an order and what they come to."""

    class Meta:
        abstract = True

    @transaction.atomic
    def add_item(self, *, by, name, amount, group="", **given):
        """Write a line on the order; its group is read from the name where nobody gives it."""
        if not self.can_edit_by(by):
            raise NotAllowed
        group = group or next(iter(sorted(groups_in(name))), OperationGroup.OTHER)
        self.change_status(self.Status.IN_SHOP, self.Status.IN_SHOP)
        item = self.items.create(name=name, amount=amount, group=group, **given)
        record("visit.item_added", self, by=by, number=self.number, name=name, amount=str(amount))
        return item

    @transaction.atomic
    def remove_item(self, item, *, by):
        if not self.can_edit_by(by):
            raise NotAllowed
        if item.visit_id != self.pk:
            raise DomainError(_("This line belongs to another order."), code="other_order", field="item")
        self.change_status(self.Status.IN_SHOP, self.Status.IN_SHOP)
        record("visit.item_removed", self, by=by, number=self.number, name=item.name, amount=str(item.amount))
        item.delete()

    @property
    def item_amounts(self):
        """Return what the customer pays by the lines, ``{}`` while the order has none: warranty and insurance settle their own."""
        items = list(self.items.all())
        if not items:
            return {}
        paid = [item for item in items if item.payer == OrderItem.Payer.CUSTOMER]
        sums = {kind: sum((item.amount for item in paid if item.kind == kind), Decimal(0)) for kind in OrderItem.Kind}
        return {"labour_amount": sums[OrderItem.Kind.LABOUR], "parts_amount": sums[OrderItem.Kind.PART]}
