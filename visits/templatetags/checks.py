from django import template

from visits.models import QualityCheck
from visits.models.comeback import Cause

register = template.Library()


@register.simple_tag
def check_name(level):
    """Return the words for a level of the three-stage inspection."""
    return QualityCheck.Level(level).label


@register.simple_tag
def cause_name(cause):
    """Return the words for the cause of a comeback."""
    return Cause(cause).label
