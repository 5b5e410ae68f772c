from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from messaging.channels import channel, is_simulated

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messages")

    def ready(self):
        """Connect the receivers; refuse to start with a channel that is not there, instead of failing at the first message."""
        from messaging import receivers  # noqa: F401 - receivers connect on import

        try:
            chosen = channel()
        except ModuleNotFoundError as error:
            if not settings.MESSAGE_CHANNEL.startswith(error.name):
                raise ImproperlyConfigured(f"MESSAGE_CHANNEL {settings.MESSAGE_CHANNEL} needs what requirements-channels.lock installs.") from error
            raise ImproperlyConfigured(f"MESSAGE_CHANNEL names no module: {settings.MESSAGE_CHANNEL!r}.") from error
        if not (hasattr(chosen, "send") and hasattr(chosen, "query")):
            raise ImproperlyConfigured(f"MESSAGE_CHANNEL must name a module with send and query, {settings.MESSAGE_CHANNEL!r} has not both.")
        check_options(getattr(chosen, "OPTIONS", ()), settings.MESSAGE_OPTIONS)
        if not (is_simulated() or settings.MESSAGE_RECIPIENTS):
            raise ImproperlyConfigured("MESSAGE_RECIPIENTS must say whom this system may write to; * is everybody, for production only.")


def check_options(names, options):
    missing = [name for name in names if not options.get(name)]
    if missing:
        raise ImproperlyConfigured(f"MESSAGE_OPTIONS lacks {', '.join(missing)} for {settings.MESSAGE_CHANNEL}.")
    for name in ("url", "endpoint"):
        address = urlsplit(options.get(name, ""))
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise ImproperlyConfigured(f"MESSAGE_OPTIONS {name} must be https://, as phones and texts go there.")
