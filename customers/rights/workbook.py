"""Everything the store holds of a person, as a workbook to hand over (PIPL Art. 45): a sheet per table, a column per field."""

import json
import tempfile
from datetime import datetime
from pathlib import Path

from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from activity.models import Event
from common.excel import write_sheets
from customers.rights.holdings import holdings


def workbook_of(request, *, by):
    """Return the content of the workbook."""
    ids = list(request.customer.known_ids)
    sheets = [about(request, by)]
    sheets += [sheet for holding in holdings() if not holding.model._meta.auto_created and (sheet := sheet_of(holding, ids))]
    sheets.append(history(ids))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rights.xlsx"
        write_sheets(path, sheets)
        return path.read_bytes()


def about(request, by):
    rows = [
        (_("Store"), str(request.store)),
        (_("Customer"), request.customer.name),
        (_("What is asked for"), request.get_kind_display()),
        (_("Asked by"), request.asked_by),
        (_("Asked at"), wall_clock(request.asked_at)),
        (_("Made by"), str(by)),
        (_("At"), wall_clock(timezone.now())),
    ]
    return _("About this file"), [_("What"), _("Value")], rows


def sheet_of(holding, ids):
    """Return ``(title, headers, rows)``, nothing where there is no row."""
    fields = told_fields(holding.model)
    links = [field.name for field in fields if field.is_relation]
    rows = [[cell(row, field) for field in fields] for row in holding.rows(ids).select_related(*links).order_by("pk")]
    return (holding.title, [field.verbose_name for field in fields], rows) if rows else None


def told_fields(model):
    """Return the fields people have a word for; the others serve the machine."""
    return [field for field in model._meta.concrete_fields if field._verbose_name is not None and not field.primary_key]


def cell(row, field):
    if field.is_relation:
        return str(getattr(row, field.name) or "")
    value = getattr(row, field.attname)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(field, models.JSONField):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, datetime):
        return wall_clock(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def wall_clock(moment):
    """A workbook knows no time zones: it shows what the clock on the wall showed."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def history(ids):
    events = Event.objects.filter(customer_ref__in=ids).newest_first()
    rows = [[wall_clock(event.at), str(event.actor or _("System")), sentence(event)] for event in events]
    return _("Timeline"), [_("At"), _("By"), _("What happened")], rows


def sentence(event):
    words = render_to_string(event.template_names, {"event": event, "particulars": event.particulars})
    return " ".join(strip_tags(words).split())
