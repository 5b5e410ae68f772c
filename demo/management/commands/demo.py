import gc
from argparse import ArgumentTypeError
from contextlib import contextmanager
from datetime import date
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer
from demo.group import build
from demo.people import PASSWORD, usernames
from stores.models import Store

HIGHEST = {"stores": 12, "months": 60, "visits": 1_000_000}
FEWEST_VISITS_PER_STORE = 20
YEARS = range(2022, 2091)
WIDE = "WF"


class Command(BaseCommand):
    help = "Build a demo group in an empty database: stores, people, two years of history; prints the logins and one API token per role."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1, help="the same seed on the same day gives the same rows")
        parser.add_argument("--stores", type=int, default=2)
        parser.add_argument("--months", type=int, default=24)
        parser.add_argument("--visits", type=int, default=6000, help="of all stores together")
        parser.add_argument("--today", type=day, default=None, metavar="YYYY-MM-DD", help="the day on which history ends, today by default")

    def handle(self, *args, seed, stores, months, visits, today, **options):
        check("stores", stores)
        check("months", months)
        check("visits", visits, lowest=FEWEST_VISITS_PER_STORE * stores)
        refuse_real_data(stores)
        call_command("defaults", verbosity=0)
        today = today or timezone.localdate(timezone=ZoneInfo(settings.TIME_ZONE))
        with no_collecting():
            memberships, tokens = build(seed=seed, today=today, stores=stores, months=months, visits=visits)
        self.show(_("Demo logins"), [login_row(membership) for membership in memberships], [_("Username"), _("Role"), _("Store"), _("Password")])
        self.show(_("API tokens"), [token_row(*pair) for pair in tokens], [_("Role"), _("Username"), _("Token")])

    def show(self, title, rows, head):
        """Print a table in columns, Chinese characters counted as two."""
        rows = [[str(cell) for cell in row] for row in [head, *rows]]
        widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
        self.stdout.write(f"{title}\n")
        for row in rows:
            cells = [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
            self.stdout.write(f"  {'  '.join(cells).rstrip()}")
        self.stdout.write("")


def day(text):
    """Read the value of ``--today``."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        message = _("give a day like 2026-11-18, in the years %(first)s to %(last)s") % {"first": YEARS[0], "last": YEARS[-1]}
        raise ArgumentTypeError(message)
    return found


@contextmanager
def no_collecting():
    """Spare the search for garbage: all rows stay until they are written, and looking at them again and again takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def check(name, number, lowest=1):
    highest = HIGHEST[name]
    if not lowest <= number <= highest:
        bounds = {"name": name, "lowest": lowest, "highest": highest}
        raise CommandError(_("--%(name)s takes a whole number from %(lowest)s to %(highest)s.") % bounds)


def refuse_real_data(stores):
    if Store.objects.exists() or Customer.objects.exists():
        raise CommandError(_("This database already holds stores or customers. The demo group is only built in an empty database."))
    taken = User.objects.filter(username__in=usernames(stores)).values_list("username", flat=True).first()
    if taken:
        raise CommandError(_("There is already a person with the username “%(username)s”, which the demo group needs.") % {"username": taken})


def login_row(membership):
    return membership.user.username, membership.get_role_display(), membership.store or _("Whole group"), PASSWORD


def token_row(membership, key):
    return membership.get_role_display(), membership.user.username, key


def width(text):
    return sum(2 if east_asian_width(character) in WIDE else 1 for character in text)
