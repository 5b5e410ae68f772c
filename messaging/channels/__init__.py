"""The ways out of the house. A channel is a module with two functions, chosen by ``settings.MESSAGE_CHANNEL``:

``send(message)``     hand it over, with ``message.pk`` as the provider's external id; return the provider's own id, if any; no answer is an error, see below
``query(message)``    tell whether the provider has it: True, False (certainly not) or None (cannot tell)

and, where it applies:

``NAME``              what people call it
``MEDIUM``            the ``customers.models.Channel`` whose consent counts, SMS unless said
``OPTIONS``           what ``settings.MESSAGE_OPTIONS`` must hold
``receive(request)``  check a request of the provider and return the ``Report``s in it, else raise ``Forged`` or ``ValueError``

docs/channels.md tells how each is set up.
"""

import re
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings

from messaging.reasons import Reason

SIMULATOR = "messaging.channels.simulator"
# Well under the lease: who waits longer asks afterwards.
TIMEOUT = 10
LONGEST_ANSWER = 120
LONG_NUMBER = re.compile(r"[0-9]{7,}")


class ChannelError(Exception):
    """``answer`` is what the provider said, in its own codes and words."""

    def __init__(self, answer=""):
        super().__init__(answer)
        self.answer = kept(answer)


class Unavailable(ChannelError):
    """The provider did not take it and may later: try again."""


class Refused(ChannelError):
    """The provider will never take it."""

    reason = Reason.REFUSED


class NoCode(Refused):
    """The text has not been given the code of its approved twin at the provider."""

    reason = Reason.NO_CODE


class Suspended(ChannelError):
    """The provider takes nothing before a person has put something in order: text, signature, account or key (T70)."""


class NoAnswer(ChannelError):
    """The provider may or may not have taken it: ask when the lease is over."""


class Forged(Exception):
    """The request does not come from the provider, or not from now."""


@dataclass(frozen=True)
class Report:
    """What a provider says became of a message: ``state`` is delivered or failed, ``reference`` our id, where the provider keeps it."""

    provider_ref: str
    state: str
    reference: str = ""
    answer: str = ""


def kept(answer):
    """Return what we keep of a provider's words: they quote phones (T126)."""
    return LONG_NUMBER.sub("…", answer)[:LONGEST_ANSWER]


def channel():
    return import_module(settings.MESSAGE_CHANNEL)


def is_simulated():
    return settings.MESSAGE_CHANNEL == SIMULATOR


def refuse(code, answer, *, busy, suspended):
    """Raise what the provider's code means; a code in neither table is a no, and a person reads which."""
    if code.startswith(busy):
        raise Unavailable(answer)
    raise Suspended(answer) if code.startswith(suspended) else Refused(answer)


def code_of(message):
    if not message.template.provider_code:
        raise NoCode
    return message.template.provider_code
