"""Helpers for the sentences of events: codes and ISO times become words."""

from datetime import date, datetime

from django import template
from django.apps import apps

register = template.Library()
LONGEST_SHOWN = 60


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


@register.simple_tag
def setting_changes(event):
    """Return ``[(field name, before, after)]`` of a changed rule; long texts and links to other rows are only named."""
    meta = event.subject_type.model_class()._meta
    return [(meta.get_field(name).verbose_name, *shown_pair(meta.get_field(name), *pair)) for name, pair in event.particulars["changes"].items()]


def shown_pair(field, before, after):
    if field.is_relation or max(len(before), len(after)) > LONGEST_SHOWN:
        return None, None
    words = {str(code): label for code, label in field.flatchoices}
    return tuple(words.get(text, text if text not in ("", "None") else "–") for text in (before, after))
