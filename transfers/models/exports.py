from datetime import timedelta
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict

# A file of customers' data is fetched at once or asked for again (T11).
KEPT = timedelta(minutes=15)
LONGEST_EXPORT = timedelta(minutes=10)


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
