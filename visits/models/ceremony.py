import secrets

from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import Conflict, DomainError, NotAllowed
from common.photos import forget, reencoded
from common.words import in_language


class CeremonyQuerySet(models.QuerySet):
    def current(self):
        return self.filter(retired_at=None).first()


class Ceremony(models.Model):
    """One version of the delivery ceremony (交车仪式流程, S3-18); a change is a new version, deliveries keep the one they began with."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("published by"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = CeremonyQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery ceremony")
        verbose_name_plural = _("delivery ceremonies")
        ordering = ["-version"]

    def __str__(self):
        return str(self.version)

    @classmethod
    @transaction.atomic
    def publish(cls, items, *, by=None):
        """Put a new version in force: ``items`` are the fields of its steps in order. Without ``by`` it is what the product ships."""
        if by is not None:
            by.answer_for_all("visits.configure")
        if not items:
            raise DomainError(_("A ceremony has at least one step."), code="no_steps")
        before = cls.objects.current()
        cls.objects.filter(retired_at=None).update(retired_at=timezone.now())
        ceremony = cls.objects.create(version=before.version + 1 if before else 1, published_by=by)
        CeremonyItem.objects.bulk_create(CeremonyItem(ceremony=ceremony, position=place, **fields) for place, fields in enumerate(items, 1))
        return ceremony


class CeremonyItem(models.Model):
    ceremony = models.ForeignKey(Ceremony, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    text_zh = models.CharField(_("text in Chinese"), max_length=120)
    text_en = models.CharField(_("text in English"), max_length=120)
    needs_photo = models.BooleanField(_("needs a photo"), default=False)

    class Meta:
        verbose_name = _("step of the ceremony")
        ordering = ["ceremony", "position"]

    def __str__(self):
        return in_language(self.text_en, self.text_zh)


def photo_name(check, _filename):
    """Return a name nobody can guess; what the phone called the file is forgotten (T12)."""
    return f"deliveries/{secrets.token_hex(16)}.jpg"


class CeremonyCheck(models.Model):
    """A step that was done at one delivery: by whom and when."""

    delivery = models.ForeignKey("visits.Delivery", models.CASCADE, related_name="checks")
    item = models.ForeignKey(CeremonyItem, models.PROTECT, related_name="checks")
    done_at = models.DateTimeField(_("done"), default=timezone.now)
    done_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("done by"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    photo = models.ImageField(_("photo"), upload_to=photo_name, blank=True)

    class Meta:
        verbose_name = _("ceremony check")
        ordering = ["item__position"]
        constraints = [models.UniqueConstraint(fields=["delivery", "item"], name="ceremony_check_once")]

    def __str__(self):
        return str(self.item)

    @property
    def photo_version(self):
        """Return what changes with the photo, so that a browser never shows a replaced one."""
        return self.photo.name[-12:-4]

    def enter(self, note, photo):
        """Store what is new and tell whether anything was."""
        if self.item.needs_photo and not (photo or self.photo):
            raise DomainError(_("“%(item)s” needs a photo.") % {"item": self.item}, code="photo_missing", field="photo")
        if self.pk and not photo and note == self.note:
            return False
        if photo and self.photo:
            forget(self.photo)
        self.note, self.photo = note, reencoded(photo) if photo else self.photo
        self.save()
        return True

    def take_back(self):
        if self.photo:
            forget(self.photo)
        self.delete()


class HasCeremony(models.Model):
    """What a delivery knows of its ceremony."""

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, null=True, blank=True, editable=False, related_name="deliveries")

    class Meta:
        abstract = True

    @cached_property
    def ceremony_items(self):
        """Return the steps of the version the delivery began with, else of the current one; read once, a version never changes."""
        ceremony = self.ceremony or Ceremony.objects.current()
        return list(ceremony.items.all()) if ceremony else []

    @property
    def ceremony_steps(self):
        """Return ``[(item, check or None)]`` in order."""
        checks = {check.item_id: check for check in self.checks.select_related("done_by")}
        return [(item, checks.get(item.pk)) for item in self.ceremony_items]

    @property
    def ceremony_progress(self):
        """Return ``{"done", "total", "percent"}``: how complete the ceremony is."""
        total, done = len(self.ceremony_items), self.checks.count()
        return {"done": done, "total": total, "percent": 100 * done // total if total else 0}

    @transaction.atomic
    def tick(self, entries, *, by):
        """Note ``{item id: {is_done, note, photo}}``; a step ticked before keeps who did it and when."""
        if not self.can_deliver_by(by):
            raise NotAllowed
        self.begin_ceremony()
        items = {item.pk: item for item in self.ceremony_items}
        if set(entries) - set(items):
            raise DomainError(_("The ceremony has no such step."), code="unknown_item", field="item")
        checks = {check.item_id: check for check in self.checks.all()}
        changed = [self.tick_one(items[pk], checks.get(pk), by, **entry) for pk, entry in entries.items()]
        if any(changed):
            self.note_progress(by)

    def begin_ceremony(self):
        """Fix the version; whoever ticks first decides."""
        current = Ceremony.objects.current()
        if current is None:
            raise Conflict(_("There is no delivery ceremony yet; it is written in the settings."))
        if type(self).objects.filter(pk=self.pk, ceremony=None).update(ceremony=current) or self.ceremony_id is None:
            self.__dict__.pop("ceremony_items", None)
            self.refresh_from_db(fields=["ceremony"])

    def tick_one(self, item, check, by, *, is_done, note="", photo=None):
        """Tick or take back one step and tell whether anything changed."""
        if is_done:
            return (check or CeremonyCheck(delivery=self, item=item, done_by=by)).enter(note.strip(), photo)
        if check is not None:
            check.take_back()
        return check is not None

    def note_progress(self, by):
        """Record how far the ceremony is; a complete one has been held."""
        progress = self.ceremony_progress
        is_held = self.has_ceremony or progress["done"] == progress["total"]
        self.update(has_ceremony=is_held)
        record("delivery.ceremony_ticked", self, by=by, done=progress["done"], total=progress["total"])
