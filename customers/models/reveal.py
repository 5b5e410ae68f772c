from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from activity.models import Event
from activity.services import record
from common.errors import DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from customers.models.customer import Customer
from notifications.services import notify
from stores.models import Store

# So long a number stays open, and so many a person opens within an hour before the fuse blows (T31).
OPEN_FOR = timedelta(seconds=60)
MOST_AN_HOUR = 30
HOUR = timedelta(hours=1)


class RevealQuerySet(StoreScopedQuerySet):
    def open_to(self, user, now):
        return self.filter(by=user, at__gt=now - OPEN_FOR)


class Reveal(models.Model):
    """Who opened whose phone and address, why and when; kept for the supervisors (domain rule 6.5)."""

    view_permission = "customers.watch"

    class Reason(models.TextChoices):
        CALL = "call", _("To call the customer")
        CHECK = "check", _("To compare the data")
        ASKED = "asked", _("The customer is here and asks")
        OTHER = "other", _("Something else")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False, verbose_name=_("store"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="reveals", verbose_name=_("customer"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("by"))
    reason = models.CharField(_("what for"), max_length=5, choices=Reason)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = RevealQuerySet.as_manager()

    class Meta:
        verbose_name = _("revealed number")
        verbose_name_plural = _("revealed numbers")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "-at"], name="reveal_by_person"), models.Index(fields=["store", "-at"], name="reveal_of_store")]

    def __str__(self):
        return f"{self.customer} · {self.get_reason_display()}"


def reveal(customer, *, by, reason, now=None):
    """Open phone and address of a customer to ``by`` for a minute; who opens too many is stopped and the manager told (T31)."""
    now = now or timezone.now()
    if not by.may("customers.reveal", customer.store_id):
        raise NotAllowed
    if Reveal.objects.filter(by=by, at__gt=now - HOUR).count() >= MOST_AN_HOUR:
        alarm("customer.reveals_stopped", customer, by, most=MOST_AN_HOUR)
        raise DomainError(_("You have opened very many numbers within an hour; your manager has been told."), code="reveal_fuse")
    with transaction.atomic():
        Reveal.objects.create(store_id=customer.store_id, customer=customer, by=by, reason=reason, at=now)
        record("customer.revealed", customer, by=by, customer_id=customer.pk, reason=reason)


@transaction.atomic
def alarm(code, customer, by, **particulars):
    """Tell the store's managers, once an hour, that a person goes through very many records."""
    told_lately = Event.objects.filter(code=code, actor=by, at__gt=timezone.now() - HOUR)
    if told_lately.exists():
        return
    event = record(code, customer, by=by, customer_id=customer.pk, **particulars)
    notify(User.objects.with_roles([Role.STORE_MANAGER], customer.store), code, event, name=by.name, **particulars)
