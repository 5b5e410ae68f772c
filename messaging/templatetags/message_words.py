"""Messages and their events in words."""

from datetime import datetime

from django import template

from common.templatetags.ui import moment
from common.words import in_language
from messaging.channels import is_simulated
from messaging.models import ChannelStop
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
def has_inbox():
    """Tell whether what is sent can be read in the house."""
    return is_simulated()


@register.simple_tag
def cause_words(code):
    return ChannelStop.Cause(code).label if code in ChannelStop.Cause else code


@register.simple_tag
def reason_words(code):
    return Reason(code).label if code in Reason else code


@register.simple_tag
def local_moment(text):
    """Show a moment kept as ISO text."""
    return moment(datetime.fromisoformat(text))
