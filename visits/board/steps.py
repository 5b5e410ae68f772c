"""The way of a car as its customer sees it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from visits.models import Visit
from visits.models.workshop import Stage

STEPS = [
    (_("Received"), (Stage.RECEIVED,)),
    (_("In repair"), (Stage.IN_REPAIR, Stage.WAITING_FOR_PARTS, Stage.STOPPED)),
    (_("Final inspection"), (Stage.INSPECTION,)),
    (_("Ready to be picked up"), (Stage.READY,)),
    (_("Handed over"), (Visit.Status.HANDED_OVER,)),
]


@dataclass(frozen=True)
class Step:
    name: str
    state: str  # done, current or ahead


def steps_of(visit):
    here = next(place for place, (_name, states) in enumerate(STEPS) if visit.state in states)
    return [Step(name, "done" if place < here else "current" if place == here else "ahead") for place, (name, _states) in enumerate(STEPS)]
