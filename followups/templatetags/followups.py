"""Words of the codes that events keep, and counts that stop somewhere."""

from django import template

from common.words import in_language
from followups.evidence import Sign
from followups.models import Doubt, FollowUp
from followups.models.queue import COUNTED_TO
from followups.outcomes import Outcome

register = template.Library()


@register.filter
def capped(count):
    """Show a count that is only taken up to a limit."""
    return f"{COUNTED_TO - 1}+" if count >= COUNTED_TO else count


@register.simple_tag
def outcome_label(code):
    return Outcome(code).label


@register.simple_tag
def status_label(code):
    return FollowUp.Status(code).label


@register.simple_tag
def exemption_label(code):
    return FollowUp.Exemption(code).label


@register.simple_tag
def plan_name(plan):
    """Return the name a report keeps of a plan, in the reader's language."""
    return in_language(plan["name_en"], plan["name_zh"])


@register.simple_tag
def sign_label(code):
    return Sign(code).label


@register.simple_tag
def settlement_label(code):
    return Doubt.Status(code).label
