"""The web application behind the race test. UNGUARDED=1 swaps the claim for one that looks first and writes later: the control run.

The swap lives here and nowhere in the product, so no deployment can switch the guard off.
"""

import os

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from activity.services import record  # noqa: E402 - models can be read once Django is set up
from followups.models import FollowUp  # noqa: E402


def take_without_guard(self, by, now):
    holder = FollowUp.objects.get(pk=self.pk).holder(now)
    if holder not in (None, by):
        return False
    FollowUp.objects.filter(pk=self.pk).hold(by, now)
    record("followup.claimed", self, by=by)
    return True


if os.environ.get("UNGUARDED"):
    FollowUp.take = take_without_guard
