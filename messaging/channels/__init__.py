"""The ways out of the house. A channel is a module with two functions, chosen by ``settings.MESSAGE_CHANNEL``:

``send(message)``   hand it over, with ``message.pk`` as the provider's external id; no answer is an error, see below
``query(message)``  tell whether the provider has it: True, False (certainly not) or None (cannot tell)
"""

from importlib import import_module

from django.conf import settings


class Unavailable(Exception):
    """The provider did not take it and may later: try again."""


class Refused(Exception):
    """The provider will never take it."""


class NoAnswer(Exception):
    """The provider may or may not have taken it: ask when the lease is over."""


def channel():
    return import_module(settings.MESSAGE_CHANNEL)


def is_simulated():
    return settings.MESSAGE_CHANNEL == "messaging.channels.simulator"
