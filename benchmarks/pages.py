"""How long the server takes for a page, and how many queries it asks."""

import warnings
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

ANSWERED = (200, 302)
BRACKETS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
BACKEND = "accounts.backends.RoleBackend"
# Pages are rendered without the collected static files, so that the benchmark runs on a fresh checkout.
PLAIN_STATIC = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def emptiest():
    """Return the address of the page with the least on it."""
    return reverse("notifications:list")


class Visitor:
    """Somebody signed in, in this very process."""

    def __init__(self, user):
        self.client = Client(HTTP_HOST="localhost", raise_request_exception=True)
        self.client.force_login(user, backend=BACKEND)
        with warnings.catch_warnings():
            # The first request finds no folder of collected files.
            warnings.simplefilter("ignore", UserWarning)
            self.seconds(emptiest())

    def seconds(self, address, method="get"):
        with override_settings(STORAGES=PLAIN_STATIC, ALLOWED_HOSTS=["localhost"]):
            start = perf_counter()
            response = getattr(self.client, method)(address, secure=settings.HTTPS)
            passed = perf_counter() - start
        if response.status_code not in ANSWERED:
            raise RuntimeError(f"{address} answered {response.status_code}.")
        return passed

    def queries(self, address, method="get"):
        with CaptureQueriesContext(connection) as asked:
            self.seconds(address, method)
        return sum(not query["sql"].startswith(BRACKETS) for query in asked.captured_queries)
