"""Words of strata and of what came of visits and calls."""

from django import template
from django.utils.translation import gettext as _

from customers.models import Customer
from followups.models import Sample, SampleRow
from surveys.models import Response
from visits.models.item import OrderItem

register = template.Library()
CHOICES = {Sample.Stratum.LOYALTY: Customer.Loyalty, Sample.Stratum.PAYER: OrderItem.Payer}


@register.filter
def stratum_word(stratum, value):
    """Return how one group of a stratum is called."""
    if stratum == Sample.Stratum.FIRST_SERVICE:
        return _("Yes") if value else _("No")
    if not value:
        return _("Not known")
    return CHOICES[stratum](value).label if stratum in CHOICES else value


@register.simple_tag
def result_label(code):
    return SampleRow.Result(code).label


@register.simple_tag
def mood_label(code):
    return Response.Mood(code).label if code else ""
