"""Helpers for the sentences of events: codes and ISO times become words."""

from datetime import date, datetime

from django import template
from django.apps import apps

register = template.Library()


@register.filter
def from_iso(text):
    """Return the moment an event keeps as text, None where it keeps none."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def date_from_iso(text):
    """Return the day an event keeps as text, None where it keeps none."""
    return date.fromisoformat(text) if text else None


@register.simple_tag
def field_names(model_label, names):
    """Name the changed fields in the reader's language."""
    model = apps.get_model(model_label)
    # An own field is kept as custom.<code>: the model knows how it is called now.
    own = {f"custom.{code}": name for code, name in model.own_field_names().items()} if any(name.startswith("custom.") for name in names or ()) else {}
    return ", ".join(own.get(name, name) if name.startswith("custom.") else str(model._meta.get_field(name).verbose_name) for name in names or ())
