from django import forms
from django.utils.translation import gettext as _

from customers.custom import shown as own_shown
from customers.masking import MASKS, shown
from customers.merging import choosable
from customers.models import Customer, CustomField

KEPT, OTHER = "kept", "other"


class MergeForm(forms.Form):
    """For every field in which two records differ: which of the two values is right.

    The kept record's value is proposed where it has one.
    """

    def __init__(self, *args, kept, other, user, **kwargs):
        super().__init__(*args, **kwargs)
        for field in choosable():
            values = [field.value_from_object(row) for row in (kept, other)]
            words = [worded(row, field, user) for row in (kept, other)]
            self.ask(field.name, field.verbose_name, values, words)
        for field in CustomField.objects.of(Customer):
            values = [row.custom.get(field.code) for row in (kept, other)]
            self.ask(f"custom_{field.code}", str(field), values, [own_shown(field, value) for value in values])

    def ask(self, name, label, values, words):
        if values[0] == values[1]:
            return
        choices = [(side, word if word not in ("", None) else "–") for side, word in zip((KEPT, OTHER), words, strict=True)]
        initial = KEPT if values[0] not in (None, "", []) else OTHER
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=initial, widget=forms.RadioSelect())

    @property
    def taken(self):
        """Return what the other record gives: names of fields, and codes of own fields."""
        chosen = {name for name, side in self.cleaned_data.items() if side == OTHER}
        own = {name for name in chosen if name.startswith("custom_")}
        return {"taken": chosen - own, "taken_own": {name.removeprefix("custom_") for name in own}}


def worded(row, field, user):
    """Return the value in the reader's words, as far as the reader may see it."""
    if field.name in MASKS:
        return shown(row, field.name, user)
    if isinstance(value := getattr(row, field.name), bool):
        return _("Yes") if value else _("No")
    return getattr(row, f"get_{field.name}_display")() if field.choices else value
