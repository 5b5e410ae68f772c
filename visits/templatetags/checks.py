from django import template

from visits.models import QualityCheck

register = template.Library()


@register.simple_tag
def check_name(level):
    """Return the words for a level of the three-stage inspection."""
    return QualityCheck.Level(level).label
