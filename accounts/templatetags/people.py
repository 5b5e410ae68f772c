import re

from django import template
from django.urls import reverse
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def avatar(person, url=""):
    """Show the photo of a member of staff, the initials where there is none; ``url`` is where a page without login gets it."""
    if not person.photo:
        return format_html('<span class="avatar" aria-hidden="true">{}</span>', initials(person.name))
    return format_html('<img class="avatar" src="{}" alt="" loading="lazy">', url or reverse("accounts:staff_photo", args=[person.pk]))


def initials(name):
    """Return the family name of a Chinese name, the first letters of another one."""
    words = re.findall(r"\w+", name)
    if not words:
        return "?"
    return name.strip()[0] if ord(words[0][0]) > 0x2E7F else "".join(word[0] for word in words[:2]).upper()
