from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import DomainError, NotAllowed
from common.scope import StoreScopedQuerySet
from stores.models import Store


class Shift(models.Model):
    """When somebody makes calls on one day; what the forecast counts and the sharing-out goes by (FU15, B22)."""

    view_permission = "followups.assign"

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    person = models.ForeignKey(User, models.PROTECT, related_name="shifts", verbose_name=_("person"))
    date = models.DateField(_("day"))
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    objects = StoreScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        ordering = ["date", "starts", "person"]
        constraints = [
            models.UniqueConstraint(fields=["store", "person", "date"], name="shift_once_a_day"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="shift_in_order", violation_error_message=_("A shift ends after it starts.")),
        ]

    def __str__(self):
        return f"{self.starts:%H:%M}-{self.ends:%H:%M}"

    @property
    def hours(self):
        return (datetime.combine(self.date, self.ends) - datetime.combine(self.date, self.starts)) / timedelta(hours=1)

    def hours_left(self, local):
        """Return the hours still to come at the moment ``local`` of the store; all of them on a later day."""
        if self.date != local.date():
            return self.hours
        start = max(datetime.combine(self.date, self.starts), local.replace(tzinfo=None))
        return max((datetime.combine(self.date, self.ends) - start) / timedelta(hours=1), 0)


@transaction.atomic
def set_shifts(store, days, *, by):
    """Put the shifts of ``{(person, day): (starts, ends) or None}`` in place; None takes a shift away. Return how many have changed."""
    if not by.may("followups.assign", store.pk):
        raise NotAllowed
    known = {(shift.person_id, shift.date): shift for shift in Shift.objects.filter(store=store, date__in={day for _person, day in days})}
    changed = 0
    for (person, day), span in days.items():
        shift = known.get((person.pk, day))
        if span == (shift and (shift.starts, shift.ends)) or (span is None and shift is None):
            continue
        if not person.may("followups.work", store.pk):
            raise DomainError(_("%(name)s does not make calls in this store.") % {"name": person}, code="cannot_work", field="person")
        changed += 1
        if span is None:
            record("shift.removed", shift, by=by, name=person.name, day=day.isoformat())
            shift.delete()
            continue
        shift = shift or Shift(store=store, person=person, date=day)
        shift.starts, shift.ends = span
        shift.full_clean()
        shift.save()
        record("shift.set", shift, by=by, name=person.name, day=day.isoformat(), span=str(shift))
    return changed
