from django.db import models, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import save_setting
from common.errors import Conflict, DomainError
from common.words import in_language


class PrivacyNoticeQuerySet(models.QuerySet):
    def in_force(self, day):
        """Return the notice people are shown on this day, None before the first."""
        return self.filter(valid_from__lte=day).order_by("-valid_from").first()


class PrivacyNotice(models.Model):
    """What people are told before they agree (PIPL Art. 17), by version; once in force it never changes."""

    version = models.PositiveIntegerField(_("version"), unique=True, editable=False)
    valid_from = models.DateField(_("valid from"), unique=True)
    text_zh = models.TextField(_("text in Chinese"))
    text_en = models.TextField(_("text in English"))

    objects = PrivacyNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = ["-valid_from"]

    def __str__(self):
        return str(self.version)

    def get_absolute_url(self):
        return reverse("customers:privacynotice_detail", args=[self.pk])

    @property
    def text(self):
        return in_language(self.text_en, self.text_zh)

    @property
    def is_announced(self):
        """Tell whether it may still be changed: nobody has been shown it."""
        return self.valid_from > timezone.localdate()

    @transaction.atomic
    def set(self, *, by):
        """Announce a version, or change one that is not in force yet."""
        by.answer_for_all("customers.configure")
        if self.pk and not PrivacyNotice.objects.get(pk=self.pk).is_announced:
            raise Conflict(_("This version is in force; write the next one."), code="notice_in_force")
        if not self.is_announced:
            raise DomainError(
                _("A notice begins on a day to come, so that nobody is shown two texts under one day."), code="notice_backdated", field="valid_from"
            )
        if self.version is None:
            self.version = (PrivacyNotice.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        save_setting(self, by=by)
