from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import day_input
from kpis.indicators import INDICATORS, Group
from kpis.models import Band, Target


def indicator_choices():
    return [(group.label, [(entry.code, entry.name) for entry in INDICATORS.values() if entry.group == group]) for group in Group]


class DatedForm(forms.ModelForm):
    """A rule of an indicator with its validity, for one store or the whole group."""

    indicator = forms.ChoiceField(label=_("Indicator"), choices=indicator_choices)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = user.stores_with("kpis.configure")
        # Only who answers for every store may rule for the whole group.
        self.fields["store"].required = user.store_ids_with("kpis.configure") is not None
        self.fields["store"].empty_label = _("Whole group")


class TargetForm(DatedForm):
    class Meta:
        model = Target
        fields = ["indicator", "store", "value", "valid_from", "valid_to", "rank", "rank_scope"]
        widgets = {"valid_from": day_input(), "valid_to": day_input()}

    def clean(self):
        cleaned = super().clean()
        value, entry = cleaned.get("value"), INDICATORS.get(cleaned.get("indicator"))
        if value is not None and entry and not 0 <= value <= entry.highest:
            self.add_error("value", _("Give a number from 0 to %(highest)s.") % {"highest": entry.highest})
        return cleaned


class BandForm(DatedForm):
    class Meta:
        model = Band
        fields = ["indicator", "store", "name", "from_value", "valid_from", "valid_to"]
        widgets = {"valid_from": day_input(), "valid_to": day_input()}
