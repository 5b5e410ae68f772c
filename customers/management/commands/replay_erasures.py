from django.core.management.base import BaseCommand

from customers.rights.erasing import replay


class Command(BaseCommand):
    help = "After a restored backup: erase and restrict again who the ledger names. Run it before the site opens; safe to repeat."

    def handle(self, *args, **options):
        for what, number in replay().items():
            self.stdout.write(f"{what}: {number}")
