from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from messaging.channels import channel


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messages")

    def ready(self):
        """Refuse to start with a channel that is not there, instead of failing at the first message."""
        try:
            chosen = channel()
        except ModuleNotFoundError as error:
            raise ImproperlyConfigured(f"MESSAGE_CHANNEL names no module: {settings.MESSAGE_CHANNEL!r}.") from error
        if not (hasattr(chosen, "send") and hasattr(chosen, "query")):
            raise ImproperlyConfigured(f"MESSAGE_CHANNEL must name a module with send and query, {settings.MESSAGE_CHANNEL!r} has not both.")
