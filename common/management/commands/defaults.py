from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction


class Command(BaseCommand):
    help = "Load what the product ships (calendar, questionnaires, plans, checklists, targets). What stands already is left alone."

    @transaction.atomic
    def handle(self, *args, verbosity=1, **options):
        for config in apps.get_app_configs():
            if find_spec(f"{config.name}.defaults"):
                import_module(f"{config.name}.defaults").load()
                if verbosity:
                    self.stdout.write(f"{config.name}: defaults loaded")
