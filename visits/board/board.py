"""The workshop board: exactly the six facts of S2-42, and a cheap way to tell whether they have changed."""

from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Count, F, Max
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from stores.models import Store
from visits.models import Visit
from visits.models.workshop import UNDER_REPAIR, Stage


@dataclass
class Board:
    """How many cars are in repair, on which bay, by whom, for when; who is free; what stands still."""

    store: Store
    cars: list
    free: list

    @property
    def halted(self):
        return [car for car in self.cars if car.is_halted]


def board_of(store):
    cars = Visit.objects.filter(store=store).in_shop().filter(stage__in=UNDER_REPAIR).select_related("store", "vehicle")
    cars = list(cars.prefetch_related("technicians").order_by(F("promised_at").asc(nulls_last=True), "arrived_at"))
    busy = {person.pk for car in cars if car.stage == Stage.IN_REPAIR for person in car.technicians.all()}
    technicians = User.objects.with_roles([Role.TECHNICIAN], store).order_by("name")
    return Board(store, cars, [person for person in technicians if person.pk not in busy])


def version_of(store, now=None):
    """Return what changes whenever a car moves, and with every minute, for what only time changes; one small query."""
    state = Visit.objects.filter(store=store).in_shop().aggregate(cars=Count("pk"), newest=Max("updated_at"))
    minute = int((now or timezone.now()).timestamp() // 60)
    return sha256(f"{store.pk} {state['cars']} {state['newest']} {minute}".encode()).hexdigest()[:16]
