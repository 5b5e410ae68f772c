from datetime import datetime, timedelta
from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record, save_setting
from common.errors import Conflict, NotAllowed
from common.scope import StoreScopedQuerySet
from notifications.services import notify
from stores.models import Store
from transfers.models.imports import ImportRun, Kind

# An import that takes longer was killed; it wrote all its rows or none.
LONGEST_IMPORT = timedelta(minutes=30)
DAY = timedelta(days=1)


def incoming_path(incoming, name):
    """Files lie under a name of our own; the sender's is only shown (T101)."""
    return f"incoming/{uuid4().hex}"


class FeedQuerySet(StoreScopedQuerySet):
    def active(self):
        return self.filter(stopped_at=None).select_related("store")


class Feed(models.Model):
    """A folder another system puts its files into, unattended (AP6)."""

    view_permission = "transfers.import"

    store = models.ForeignKey(Store, models.PROTECT, related_name="feeds", verbose_name=_("store"))
    kind = models.CharField(_("what the files hold"), max_length=12, choices=Kind)
    folder = models.CharField(
        _("folder"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("A folder has small letters, digits and hyphens."))],
        help_text=_("Lies in the folder “feeds” beside the data of the site."),
    )
    expected_by = models.TimeField(_("a file is expected every day by"), null=True, blank=True, help_text=_("Empty: no alert when none comes."))
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    stopped_at = models.DateTimeField(_("stopped"), null=True, editable=False)
    reported_on = models.DateField(null=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("file feed")
        verbose_name_plural = _("file feeds")
        ordering = ["store", "folder"]

    def __str__(self):
        return self.folder

    def get_absolute_url(self):
        return reverse("transfers:feed_list")

    @transaction.atomic
    def set(self, *, by):
        if not by.may("transfers.import", self.store_id):
            raise NotAllowed
        save_setting(self, by=by)

    def stop(self, *, by):
        """Leave the folder alone; what has come stays on record."""
        self.switch(timezone.now(), by=by)

    def resume(self, *, by):
        self.switch(None, by=by)

    @transaction.atomic
    def switch(self, moment, *, by):
        if not by.may("transfers.import", self.store_id):
            raise NotAllowed
        self.stopped_at = moment
        self.save(update_fields=["stopped_at"])
        record("feed.stopped" if moment else "feed.resumed", self, by=by)

    def report(self, now):
        """Once a day, after the hour a file is expected by, tell what the last day has brought, or that nothing came; tell whether it was told."""
        local = self.store.local(now)
        if self.expected_by is None or local.time() < self.expected_by or self.created_at > now - DAY:
            return False
        is_mine = Feed.objects.filter(Q(reported_on=None) | Q(reported_on__lt=local.date()), pk=self.pk).update(reported_on=local.date())
        if is_mine:
            self.tell(datetime.combine(local.date(), self.expected_by, self.store.zone), now)
        return bool(is_mine)

    @transaction.atomic
    def tell(self, expected_at, now):
        files = list(self.files.filter(arrived_at__gt=expected_at - DAY, arrived_at__lte=now).select_related("run"))
        runs = [incoming.run for incoming in files if incoming.run]
        sums = {name: sum(getattr(run, f"{name}_count") for run in runs) for name in ("created", "updated", "rejected")}
        refused = sum(incoming.status == IncomingFile.Status.REFUSED for incoming in files)
        event = record("feed.reported" if files else "feed.missing", self, files=len(files), refused=refused, **sums)
        notify(keepers_of(self.store), event.code, event, folder=self.folder, files=len(files), refused=refused, **sums)


def keepers_of(store):
    """Return the people who look after the imports of a store."""
    return User.objects.with_permission("transfers.import", store)


class IncomingQuerySet(StoreScopedQuerySet):
    def waiting(self, now):
        """Return what nobody works on: not begun, or begun by a worker that is gone (T99)."""
        Status = IncomingFile.Status
        return self.filter(Q(status=Status.WAITING) | Q(status=Status.RUNNING, started_at__lt=now - LONGEST_IMPORT)).order_by("pk")

    def forgotten(self, now):
        """Return the checked files nobody has decided on for a day."""
        return self.filter(status=IncomingFile.Status.CHECKED, arrived_at__lt=now - DAY)

    def same_as(self, store, kind, digest):
        """Return the file with the same content that came before and still counts: neither refused nor taken back (T97)."""
        known = self.filter(store=store, kind=kind, digest=digest, run__undone_at=None).exclude(
            status__in=[IncomingFile.Status.REFUSED, IncomingFile.Status.CHECKED]
        )
        return known.order_by("pk").first()


class IncomingFile(models.Model):
    """A file another system has sent, by the API or through a folder, on its way into the archive."""

    view_permission = "transfers.import"

    class Status(models.TextChoices):
        CHECKED = "checked", _("To be confirmed")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being taken in")
        DONE = "done", _("Taken in")
        REFUSED = "refused", _("Refused as a whole")

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    feed = models.ForeignKey(Feed, models.PROTECT, null=True, related_name="files", verbose_name=_("file feed"))
    name = models.CharField(_("file"), max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content")
    file = models.FileField(upload_to=incoming_path, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    arrived_at = models.DateTimeField(_("arrived"), default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, related_name="incoming", verbose_name=_("import"))
    # What a check has found, for the preview of a file that waits for somebody's word.
    report = models.JSONField(default=dict)
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal = models.TextField(_("why it was refused"), blank=True)

    objects = IncomingQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming file")
        verbose_name_plural = _("incoming files")
        ordering = ["-arrived_at", "-pk"]
        indexes = [models.Index(fields=["store", "kind", "digest"], name="incoming_digest")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("transfers:feed_list")

    def start(self, now):
        """Take the file on; False where another worker has it."""
        mine = IncomingFile.objects.waiting(now).filter(pk=self.pk, started_at=self.started_at)
        self.started_at, is_mine = now, mine.update(status=self.Status.RUNNING, started_at=now)
        return bool(is_mine)

    @property
    def is_to_be_confirmed(self):
        return self.status == self.Status.CHECKED

    def keep_check(self, report):
        self.report = report
        self.save(update_fields=["report"])

    def confirm(self, *, by):
        """Let the checked file be taken in."""
        if not by.may("transfers.import", self.store_id):
            raise NotAllowed
        checked = IncomingFile.objects.filter(pk=self.pk, status=self.Status.CHECKED)
        if not checked.update(status=self.Status.WAITING, arrived_at=timezone.now()):
            raise Conflict(_("This file has been decided on already."), code="not_waiting")
        self.refresh_from_db()

    def discard(self, *, by=None):
        """Give the checked file up; nothing of it is kept."""
        if by is not None and not by.may("transfers.import", self.store_id):
            raise NotAllowed
        if self.is_to_be_confirmed:
            self.file.delete(save=False)
            self.delete()

    def finish(self, run):
        self.settle(self.Status.DONE, run=run)

    @transaction.atomic
    def refuse(self, refused):
        """Keep why nothing of the file was taken, and tell those who look after imports."""
        self.settle(self.Status.REFUSED, refusal_code=refused.code, refusal=str(refused.message))
        event = record("incomingfile.refused", self, name=self.name, reason=refused.code)
        notify(keepers_of(self.store), event.code, event, name=self.name, refusal=self.refusal)

    def settle(self, status, **outcome):
        """The content is not needed any more: the run keeps what was rejected."""
        self.file.delete(save=False)
        outcome |= {"status": status, "finished_at": timezone.now(), "file": ""}
        for name, value in outcome.items():
            setattr(self, name, value)
        self.save(update_fields=list(outcome))
