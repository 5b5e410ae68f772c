import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.words import in_language
from customers.models import Purpose

PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Providers put the signature in front themselves.
SIGNATURE = re.compile(r"^【[^】]*】")
# Everything a text may ask for; the values are put in by plain substitution, so no text reaches into an object (T66).
PLACEHOLDERS = {
    "store": _("name of the store"),
    "store_phone": _("phone of the store"),
    "customer": _("the customer, with form of address"),
    "car": _("plate of the car, else its model"),
    "date": _("the day it is about"),
    "policy": _("which insurance ends"),
    "keeper": _("who looks after the customer"),
    "person": _("the family member whose birthday it is"),
    "answer": _("what an agent writes in answer to a reply"),
    "title": _("title of the owner activity"),
    "place": _("where it is held"),
    "time": _("when it begins"),
}
# The text around what an agent writes: the one that may and must hold it.
ANSWER = "answer"


class MessageTemplate(models.Model):
    """A text for customers with ``{placeholders}`` of a fixed list."""

    class Category(models.TextChoices):
        NOTICE = "notice", _("Notice")
        CARE = "care", _("Care")
        PROMOTION = "promotion", _("Promotion")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    category = models.CharField(_("category"), max_length=10, choices=Category)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    body = models.TextField(_("text"), max_length=500)
    provider_code = models.CharField(
        _("code at the provider"), max_length=60, blank=True, help_text=_("SMS providers send only texts they have approved, by this code.")
    )

    class Meta:
        verbose_name = _("message template")
        ordering = ["code"]

    def __str__(self):
        return in_language(self.name_en, self.name_zh)

    @property
    def placeholders(self):
        """Return ``{name: what it means}`` of what this text may ask for."""
        return {name: meaning for name, meaning in PLACEHOLDERS.items() if name != ANSWER or self.code == ANSWER}

    def clean(self):
        unknown = sorted(set(PLACEHOLDER.findall(self.body)) - set(self.placeholders))
        if unknown or set(PLACEHOLDER.sub("", self.body)) & set("{}"):
            accepted = ", ".join(f"{{{name}}}" for name in self.placeholders)
            raise ValidationError({"body": _("Between braces only these are accepted: %(accepted)s.") % {"accepted": accepted}})
        if self.code == ANSWER:
            self.check_answer()

    def check_answer(self):
        if ANSWER not in PLACEHOLDER.findall(self.body):
            raise ValidationError({"body": _("This text must hold {answer}: what the agent writes goes there.")})
        if self.category == self.Category.PROMOTION:
            raise ValidationError({"category": _("An answer to a customer is no promotion.")})

    def fill(self, values):
        """Return the text with the values put in, or "" when one of them is missing."""
        if not all(values.get(name) for name in PLACEHOLDER.findall(self.body)):
            return ""
        return PLACEHOLDER.sub(lambda match: str(values[match[1]]), self.body)

    def parameters(self, values):
        """Return ``[name, value]`` of what the text asks for behind its signature, each once, in the order of the text."""
        return [[name, str(values.get(name) or "")] for name in dict.fromkeys(PLACEHOLDER.findall(SIGNATURE.sub("", self.body)))]
