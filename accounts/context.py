from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info

from accounts.navigation import address, navigation_for


def shell(request):
    """Give every page what surrounds its content."""
    return {"shell": Shell(request)}


class Shell:
    """What the frame of a page shows; each part is found only when the template asks."""

    def __init__(self, request):
        self.request = request

    @cached_property
    def person(self):
        """Return the signed-in person, None for everybody else and for answers made before sign-in was read."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def navigation(self):
        return navigation_for(self.person, self.request.path) if self.person else []

    @cached_property
    def unread(self):
        return self.person.notifications.bell_of(self.person).unread().count()

    @cached_property
    def other_language(self):
        """Return the language one can switch to, named in itself."""
        code = next(code for code, _name in settings.LANGUAGES if code != get_language())
        return {"code": code, "name": {"zh-hans": "中文"}.get(code) or get_language_info(code)["name_local"]}

    @property
    def search_url(self):
        return address("customers:search") or "/search/"

    @property
    def notifications_url(self):
        return address("notifications:list")

    @property
    def preferences_url(self):
        return address("notifications:preferences")

    @property
    def settings_url(self):
        return address("accounts:settings")
