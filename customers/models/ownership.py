from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed


class PastOwnership(models.Model):
    """A time in which a car belonged to somebody who has given it away; the present owner stands on the car itself (AR2)."""

    class Reason(models.TextChoices):
        SOLD = "sold", _("Sold")
        FAMILY = "family", _("Given within the family")
        COMPANY = "company", _("Moved to or from a company")
        MISTAKE = "mistake", _("Was never the owner")

    vehicle = models.ForeignKey("customers.Vehicle", models.CASCADE, related_name="past_ownerships", verbose_name=_("vehicle"))
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="past_ownerships", verbose_name=_("owner"))
    since = models.DateField(_("owner since"), null=True, blank=True)
    until = models.DateField(_("owner until"))
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("recorded by"))

    class Meta:
        verbose_name = _("past ownership")
        verbose_name_plural = _("past ownerships")
        ordering = ["-until", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since=None) | Q(since__lte=F("until")),
                name="past_ownership_in_order",
                violation_error_message=_("The car must not change hands before the owner had it."),
            )
        ]

    def __str__(self):
        return f"{self.customer} – {self.until}"


class Owned(models.Model):
    """How a car changes hands; its visits stay with the car, its reminders go to whoever owns it now."""

    # Since when the owner on file is known to have given it away, while nobody knows to whom (B23).
    owner_left_on = models.DateField(_("owner unknown since"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @transaction.atomic
    def transfer(self, customer, *, by, on=None, reason=PastOwnership.Reason.SOLD):
        """Hand the car over to another owner of the store from the day ``on``; nothing about the former owner is lost."""
        if not self.can_edit_by(by):
            raise NotAllowed
        on = on or self.store.today()
        former, since = self.customer, self.owned_since()
        self.check_transfer(customer, on, since)
        changes = {"customer": customer, "owner_left_on": None, "updated_at": timezone.now()}
        if not type(self).objects.filter(pk=self.pk, customer=former).update(**changes):
            raise Conflict(_("The car has changed hands in the meantime."))
        self.customer, self.owner_left_on, self.updated_at = customer, None, changes["updated_at"]
        self.past_ownerships.create(customer=former, since=since, until=on, reason=reason, recorded_by=by)
        record("vehicle.given_up", self, by=by, customer_id=former.pk, vehicle_id=self.pk, on=on.isoformat(), reason=reason)
        record("vehicle.taken_over", self, by=by, customer_id=customer.pk, vehicle_id=self.pk, on=on.isoformat())

    @transaction.atomic
    def lose_owner(self, *, by):
        """Note that the owner on file has given the car away to somebody unknown: reminders of it stop, the archive asks for the new owner (B23)."""
        on = self.store.today()
        if type(self).objects.filter(pk=self.pk, owner_left_on=None).update(owner_left_on=on, updated_at=timezone.now()):
            self.owner_left_on = on
            record("vehicle.owner_lost", self, by=by, customer_id=self.customer_id, vehicle_id=self.pk, on=on.isoformat())

    def owned_since(self):
        """Return the day since which the present owner has it, None when nobody knows."""
        return self.past_ownerships.values_list("until", flat=True).first() or self.delivered_on

    def check_transfer(self, customer, on, since):
        if customer.store_id != self.store_id:
            raise DomainError(_("The owner belongs to another store."), code="other_store", field="customer")
        if customer.pk == self.customer_id:
            raise DomainError(_("The car belongs to this customer already."), code="same_owner", field="customer")
        if on > self.store.today():
            raise DomainError(_("The change of owner must not lie in the future."), code="transfer_in_future", field="on")
        if since and on < since:
            raise DomainError(_("The car must not change hands before the owner had it."), code="transfer_too_early", field="on")
