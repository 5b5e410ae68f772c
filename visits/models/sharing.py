import hashlib
import secrets
from datetime import timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from activity.services import record
from common.errors import NotAllowed

# A customer may look once more after he has the car back.
OPEN_AFTER_HAND_OVER = timedelta(days=7)


class Shared(models.Model):
    """The state of the car for its customer, behind a link nobody can guess (S1-03); only the hash of the link is kept."""

    link_hash = models.CharField(_("link of the customer"), max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    @staticmethod
    def hashed(token):
        return hashlib.sha256(token.encode()).hexdigest()

    @transaction.atomic
    def share(self, *, by):
        """Make a link of 128 random bits and return its token, shown this once; a new link ends the old one."""
        if not self.can_edit_by(by):
            raise NotAllowed
        token = secrets.token_urlsafe(16)
        here = self.Status.IN_SHOP
        self.change_status(here, here, link_hash=self.hashed(token))
        record("visit.shared", self, by=by, number=self.number)
        return token
