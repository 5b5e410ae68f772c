"""Messages and their events in words."""

from django import template

from common.words import in_language
from messaging.reasons import Reason

register = template.Library()


@register.filter
def text_for(message, user):
    """Show the text of a message as the reader may see it."""
    return message.body_for(user)


@register.simple_tag
def message_name(particulars):
    """Name the template of a message event, kept in both languages."""
    return in_language(particulars.get("name_en", ""), particulars.get("name_zh", "")) or particulars["template"]


@register.simple_tag
def reason_words(code):
    return Reason(code).label if code in Reason else code
