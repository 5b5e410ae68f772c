from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import CustomField

SEPARATOR = "|"


class CustomFieldForm(forms.ModelForm):
    """Name, list and place of an own field; the list is typed one entry a line, Chinese and English."""

    entries = forms.CharField(
        label=_("entries of the list"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("For lists only: one entry a line, Chinese | English. Entries already chosen somewhere keep their meaning while the Chinese stays."),
    )

    class Meta:
        model = CustomField
        fields = ["name_zh", "name_en", "entries", "is_listed"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["entries"] = "\n".join(f"{option['zh']} {SEPARATOR} {option['en']}" for option in self.instance.options)

    def clean(self):
        cleaned = super().clean()
        self.instance.options = options_of(self.cleaned_data.get("entries", ""), self.instance.options)
        return cleaned

    def _post_clean(self):
        # The list is no field of the model: what the model says of it is told at the lines that make it.
        super()._post_clean()
        if "kind" in self.cleaned_data and self.instance.has_options and not self.instance.options:
            self.add_error("entries", _("Give at least one entry of the list."))


class NewCustomFieldForm(CustomFieldForm):
    class Meta(CustomFieldForm.Meta):
        fields = ["subject", "code", "kind", *CustomFieldForm.Meta.fields]


class RemoveForm(forms.Form):
    typed_name = forms.CharField(label=_("Type the name of the field"), max_length=60)


def options_of(text, known):
    """Return ``[{code, zh, en}]``; an entry whose Chinese is known keeps its code, new ones get the next number."""
    codes = {option["zh"]: option["code"] for option in known}
    following, options = max((int(code) for code in codes.values()), default=0), []
    for line in filter(None, map(str.strip, text.splitlines())):
        chinese, _bar, english = (part.strip() for part in line.partition(SEPARATOR))
        if chinese not in codes:
            following += 1
            codes[chinese] = str(following)
        options.append({"code": codes[chinese], "zh": chinese, "en": english or chinese})
    return list({option["code"]: option for option in options}.values())
