import secrets

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.services import record
from common.errors import DomainError, NotAllowed
from common.photos import forget, reencoded

MOST_PHOTOS = 20


def photo_name(photo, _filename):
    """Return a random name: an address nobody can guess (T12)."""
    return f"visits/{secrets.token_hex(16)}.jpg"


class VisitPhoto(models.Model):
    """A photo that belongs to the repair order: a scratch at hand-in, a worn part, the signed paper."""

    visit = models.ForeignKey("visits.Visit", models.CASCADE, related_name="photos", verbose_name=_("visit"))
    photo = models.ImageField(_("photo"), upload_to=photo_name)
    caption = models.CharField(_("what it shows"), max_length=100, blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("added by"))
    taken_at = models.DateTimeField(_("added at"), default=timezone.now)

    class Meta:
        verbose_name = _("photo of the visit")
        verbose_name_plural = _("photos of the visit")
        ordering = ["pk"]

    def __str__(self):
        return self.caption or f"{self.visit} · {self.pk}"


class WithPhotos(models.Model):
    """The photos of a repair order; whoever receives or repairs the car takes them."""

    class Meta:
        abstract = True

    def can_photograph_by(self, user):
        return self.can_edit_by(user) or self.can_repair_by(user)

    @transaction.atomic
    def add_photo(self, photo, *, by, caption=""):
        if not self.can_photograph_by(by):
            raise NotAllowed
        if self.photos.count() >= MOST_PHOTOS:
            raise DomainError(_("An order takes at most %(most)d photos.") % {"most": MOST_PHOTOS}, code="photos_full", field="photo")
        self.change_status(self.Status.IN_SHOP, self.Status.IN_SHOP)
        attachment = self.photos.create(photo=reencoded(photo), caption=caption, taken_by=by)
        record("visit.photo_added", self, by=by, number=self.number, caption=caption)
        return attachment

    @transaction.atomic
    def remove_photo(self, attachment, *, by):
        """Take a photo off the order while the car is here; afterwards it is evidence."""
        if not self.can_photograph_by(by):
            raise NotAllowed
        self.change_status(self.Status.IN_SHOP, self.Status.IN_SHOP)
        record("visit.photo_removed", self, by=by, number=self.number, caption=attachment.caption)
        forget(attachment.photo)
        attachment.delete()
