from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import GivenMixin, day_input
from visits.models import AdvisedWork, Visit

VISITS_OFFERED = 10


class AdviseForm(GivenMixin, forms.ModelForm):
    given = ("store", "vehicle")

    class Meta:
        model = AdvisedWork
        fields = ["text", "severity", "origin", "due_on", "due_mileage", "price_hint"]
        widgets = {"due_on": day_input()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mileage = self.instance.vehicle.mileage
        if mileage is not None:
            self.fields["due_mileage"].help_text = _("Last reading: %(mileage)d km.") % {"mileage": mileage}


class DoHereForm(forms.Form):
    """The visit in which the work was done; the car that is here now comes first."""

    verb, title = "do_here", _("Done here")
    visit = forms.ModelChoiceField(label=_("Visit"), queryset=Visit.objects.none(), empty_label=None)

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)
        visits = Visit.objects.filter(vehicle=item.vehicle).exclude(status=Visit.Status.CANCELLED).order_by("-arrived_at")
        newest = list(visits.values_list("pk", flat=True)[:VISITS_OFFERED])
        self.fields["visit"].queryset = Visit.objects.filter(pk__in=newest).select_related("store")
        self.fields["visit"].label_from_instance = lambda visit: f"{visit.number} · {visit.store.local(visit.arrived_at):%Y-%m-%d}"


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)


class DoElsewhereForm(ReasonForm):
    verb, title = "do_elsewhere", _("Done elsewhere")


class RefuseForm(ReasonForm):
    verb, title = "refuse", _("Refused")


FORMS = [DoHereForm, DoElsewhereForm, RefuseForm]
