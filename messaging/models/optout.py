from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from customers.models import Consent, Purpose
from messaging import reach


class OptOutQuerySet(models.QuerySet):
    def stands_for(self, customer):
        """Tell whether the customer's number has opted out of promotions and no yes of this customer, for the way we write by, is newer.

        It holds for the number, so also for a record that is imported, merged or entered after the word was said.
        """
        said_at = self.filter(phone=customer.phone).values_list("said_at", flat=True).first()
        if said_at is None:
            return False
        newer = Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING, channel=reach.medium(), is_granted=True, given_at__gt=said_at)
        return not newer.exists()

    def of_outer_customer(self):
        """Say the same of the customer an outer query is about, for ``Exists``."""
        words = Consent.objects.filter(customer=OuterRef(OuterRef("pk")), purpose=Purpose.MARKETING, channel=reach.medium(), is_granted=True)
        return self.filter(~Exists(words.filter(given_at__gt=OuterRef("said_at"))), phone=OuterRef("phone"))


class OptOut(models.Model):
    """A number that has asked for no more promotions, and when it did so last (domain rule 6.2)."""

    phone = models.CharField(_("phone"), max_length=20, unique=True)
    said_at = models.DateTimeField(_("said at"))

    objects = OptOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        ordering = ["-said_at"]

    def __str__(self):
        return self.phone
