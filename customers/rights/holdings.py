"""Everything the store holds of a person, read off the models, so that no table of any app can be forgotten."""

from collections import deque
from dataclasses import dataclass

from django.db import models

from customers.models import Customer
from customers.references import STAYING


@dataclass(frozen=True)
class Holding:
    """A table with rows of a person, and the way from it to the customer."""

    model: type[models.Model]
    path: str

    @property
    def label(self):
        return self.model._meta.label

    @property
    def title(self):
        """Return what the rows are called; where no plural is written down, Django would put an English “s” behind any language."""
        meta = self.model._meta
        return str(meta.verbose_name_plural if "verbose_name_plural" in meta.original_attrs else meta.verbose_name)

    def rows(self, customer_ids):
        # The plain manager: what is hidden or may not be changed by hand is held as well.
        return self.model._base_manager.filter(**{f"{self.path}__in": customer_ids})


def holdings():
    """Return the tables, the customer first, then what names a customer, then what hangs on that; each by its shortest way."""
    found, waiting = {Customer: Holding(Customer, "pk")}, deque([(Customer, "")])
    while waiting:
        owner, path = waiting.popleft()
        for model, name in pointers(owner):
            if model not in found and model._meta.label not in STAYING:
                way = f"{name}__{path}" if path else name
                found[model] = Holding(model, way)
                waiting.append((model, way))
    return list(found.values())


def pointers(owner):
    """Return ``[(model, field)]`` of the foreign keys to ``owner``; of several in one model, the one that names whose row it is comes first."""
    relations = [each for each in owner._meta.get_fields(include_hidden=True) if each.auto_created and (each.one_to_many or each.one_to_one)]
    return sorted(((each.related_model, each.field.name) for each in relations), key=lambda pair: (pair[0]._meta.label, pair[1] != "customer", pair[1]))
