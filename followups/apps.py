from django.apps import AppConfig


class FollowUpsConfig(AppConfig):
    name = "followups"

    def ready(self):
        from followups import receivers  # noqa: F401 - receivers connect on import
