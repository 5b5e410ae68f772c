"""Words of the codes that events about rights keep."""

from django import template

from customers.models import RightsRequest

register = template.Library()


@register.simple_tag
def rights_kind(code):
    return RightsRequest.Kind(code).label
