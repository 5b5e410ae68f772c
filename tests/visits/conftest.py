from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from customers.models import Customer
from tests.factories import make_user, make_vehicle, make_visit


@pytest.fixture
def car(store):
    owner = Customer.objects.create(store=store, name="王示例", phone="13812345678")
    return make_vehicle(store, owner, plate="沪A9K871", vin="LATPAB071W1005301", mileage=10000)


@pytest.fixture
def here(car):
    """A car in the shop: came an hour ago, promised in an hour."""
    now = timezone.now()
    return make_visit(car.store, car, number="V-S01-000001", arrived_at=now - timedelta(hours=1), promised_at=now + timedelta(hours=1))


@pytest.fixture
def late(car):
    """A car in the shop whose promise has passed an hour ago."""
    now = timezone.now()
    return make_visit(car.store, car, number="V-S01-000002", arrived_at=now - timedelta(hours=3), promised_at=now - timedelta(hours=1))


@pytest.fixture
def other_advisor(other_store):
    return make_user("otto", Role.SERVICE_ADVISOR, other_store)


@pytest.fixture
def technician(store):
    return make_user("tom", Role.TECHNICIAN, store)


@pytest.fixture
def mate(store):
    """Another technician, who may sign the mutual check."""
    return make_user("theo", Role.TECHNICIAN, store)


@pytest.fixture
def inspector(store):
    return make_user("ina", Role.INSPECTOR, store)


@pytest.fixture
def in_repair(here, technician, advisor):
    here.start_repair(by=advisor, bay="3", technicians=[technician])
    return here


@pytest.fixture
def in_inspection(in_repair, technician, mate):
    in_repair.sign_check("self", True, by=technician)
    in_repair.sign_check("mutual", True, by=mate)
    in_repair.send_to_inspection(by=technician)
    return in_repair


@pytest.fixture
def ready(in_inspection, inspector):
    in_inspection.inspect(True, by=inspector, has_road_test=True)
    return in_inspection
