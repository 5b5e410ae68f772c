"""Settings of the tests: fast, in memory and talking to nobody; DATABASE_URL and REDIS_URL choose PostgreSQL and Redis."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Read by dealership.settings: a data folder that goes away with the test run, and the secret PostgreSQL asks for.
data_dir = tempfile.mkdtemp(prefix="manyi-tests-")
atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
os.environ["DATA_DIR"] = data_dir
os.environ.setdefault("SECRET_KEY", "tests-only")

from dealership.settings import *  # noqa: E402, F403
from dealership.settings import DATABASES, EMBEDDED, REDIS_URL, SQLITE_OPTIONS, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SENDS_MAIL = True
SITE_URL = "https://manyi.example.com"
AXES_ENABLED = False

if EMBEDDED:
    DATABASES["default"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": SQLITE_OPTIONS}
else:
    # A pool would hold connections open while the test database is dropped.
    DATABASES["default"]["OPTIONS"] = {}

# Parallel test processes share one Redis; each keeps to its own keys.
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": os.environ.get("PYTEST_XDIST_WORKER", "tests"),
        }
    }

# Tests call task functions themselves; what is published in passing stays in this process.
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://"

# Static files are served straight from their sources; whitenoise only wants its folder to exist.
STATIC_ROOT = Path(data_dir) / "collected"
STATIC_ROOT.mkdir()
STORAGES["default"]["OPTIONS"]["location"] = Path(data_dir) / "uploads"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
