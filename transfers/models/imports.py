from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, NotAllowed
from common.scope import StoreScopedQuerySet
from stores.models import Store

# So long the rejected rows can be fetched and the import can be undone.
TRACE_KEPT = timedelta(days=30)
KEPT_NOTES = 500
COUNTS = ("created", "updated", "unchanged", "skipped", "rejected", "removed", "restored")


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

    @property
    def counts(self):
        return {name: getattr(self, f"{name}_count") for name in COUNTS}

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
