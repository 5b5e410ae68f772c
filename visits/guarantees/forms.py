from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import GivenMixin, day_input, moment_input
from visits.models import Guarantee, GuaranteeRepair, GuaranteeRule


class ClassifyForm(GivenMixin, forms.ModelForm):
    given = ("visit",)

    class Meta:
        model = GuaranteeRepair
        fields = [
            "fault", "is_safety", "grave_fault", "assembly", "part_of", "part", "agreed_at", "finished_at", "excluded_hours", "excluded_for", "substitute",
        ]  # fmt: skip
        widgets = {"agreed_at": moment_input(), "finished_at": moment_input()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        of_car = GuaranteeRepair.objects.filter(visit__vehicle=self.instance.visit.vehicle_id).exclude(fault="")
        self.known_faults = list(of_car.order_by("fault").values_list("fault", flat=True).distinct())
        self.fields["fault"].widget.attrs["list"] = "known-faults"


class GuaranteeForm(forms.ModelForm):
    class Meta:
        model = Guarantee
        fields = ["is_for_living", "price"]


class CompensationForm(forms.Form):
    """What would be kept at an exchange under Art. 24; asked by GET, it changes nothing."""

    price = forms.DecimalField(label=_("Price of the car (yuan)"), min_value=0, max_digits=12, decimal_places=2)
    mileage = forms.IntegerField(label=_("Mileage (km)"), min_value=0, max_value=2_000_000)


class RequestForm(forms.Form):
    """When a request of exchange or return must be answered and done (Art. 28); asked by GET, it changes nothing."""

    requested_on = forms.DateField(label=_("Requested on"), widget=day_input())


class RuleForm(forms.ModelForm):
    class Meta:
        model = GuaranteeRule
        fields = [field.name for field in GuaranteeRule._meta.fields if field.editable and not field.primary_key]
        widgets = {"valid_from": day_input()}
