"""Databases made for one benchmark and dropped after it; the configured one is never touched."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

# One of its own for each run, so that two runs do not meet.
NAME = f"manyi_benchmark_{os.getpid()}"


class Scratch:
    """An empty database with all tables, and copies of it."""

    def __init__(self):
        self.creation, self.copies = connection.creation, []

    def use(self, name):
        """Let the connection speak to the database ``name`` from now on."""
        connection.close()
        connection.settings_dict["NAME"] = name
        return name

    def copy(self, suffix):
        """Make a copy of the empty database, use it and return its name."""
        self.use(self.empty)
        self.creation.clone_test_db(suffix, verbosity=0, autoclobber=True)
        self.copies.append(suffix)
        return self.use(self.creation.get_test_db_clone_settings(suffix)["NAME"])

    def drop(self, suffix):
        self.use(self.empty)
        self.creation.destroy_test_db(verbosity=0, suffix=suffix)
        self.copies.remove(suffix)


@contextmanager
def scratch():
    """Yield a ``Scratch``; everything it made is gone afterwards."""
    before, real = dict(connection.settings_dict), connection.settings_dict["NAME"]
    folder = tempfile.mkdtemp(prefix="manyi-benchmark-")
    close_all()
    # A pool would hold connections open while the databases are dropped.
    options = {name: value for name, value in before["OPTIONS"].items() if name != "pool"}
    name = str(Path(folder) / "empty.sqlite3") if connection.vendor == "sqlite" else NAME
    connection.settings_dict |= {"OPTIONS": options, "TEST": {**before["TEST"], "NAME": name, "MIGRATE": False}}
    made = Scratch()
    made.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    made.empty = connection.settings_dict["NAME"]
    try:
        yield made
    finally:
        for suffix in list(made.copies):
            made.drop(suffix)
        made.creation.destroy_test_db(real, verbosity=0)
        connection.settings_dict |= before
        shutil.rmtree(folder)


def close_all():
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def address():
    """Return the DATABASE_URL of the database in use, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()
