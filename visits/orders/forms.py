from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import moment_input
from common.photos import PhotoField
from visits.models import Agreement, OrderItem
from visits.models.comeback import TO_EXPLAIN, Cause

Channel = Agreement.Channel


def short_text():
    return forms.Textarea(attrs={"rows": 2})


class ConsentForm(forms.Form):
    """Who of the customer's side agreed, and how (S4-13)."""

    agreed_by = forms.CharField(label=_("Agreed by"), max_length=80, help_text=_("Who of the customer's side agreed."))
    channel = forms.ChoiceField(label=_("How"), choices=Channel, initial=Channel.PHONE)


class SignForm(ConsentForm):
    channel = forms.ChoiceField(label=_("How"), choices=Channel, initial=Channel.WRITING)


class AddWorkForm(ConsentForm):
    work = forms.CharField(label=_("Added repair items"), max_length=1000, widget=short_text())
    amount = forms.DecimalField(label=_("Amount agreed to"), required=False, min_value=0, max_digits=12, decimal_places=2)
    estimate_ceiling = forms.DecimalField(
        label=_("New estimate, not above"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("Empty: amount plus the old one."),
    )
    field_order = ["work", "amount", "estimate_ceiling", "agreed_by", "channel"]


class PromiseForm(ConsentForm):
    """Another time; before the first one is promised nobody has to agree to a change."""

    promised_at = forms.DateTimeField(label=_("Promised for"), widget=moment_input())
    field_order = ["promised_at", "agreed_by", "channel"]

    def __init__(self, *args, visit, **kwargs):
        super().__init__(*args, initial={"promised_at": visit.promised_at}, **kwargs)
        self.fields["agreed_by"].required = visit.promised_at is not None


class ItemForm(forms.ModelForm):
    class Meta:
        model = OrderItem
        fields = ["kind", "code", "name", "group", "hours", "amount", "payer"]


class JudgeComebackForm(forms.Form):
    """Why the car has come back; part and driver are blamed only with an explanation (S4-16)."""

    cause = forms.ChoiceField(label=_("Cause"), choices=Cause, widget=forms.RadioSelect)
    explanation = forms.CharField(label=_("Explanation to the customer"), max_length=500, required=False, widget=short_text())

    def clean(self):
        if self.cleaned_data.get("cause") in TO_EXPLAIN and not self.cleaned_data.get("explanation"):
            self.add_error("explanation", _("Write down how this was explained to the customer."))
        return self.cleaned_data


class PhotoForm(forms.Form):
    photo = PhotoField(label=_("Photo"))
    caption = forms.CharField(label=_("What it shows"), max_length=100, required=False)
