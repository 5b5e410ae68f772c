"""The product's settings, with tables made straight from the models: quicker than migrating a database that lives for seconds."""

from dealership.settings import *  # noqa: F403
from dealership.settings import INSTALLED_APPS

MIGRATION_MODULES = {app.split(".")[-1]: None for app in INSTALLED_APPS}
