from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.forms import day_input
from visits.models import QualityCheck, Visit
from visits.models.workshop import Stage

RESULTS = [("passed", _("Check passed")), ("rework", _("Failed: do it again"))]


class PlaceForm(forms.Form):
    """Where the car is worked on and by whom; beside each technician stands what he has on his hands."""

    bay = forms.CharField(label=_("Bay"), max_length=30)
    technicians = forms.ModelMultipleChoiceField(label=_("Technicians"), queryset=None, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, visit, **kwargs):
        super().__init__(*args, initial={"bay": visit.bay, "technicians": visit.technicians.all()}, **kwargs)
        at_work = Q(repairs__status=Visit.Status.IN_SHOP, repairs__stage=Stage.IN_REPAIR)
        self.fields["technicians"].queryset = visit.possible_technicians().annotate(cars=Count("repairs", filter=at_work))
        self.fields["technicians"].label_from_instance = with_load


def with_load(person):
    if not person.cars:
        return _("%(name)s (free)") % {"name": person.name}
    return ngettext("%(name)s (%(count)d car)", "%(name)s (%(count)d cars)", person.cars) % {"name": person.name, "count": person.cars}


class WaitForPartsForm(forms.Form):
    parts = forms.CharField(label=_("Missing parts"), max_length=200)
    expected_on = forms.DateField(label=_("Expected on"), required=False, widget=day_input())


class StopForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For example: the customer has to decide, the lift is broken."))


class InspectForm(forms.Form):
    """What is signed: the result, what was found, whether the car was driven."""

    result = forms.ChoiceField(label=_("Result"), choices=RESULTS, widget=forms.RadioSelect)
    findings = forms.CharField(
        label=_("Findings"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Required when something has to be done again."),
    )
    has_road_test = forms.BooleanField(label=_("Road test done"), required=False)

    @property
    def given(self):
        """Return what the verbs take."""
        return {name: self.cleaned_data[name] for name in ("findings", "has_road_test")} | {"has_passed": self.cleaned_data["result"] == "passed"}


class SignCheckForm(InspectForm):
    level = forms.ChoiceField(label=_("Check"), choices=[(level.value, level.label) for level in (QualityCheck.Level.SELF, QualityCheck.Level.MUTUAL)])
    field_order = ["level", "result"]

    @property
    def given(self):
        return super().given | {"level": self.cleaned_data["level"]}
