import json

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from common.periods import Period
from kpis.queries import measure_query
from stores.models import Store

COLUMNS = ["code", "period", "value", "n", "numerator", "denominator", "interval", "target", "gap", "status"]


class Command(BaseCommand):
    help = "Print indicators of a store; the objects are those of /api/v1/kpis/."

    def add_arguments(self, parser):
        parser.add_argument("--store", required=True, metavar="CODE", help="code of the store, or several separated by commas")
        parser.add_argument("--period", required=True, help="2026-10, 2026-Q4, 2026-H2, 2026, r3:2026-10 or r12:2026-10")
        parser.add_argument("--codes", help="indicators separated by commas; all when left out")
        parser.add_argument("--grain", help="month: one object per month of the period")
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args, store, period, codes, grain, format, **options):
        try:
            values = measure_query(stores=Store.objects.all(), period=Period.parse(period), store=store, grain=grain, codes=codes)
        except DomainError as error:
            raise CommandError(f"--{error.field}: {error.message}") from error
        objects = [value.as_dict() for value in values]
        self.stdout.write(json.dumps(objects, ensure_ascii=False, indent=2) if format == "json" else table(objects))


def table(objects):
    """Lay the objects out in columns as wide as their longest cell."""
    lines = [COLUMNS, *([cell(one[name]) for name in COLUMNS] for one in objects)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(COLUMNS))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def cell(value):
    if value is None:
        return "-"
    return "–".join(value) if isinstance(value, list) else str(value)
