from datetime import timedelta
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, NotAllowed
from common.scope import StoreScopedQuerySet
from stores.models import Store

# A file of customers' data is fetched at once or asked for again (T11).
KEPT = timedelta(minutes=15)
LONGEST_EXPORT = timedelta(minutes=10)
# So long the rejected rows can be fetched and the import can be undone.
TRACE_KEPT = timedelta(days=30)
KEPT_NOTES = 500


class Kind(models.TextChoices):
    CUSTOMERS = "customers", _("Customers")
    VISITS = "visits", _("Repair orders")
    DELIVERIES = "deliveries", _("Deliveries")


class Kept(models.TextChoices):
    """Why the undo of an import leaves a row as it is."""

    CHANGED = "changed", _("Changed since the import")
    USED = "used", _("Something else belongs to it by now")
    GONE = "gone", _("No longer there")


def rejected_path(run, name):
    return f"imports/{uuid4().hex}.xlsx"


class ImportRunQuerySet(StoreScopedQuerySet):
    def outdated(self, now):
        """Return the imports of which no more than the report is to stay."""
        return self.filter(Q(trace__isnull=False) | ~Q(rejected_file=""), finished_at__lt=now - TRACE_KEPT)


class ImportRun(models.Model):
    """One file taken in: who, when, which, and what came of every row that needs attention."""

    view_permission = "transfers.import"

    store = models.ForeignKey(Store, models.PROTECT, related_name="import_runs", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    file_name = models.CharField(_("file"), max_length=120)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    skipped_count = models.PositiveIntegerField(_("skipped"), default=0)
    rejected_count = models.PositiveIntegerField(_("rejected"), default=0)
    warning_count = models.PositiveIntegerField(_("warnings"), default=0)
    rejected = models.JSONField(_("rejected"), default=list)
    warnings = models.JSONField(_("warnings"), default=list)
    rejected_file = models.FileField(_("rejected rows"), upload_to=rejected_path, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("undone by"))
    removed_count = models.PositiveIntegerField(_("removed"), default=0, editable=False)
    restored_count = models.PositiveIntegerField(_("restored"), default=0, editable=False)
    kept_count = models.PositiveIntegerField(_("not undone"), default=0, editable=False)
    kept = models.JSONField(_("not undone"), default=list, editable=False)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-started_at", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.file_name}"

    def fetch_rejected(self, *, by):
        """Keep that the rejected rows, which name customers, were handed out."""
        record("import.rejected_fetched", self, by=by, rows=self.rejected_count)

    @property
    def can_be_undone(self):
        return self.undone_at is None and hasattr(self, "trace")

    def can_undo_by(self, user):
        return self.can_be_undone and user.may("transfers.import", self.store_id)

    def start_undo(self, *, by, now):
        """Claim the undo for this person; nobody gets a second one."""
        if not by.may("transfers.import", self.store_id):
            raise NotAllowed
        if not ImportRun.objects.filter(pk=self.pk, undone_at=None, trace__isnull=False).update(undone_at=now, undone_by=by):
            raise Conflict(_("This import has been undone already, or is too old for it."), code="not_undoable")

    def finish_undo(self, *, by, removed, restored, kept):
        """Keep what came of the undo; the trace has done its service."""
        self.refresh_from_db()
        self.removed_count, self.restored_count, self.kept_count, self.kept = removed, restored, len(kept), kept[:KEPT_NOTES]
        self.save(update_fields=["removed_count", "restored_count", "kept_count", "kept"])
        self.trace.delete()
        record("import.undone", self, by=by, removed=removed, restored=restored, kept=len(kept))


class ImportTrace(models.Model):
    """What an import made and changed: see ``transfers.traces``. ``at`` stands in all its events; later ones are somebody else's."""

    run = models.OneToOneField(ImportRun, models.CASCADE, related_name="trace")
    at = models.DateTimeField()
    created = models.JSONField(default=dict)
    updated = models.JSONField(default=dict)

    def __str__(self):
        return str(self.run)

    def created_of(self, model):
        """Return the ids of the rows the import made."""
        return {pk for first, last in self.created.get(model._meta.label_lower, ()) for pk in range(first, last + 1)}

    def changes_of(self, model):
        """Yield the names of fields changed together with ``{id: (values before, values after)}``."""
        for names, rows in self.updated.get(model._meta.label_lower, ()):
            fields = [model._meta.get_field(name) for name in names]
            yield names, {pk: (read(fields, values[: len(names)]), read(fields, values[len(names) :])) for pk, *values in rows}


def read(fields, values):
    return tuple(field.to_python(value) for field, value in zip(fields, values, strict=True))


def export_path(run, name):
    """Files stand under names nobody can guess."""
    return f"exports/{uuid4().hex}.xlsx"


class ExportRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the person's own exports; who manages accounts sees that of everybody, not the files."""
        return self if user.may("accounts.manage") else self.filter(by=user)

    def waiting(self, now):
        """Return what nobody works on: not begun, or begun by a worker that is gone."""
        Status = ExportRun.Status
        return self.filter(Q(status=Status.WAITING) | Q(status=Status.RUNNING, started_at__lt=now - LONGEST_EXPORT))

    def outdated(self, now):
        """Return the exports whose file may go."""
        return self.exclude(file="").filter(finished_at__lt=now - KEPT)


class ExportRun(models.Model):
    """A list taken out as a workbook: which, with which filters, by whom and what for.

    The file is there for a quarter of an hour and for this person alone (T11); one at a time is made for each person (T104).
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready to download")
        FAILED = "failed", _("Failed")

    list_code = models.CharField(_("list"), max_length=20)
    query = models.TextField(_("filters"), blank=True)
    reason = models.CharField(_("what for"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="exports", verbose_name=_("by"))
    language = models.CharField(max_length=12)
    time_zone = models.CharField(max_length=40)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    file = models.FileField(_("file"), upload_to=export_path, blank=True)

    objects = ExportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        ordering = ["-asked_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["by"], condition=Q(status__in=["waiting", "running"]), name="export_one_at_a_time")]

    def __str__(self):
        return f"{self.list_code} · {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_unfinished(self):
        return self.status in (self.Status.WAITING, self.Status.RUNNING)

    @property
    def is_ready(self):
        return self.status == self.Status.DONE and bool(self.file) and timezone.now() < self.finished_at + KEPT

    def ask(self):
        """Enter the export, unless another one of the person is still being made."""
        try:
            with transaction.atomic():
                self.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict(_("Your last export is still being made; wait for it."), code="export_running") from error

    def start(self, now):
        """Take the export on; False where another worker has it."""
        mine = ExportRun.objects.waiting(now).filter(pk=self.pk, started_at=self.started_at)
        self.started_at, is_mine = now, mine.update(status=self.Status.RUNNING, started_at=now)
        return bool(is_mine)

    @transaction.atomic
    def finish(self, row_count):
        """Keep how many rows went out."""
        self.status, self.row_count, self.finished_at = self.Status.DONE, row_count, timezone.now()
        self.save(update_fields=["status", "row_count", "finished_at", "file"])
        record("export.made", self, by=self.by, list=self.list_code, rows=row_count, filters=self.query, reason=self.reason)

    def fail(self):
        self.status, self.finished_at = self.Status.FAILED, timezone.now()
        self.save(update_fields=["status", "finished_at"])

    def fetch(self):
        """Keep that the file was handed out."""
        record("export.fetched", self, by=self.by, list=self.list_code, rows=self.row_count)
