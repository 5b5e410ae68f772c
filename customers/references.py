"""Everything that hangs on a customer, read off the models, so that no relation of any app can be forgotten by a merge."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from customers.models import Customer

# What keeps pointing at the record it was written about, and why.
STAYING = {
    "activity.Event": "append-only; the timeline reads the events of every record a customer has had",
    "admin.LogEntry": "tells which row an operator changed",
    "notifications.Notification": "told once per record; the link of the hidden record leads to the kept one",
    "customers.CustomerMerge": "tells which two records were merged",
    "customers.CustomerLink": "tells which two records were linked",
    "customers.DuplicatePair": "compares the two records themselves",
}


@dataclass(frozen=True)
class Reference:
    """A column in which a row names its customer; for a generic reference ``kind`` is the column that says that it is one."""

    model: type[models.Model]
    name: str
    kind: str = ""

    @property
    def key(self):
        return f"{self.model._meta.label}.{self.name}"

    @property
    def label(self):
        """Return what the rows are called; where no plural is written down, Django would put an English “s” behind any language."""
        meta = self.model._meta
        return meta.verbose_name_plural if "verbose_name_plural" in meta.original_attrs else meta.verbose_name

    def rows(self, customer):
        # The plain manager: what is hidden or may not be changed by hand moves as well.
        rows = self.model._base_manager.filter(**{self.name: customer.pk})
        return rows.filter(**{self.kind: ContentType.objects.get_for_model(Customer)}) if self.kind else rows

    def ids(self, customer):
        return list(self.rows(customer).order_by("pk").values_list("pk", flat=True))

    def existing(self, ids):
        return self.model._base_manager.filter(pk__in=ids)

    def move(self, ids, customer):
        self.existing(ids).update(**{self.name: customer.pk})


def references():
    """Return all references that move with a customer."""
    return [reference for reference in (*direct(), *generic()) if reference.model._meta.label not in STAYING]


def direct():
    """Return the foreign keys to customers, those of many-to-many tables included."""
    relations = Customer._meta.get_fields(include_hidden=True)
    return [Reference(each.related_model, each.field.attname) for each in relations if each.auto_created and (each.one_to_many or each.one_to_one)]


def generic():
    fields = [(model, field) for model in apps.get_models() for field in model._meta.private_fields if isinstance(field, GenericForeignKey)]
    return [Reference(model, field.fk_field, field.ct_field) for model, field in fields]
