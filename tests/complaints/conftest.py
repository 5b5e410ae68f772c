import pytest

from accounts.roles import Role
from complaints.models import Category, Complaint
from tests.factories import NOW, make_handed_over, make_user


@pytest.fixture
def visit(store, advisor):
    return make_handed_over(store, advisor=advisor)


@pytest.fixture
def draft(defaults, visit):
    """A slip about the visit, not issued yet."""

    def unsaved(**fields):
        category = Category.objects.get(code="service-wait")
        about = {"store": visit.store, "customer": visit.customer, "vehicle": visit.vehicle, "visit": visit, "employee": visit.advisor}
        return Complaint(**{**about, "category": category, "words": "Waited two hours", **fields})

    return unsaved


@pytest.fixture
def slip(draft, agent, time_machine):
    """A slip Alice has issued to the service department on Wednesday, 18 November 2026, 10:00 in Shanghai."""
    time_machine.move_to(NOW, tick=False)
    return draft().issue(by=agent)


@pytest.fixture
def answered(slip, service_manager):
    slip.answer(by=service_manager, cause="Too few people at noon", measure="Shift plan changed")
    return slip


@pytest.fixture
def asked(answered, service_manager):
    """A slip whose head of department wants it closed by exception."""
    answered.ask_exception(by=service_manager, reason="Wants a new car")
    return answered


@pytest.fixture
def other_care_manager(store):
    return make_user("cathy", Role.CARE_MANAGER, store)
