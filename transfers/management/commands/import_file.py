import json
import sys

from django.core.management.base import BaseCommand, CommandError

from common.excel import FileRefused
from stores.models import Store
from transfers.models import Kind
from transfers.services import Report, import_file, write_rejected

SHOWN = 20


class Command(BaseCommand):
    help = "Take customers, visits or deliveries from a file. Exit status 0: all taken, 3: some rows rejected, 2: file refused."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=Kind.values)
        parser.add_argument("file")
        parser.add_argument("--store", required=True, help="code of the store, for example S01")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--errors", metavar="OUT.xlsx", help="write the rejected rows with a reason column")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args, kind, file, store, dry_run, errors, format, **options):
        try:
            report = import_file(kind, file, self.store(store), dry_run=dry_run)
        except FileRefused as refused:
            self.show(Report(), format, refused)
            sys.exit(2)
        if errors:
            write_rejected(report, errors)
        self.show(report, format)
        if report.rejected:
            sys.exit(3)

    def store(self, code):
        try:
            return Store.objects.get(code=code)
        except Store.DoesNotExist as error:
            known = ", ".join(Store.objects.values_list("code", flat=True)) or "none"
            raise CommandError(f"There is no store {code!r}; known are: {known}.", returncode=2) from error

    def show(self, report, format, refused=None):
        answer = report.as_dict()
        if format == "json":
            if refused:
                answer["refused"] = {"code": refused.code, "message": str(refused.message)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        elif refused:
            self.stderr.write(str(refused.message))
        else:
            self.show_text(answer)

    def show_text(self, answer):
        counts = ", ".join(f"{name} {answer[name]}" for name in ("created", "updated", "unchanged", "skipped"))
        self.stdout.write(f"{counts}, rejected {len(answer['rejected'])}, warnings {len(answer['warnings'])}")
        for title in ("rejected", "warnings"):
            for note in answer[title][:SHOWN]:
                self.stdout.write(f"  {title} row {note['row']} {note['key'] or '—'} · {note['column']}: {note['message']}")
            if len(answer[title]) > SHOWN:
                self.stdout.write(f"  … and {len(answer[title]) - SHOWN} more {title}; --format json shows all")
