from django import template

from visits.inquiry import answered

register = template.Library()


@register.simple_tag
def inquiry_answers(visit):
    """Return ``[(question, answer)]`` of the inquiry at hand-in."""
    return answered(visit.inquiry)
