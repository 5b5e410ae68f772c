"""The same provider, but one that answers every question with “no”: the guard is off, so messages in doubt go out again."""

from tests.reliability.counting_channel import send as send


def query(message):
    return False
