import pytest

from tests.gatherings.factories import make_gathering


@pytest.fixture
def gathering(store):
    return make_gathering(store)
