from django.conf import settings
from django.db.models import F, Func, Subquery
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info

from accounts.models import User
from accounts.navigation import address, navigation_for
from accounts.signals import counts_asked

BELL = "bell"


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
        return navigation_for(self.person, self.request.path, self.counts) if self.person else []

    @cached_property
    def counts(self):
        """Return ``{name: number}`` of the bell and of what the apps above count, all of it in one query."""
        asked = {BELL: counting(self.person.notifications.bell_of(self.person).unread())}
        for _receiver, queries in counts_asked.send(sender=None, user=self.person):
            asked |= queries
        return User.objects.filter(pk=self.person.pk).values(**{name: Subquery(query) for name, query in asked.items()}).get()

    @property
    def unread(self):
        return self.counts[BELL]

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


def counting(rows, field="pk", template="COUNT(%(expressions)s)"):
    """Return the query of the number of ``rows``; an aggregate of Django's would group them."""
    return rows.order_by().annotate(number=Func(F(field), template=template)).values("number")
