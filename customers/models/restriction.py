from dataclasses import dataclass
from datetime import date

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from customers import ledger
from customers.signals import withheld


class Retention(models.TextChoices):
    """What the law wants kept although the person asks for erasure (domain rule 6.4)."""

    REPAIRS = "repairs", _("Repair records")
    CONTRACTS = "contracts", _("Contracts and archives of sold cars")
    COMPLAINTS = "complaints", _("Complaints")


# Years from the last of them on, and where that stands.
RETENTIONS = {
    Retention.REPAIRS: (6, _("three-guarantees provisions, Art. 17: 6 years")),
    Retention.CONTRACTS: (10, _("measures for automobile sales: 10 years")),
    Retention.COMPLAINTS: (3, _("Civil Code Art. 188, claims: 3 years")),
}


@dataclass(frozen=True)
class Hold:
    """One reason to keep a record, and the last day it holds."""

    code: str
    until: date

    @property
    def label(self):
        return f"{Retention(self.code).label} ({RETENTIONS[self.code][1]})"


class Restrictable(models.Model):
    """A record out of daily work: kept for the law alone, or anonymised for good (PIPL Art. 47)."""

    restricted_at = models.DateTimeField(_("restricted since"), null=True, editable=False)
    restricted_until = models.DateField(_("restricted until"), null=True, editable=False)
    restricted_for = models.JSONField(_("restricted for"), default=list, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_restricted(self):
        return self.restricted_at is not None and self.erased_at is None

    @property
    def retentions(self):
        """Return in words what the record is kept for."""
        return [Hold(code, self.restricted_until).label for code in self.restricted_for if code in Retention]

    @transaction.atomic
    def restrict(self, holds, *, by=None):
        """Keep the record for the law alone: nobody finds it, nobody reaches the person, until the last hold is over (T125)."""
        codes, until = sorted(hold.code for hold in holds), max(hold.until for hold in holds)
        changes = {"restricted_at": self.restricted_at or timezone.now(), "restricted_until": until, "restricted_for": codes}
        self.change_reach({"erased_at": None}, changes)
        record("customer.restricted", self, by=by, customer_id=self.pk, until=until.isoformat(), holds=codes)
        withheld.send(sender=type(self), customer=self, by=by)
        ledger.note("restricted", [self], until=until.isoformat(), holds=codes)

    @transaction.atomic
    def lift_restriction(self, reason, *, by):
        """Take the record into daily work again because the person wants it."""
        if not by.may("customers.answer_rights", self.store_id):
            raise NotAllowed
        if not reason.strip():
            raise DomainError(_("Give the reason."), code="reason_missing", field="reason")
        changes = {"restricted_at": None, "restricted_until": None, "restricted_for": []}
        self.change_reach({"erased_at": None, "restricted_at__isnull": False}, changes)
        record("customer.restriction_lifted", self, by=by, customer_id=self.pk, reason=reason.strip())
        ledger.note("lifted", [self])

    def change_reach(self, condition, changes):
        """Change the row if it still stands as asked for; an erased one never changes again."""
        changes |= {"updated_at": timezone.now()}
        if not type(self).everyone.filter(pk=self.pk, **condition).update(**changes):
            raise Conflict(_("This record has been changed in the meantime."))
        for name, value in changes.items():
            setattr(self, name, value)
