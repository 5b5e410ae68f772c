from django import template

from customers.models import Channel, Purpose

register = template.Library()


@register.simple_tag
def consent_words(particulars):
    """Name purpose and channel of a consent event."""
    return f"{Purpose(particulars['purpose']).label} · {Channel(particulars['channel']).label}"
