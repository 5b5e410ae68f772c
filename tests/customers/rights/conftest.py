from datetime import date, timedelta

import pytest

from customers.models import RightsRequest
from tests.factories import NOW, make_customer, make_handed_over, make_vehicle


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.ERASURE_LEDGER = tmp_path / "apart" / "erasures.jsonl"
    return settings.ERASURE_LEDGER


@pytest.fixture
def customer(store):
    return make_customer(store, name="王示例", phone="13812345678", notes="喜欢喝茶", birthday=date(1990, 5, 1))


@pytest.fixture
def served(store, customer):
    """The customer with a repair of this year: its papers are kept for six years."""
    return make_handed_over(store, vehicle=make_vehicle(store, customer), at=NOW)


@pytest.fixture
def ask(agent, customer):
    """Take a request of the customer in."""

    def asked(kind="erasure", **fields):
        given = {"asked_by": "王示例", "identity": "Card seen", **fields}
        return RightsRequest(store=customer.store, customer=customer, kind=kind, **given).ask(by=agent)

    return asked


@pytest.fixture
def long_ago():
    """A moment no hold reaches back to."""
    return NOW - timedelta(days=366 * 12)
