from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GatheringsConfig(AppConfig):
    name = "gatherings"
    verbose_name = _("Owner activities")

    def ready(self):
        from gatherings import receivers  # noqa: F401
