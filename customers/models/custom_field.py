from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.services import save_setting
from common.errors import Conflict, DomainError
from common.words import in_language

# So long the values of a removed field can be had back (AR7).
KEPT = timedelta(days=90)


class CustomFieldQuerySet(models.QuerySet):
    def of(self, model):
        """Return the fields in use for rows of ``model``, in the order of the form."""
        return self.filter(subject=model._meta.model_name, removed_at=None)

    def removed(self):
        return self.exclude(removed_at=None)

    def expired(self, now):
        return self.filter(removed_at__lt=now - KEPT)


class CustomField(models.Model):
    """A field the group has added to an archive without a deploy (AR7); its values lie in the row's ``custom``, under ``code``."""

    class Subject(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        VEHICLE = "vehicle", _("Vehicle")
        VISIT = "visit", _("Visit")

    class Kind(models.TextChoices):
        TEXT = "text", _("Short text")
        LONG_TEXT = "long_text", _("Long text")
        WHOLE = "whole", _("Whole number")
        DECIMAL = "decimal", _("Number with decimals")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes / no")
        CHOICE = "choice", _("One of a list")
        CHOICES = "choices", _("Several of a list")
        LINK = "link", _("Web address")

    subject = models.CharField(_("belongs to"), max_length=10, choices=Subject)
    code = models.CharField(
        _("code"),
        max_length=40,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", _("A code has small letters, digits and underscores, and starts with a letter."))],
        help_text=_("The name in the API and in import files; it never changes."),
    )
    kind = models.CharField(_("type"), max_length=10, choices=Kind)
    name_en = models.CharField(_("name in English"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    options = models.JSONField(_("list"), default=list, blank=True)
    is_listed = models.BooleanField(_("shown as a column of the list"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        ordering = ["subject", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "code"],
                name="custom_field_code_once",
                violation_error_message=_("This code is taken, maybe by a removed field that can be brought back."),
            )
        ]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)

    @property
    def has_options(self):
        return self.kind in (self.Kind.CHOICE, self.Kind.CHOICES)

    @property
    def choices(self):
        """Return ``[(code, words)]`` in the reader's language."""
        return [(option["code"], in_language(option["en"], option["zh"])) for option in self.options]

    @property
    def kept_until(self):
        return self.removed_at + KEPT

    @transaction.atomic
    def create(self, *, by):
        by.answer_for_all("customers.configure")
        last = CustomField.objects.filter(subject=self.subject).aggregate(last=Max("position"))["last"]
        self.position, self.created_by = (last or 0) + 1, by
        save_setting(self, by=by)
        return self

    def edit(self, *, by):
        """Save another name, list or place; code and type stay, or the values would lose their meaning."""
        by.answer_for_all("customers.configure")
        save_setting(self, by=by)

    def remove(self, *, by, typed_name, now=None):
        """Take the field out of use; who removes it types its name, and its values stay for ninety days."""
        by.answer_for_all("customers.configure")
        if typed_name.strip() not in (self.name_en, self.name_zh):
            raise DomainError(_("Type the name of the field exactly to remove it."), code="name_differs", field="typed_name")
        if not CustomField.objects.filter(pk=self.pk, removed_at=None).update(removed_at=now or timezone.now(), removed_by=by):
            raise Conflict(_("The field has been removed already."), code="removed_already")

    def restore(self, *, by):
        by.answer_for_all("customers.configure")
        if not CustomField.objects.removed().filter(pk=self.pk).update(removed_at=None, removed_by=None):
            raise Conflict(_("The field is in use."), code="in_use")

    @transaction.atomic
    def purge(self):
        """Delete the field and all its values."""
        model = next(model for model in apps.get_models() if issubclass(model, WithCustomFields) and model._meta.model_name == self.subject)
        for pk, values in model.objects.filter(custom__has_key=self.code).values_list("pk", "custom").iterator(chunk_size=2000):
            model.objects.filter(pk=pk).update(custom={code: value for code, value in values.items() if code != self.code})
        self.delete()


class WithCustomFields(models.Model):
    """A row with own fields: ``custom`` holds text, numbers, true or false, ISO days and codes of lists, decimals as text."""

    custom = models.JSONField(_("own fields"), default=dict, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def own_field_names(cls):
        """Return ``{code: name}`` of all own fields of such rows, removed ones included."""
        return {field.code: str(field) for field in CustomField.objects.filter(subject=cls._meta.model_name)}


def purge_expired(now):
    """Delete what was removed more than ninety days ago."""
    for field in CustomField.objects.expired(now):
        field.purge()
