from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from customers.models.customer import Customer


class LinkQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(undone_at=None)

    def of(self, customer):
        own = list(customer.known_ids)
        return self.in_force().filter(Q(first__in=own) | Q(second__in=own))


class CustomerLink(models.Model):
    """One person whom two stores know (T20).

    Each store keeps its record, its visits and its figures; who answers for both stores sees that they belong together, and
    "no calls" told to one holds for the other.
    """

    first = models.ForeignKey(Customer, models.PROTECT, related_name="first_links", verbose_name=_("one record"))
    second = models.ForeignKey(Customer, models.PROTECT, related_name="second_links", verbose_name=_("the other"))
    linked_at = models.DateTimeField(_("linked"), default=timezone.now)
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("linked by"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("undone by"))

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of two stores' records")
        verbose_name_plural = _("links of two stores' records")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], condition=Q(undone_at=None), name="customer_link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="customer_link_ordered"),
        ]

    def __str__(self):
        return f"{self.first} = {self.second}"

    def other(self, customer):
        """Return the record that stands on the other side."""
        other = self.second if self.first_id in customer.known_ids else self.first
        return other.merged_into or other

    def record(self, code, by):
        """Tell it in both stores; neither learns which other store it is."""
        for customer in (self.first, self.second):
            record(code, customer, by=by, customer_id=customer.pk)


@transaction.atomic
def link_customers(one, other, *, by):
    """Say that two records of different stores are one person; only who may merge in both stores may (T20)."""
    if not (by.may("customers.merge", one.store_id) and by.may("customers.merge", other.store_id)):
        raise NotAllowed
    if one.store_id == other.store_id:
        raise DomainError(_("Records of one store are merged, not linked."), code="same_store")
    first, second = sorted((one, other), key=lambda customer: customer.pk)
    link, is_new = CustomerLink.objects.get_or_create(first=first, second=second, undone_at=None, defaults={"linked_by": by})
    if not is_new:
        raise Conflict(_("These two are linked already."), code="linked_already")
    link.record("customer.linked", by)
    for customer, twin in ((first, second), (second, first)):
        if twin.do_not_call_at and not customer.do_not_call_at:
            customer.stop_calls()
    return link


@transaction.atomic
def unlink_customers(link, *, by):
    """Take it back; what was stopped meanwhile stays stopped."""
    if not (by.may("customers.merge", link.first.store_id) and by.may("customers.merge", link.second.store_id)):
        raise NotAllowed
    if not CustomerLink.objects.filter(pk=link.pk, undone_at=None).update(undone_at=timezone.now(), undone_by=by):
        raise Conflict(_("This link has been undone already."), code="unlinked_already")
    link.record("customer.unlinked", by)
