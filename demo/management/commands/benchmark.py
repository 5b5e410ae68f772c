import json
import logging

from django.core.management.base import BaseCommand, CommandError

from benchmarks import archive, dashboard, exports, imports, machine, planning, queue
from benchmarks.scratch import scratch

MEASUREMENTS = {"queue": queue, "dashboard": dashboard, "planning": planning, "import": imports, "export": exports, "archive": archive}
FULL = 1_000_000
HEAD = ["what", "rows", "measured", "reference", "ratio", "at most", "notes"]


class Command(BaseCommand):
    help = "Measure the pages and bulk loads that must stay quick, on a scratch database of the configured engine that is dropped afterwards."

    def add_arguments(self, parser):
        parser.add_argument("--rows", type=int, default=FULL, help="rows of the largest table; all others shrink alike (default: 1000000)")
        parser.add_argument("--only", default=",".join(MEASUREMENTS), help="of " + ", ".join(MEASUREMENTS))
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args, rows, only, format, **options):
        chosen = self.chosen(rows, only)
        # Every request would be a line.
        logging.disable(logging.WARNING)
        described, figures = machine.describe(), []
        with scratch() as made:
            for name in chosen:
                figures += MEASUREMENTS[name].measure(made, lambda full: max(1, full * rows // FULL))
        if format == "json":
            self.stdout.write(json.dumps({"machine": described, "figures": [figure.as_dict() for figure in figures]}, ensure_ascii=False))
        else:
            self.show(described, figures)

    def chosen(self, rows, only):
        if not 1000 <= rows <= FULL:
            raise CommandError(f"--rows takes a whole number from 1000 to {FULL}.")
        chosen = only.split(",")
        if unknown := [name for name in chosen if name not in MEASUREMENTS]:
            raise CommandError(f"--only knows {', '.join(MEASUREMENTS)}, not {', '.join(unknown)}.")
        return chosen

    def show(self, described, figures):
        self.stdout.write(" · ".join(f"{name.replace('_', ' ')} {value}" for name, value in described.items()))
        rows = [HEAD] + [line(figure) for figure in figures]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def line(figure):
    times = [duration(figure.measured), duration(figure.reference)]
    ratio = "—" if figure.ratio is None else f"{figure.ratio:.2f} ×"
    return [figure.name, str(figure.rows), *times, ratio, f"{figure.most:.2g} ×", figure.notes]


def duration(seconds):
    if seconds is None:
        return "—"
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
