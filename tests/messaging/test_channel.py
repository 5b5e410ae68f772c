"""The channel is chosen by a setting; a wrong one is told at the start."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured


@pytest.mark.parametrize("name", ["messaging.channels.pigeon", "messaging.reasons"])
def test_a_channel_that_is_none_is_refused_at_the_start(settings, name):
    settings.MESSAGE_CHANNEL = name
    with pytest.raises(ImproperlyConfigured, match="MESSAGE_CHANNEL"):
        apps.get_app_config("messaging").ready()


def test_the_simulator_is_the_default(settings):
    assert settings.MESSAGE_CHANNEL == "messaging.channels.simulator"
    apps.get_app_config("messaging").ready()
