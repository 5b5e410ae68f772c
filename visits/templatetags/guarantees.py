"""The words of the three-guarantees limits in pages and bell lines."""

from django import template

from visits.guarantees.words import LIMITS

register = template.Library()


@register.filter
def limit_words(code):
    """Return the name of a limit, a dash where none is used up."""
    return LIMITS[code][0] if code in LIMITS else "–"
