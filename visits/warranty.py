"""How long repaired work is guaranteed by law (机动车维修质量保证期): so many days or kilometres from the hand-over, whichever is over first."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkClass(models.TextChoices):
    OVERHAUL = "overhaul", _("Overhaul or assembly repair")
    SECOND = "second", _("Second-level maintenance")
    MINOR = "minor", _("First-level maintenance, minor or special repair")


# days, kilometres
LEGAL = {WorkClass.OVERHAUL: (100, 20_000), WorkClass.SECOND: (30, 5_000), WorkClass.MINOR: (10, 2_000)}


@dataclass(frozen=True)
class Warranty:
    """What a store owes on its work: never less than the law, more where it has promised more. ``until`` is None before the hand-over."""

    days: int
    km: int
    until: date | None
    until_km: int | None

    def covers(self, day, mileage):
        """Tell whether work fails within the warranty; a mileage nobody has read decides nothing."""
        if self.until is None or day > self.until:
            return False
        return None in (mileage, self.until_km) or mileage <= self.until_km


def warranty_of(visit):
    legal_days, legal_km = LEGAL[visit.work_class]
    days, km = max(visit.warranty_days or 0, legal_days), max(visit.warranty_km or 0, legal_km)
    until = visit.store.local(visit.handed_over_at).date() if visit.handed_over_at else None
    return Warranty(days, km, until and date.fromordinal(until.toordinal() + days), None if visit.mileage is None or until is None else visit.mileage + km)
