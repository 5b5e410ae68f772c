"""Own fields in tables: ``{{ customer|own_value:field }}``."""

from datetime import date

from django import template

from customers.custom import shown

register = template.Library()


@register.filter
def own_value(row, field):
    """Show what the row holds for the field, nothing where it is empty."""
    value = shown(field, row.custom.get(field.code))
    return value.isoformat() if isinstance(value, date) else value
