"""What the SMS providers have in common. No channel of its own."""

import hmac
import json

from django.conf import settings

from messaging.channels import Forged

# In the words of the HTTP library both SDKs use: the call has not reached anybody.
NEVER_CONNECTED = ("Failed to establish a new connection", "NameResolutionError", "ConnectTimeoutError")


def endpoint(usual):
    """Return scheme and host of the provider, or of the stand-in the options name."""
    scheme, host = (settings.MESSAGE_OPTIONS.get("endpoint") or usual).split("://")
    return scheme, host


def never_connected(words):
    return any(each in words for each in NEVER_CONNECTED)


def pushed(request):
    """Return the entries of a status push. Providers sign none: the secret is in the address they were given."""
    if not hmac.compare_digest(request.GET.get("key", "").encode(), settings.MESSAGE_OPTIONS["receipt_key"].encode()):
        raise Forged
    entries = json.loads(request.body)
    if not isinstance(entries, list):
        raise ValueError("a push is a list")
    return entries
