from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import ConfirmedMixin, day_input
from customers.models import MileageReading
from customers.models.mileage import FARTHEST
from visits.models import MaintenanceInterval


class ReadingForm(ConfirmedMixin, forms.ModelForm):
    """A reading told on the phone or seen at the car; a lower one stays in the log unless it says what it corrects."""

    class Meta:
        model = MileageReading
        fields = ["mileage", "read_on", "corrects"]
        widgets = {"mileage": forms.NumberInput(attrs={"inputmode": "numeric", "max": FARTHEST}), "read_on": day_input()}

    def __init__(self, *args, vehicle, **kwargs):
        super().__init__(*args, instance=MileageReading(vehicle=vehicle), **kwargs)
        self.initial["read_on"] = vehicle.store.today()

    def clean_mileage(self):
        mileage = self.cleaned_data["mileage"]
        if mileage > FARTHEST:
            raise forms.ValidationError(_("The mileage is at most %(most)d km.") % {"most": FARTHEST}, code="mileage_too_high")
        return mileage

    @property
    def reading(self):
        """Return what the verb ``note_mileage`` takes."""
        given = self.cleaned_data
        return {"mileage": given["mileage"], "on": given["read_on"], "corrects": given["corrects"]}

    def doubts(self):
        last, given = self.instance.vehicle.mileage, self.instance.mileage
        if None not in (last, given) and given < last and not self.instance.corrects:
            yield "mileage", _("The last reading was %(mileage)d km; this one is kept in the log and replaces nothing.") % {"mileage": last}


class IntervalForm(forms.ModelForm):
    class Meta:
        model = MaintenanceInterval
        fields = ["brand", "power", "first_km", "first_months", "every_km", "every_months", "valid_from"]
        widgets = {"valid_from": day_input()}
