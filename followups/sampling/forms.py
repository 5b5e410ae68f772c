from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.forms import day_input
from customers.models import Customer
from followups.forms import LONGEST_NOTE
from followups.models import Sample, SampleRow
from stores.fields import StoreField
from surveys.models import Response

USUAL_DAYS = timedelta(days=30)


class SampleForm(forms.ModelForm):
    classes = forms.MultipleChoiceField(
        label=_("Classes"),
        choices=Customer.Loyalty,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means every class, also customers without one."),
    )
    strata = forms.MultipleChoiceField(
        label=_("The same share of each"),
        choices=Sample.Stratum,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several together mean each combination; the first one ticked also holds as a whole."),
    )

    class Meta:
        model = Sample
        fields = ["store", "name", "kind", "source", "rest_days", "first_day", "last_day", "share", "count", "strata", "classes", "seed", "high_bills_first"]
        widgets = {"first_day": day_input(), "last_day": day_input()}

    def __init__(self, *args, user, earlier=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"] = StoreField(user, "followups.assign")
        self.fields["rest_days"].help_text = _("0 leaves nobody out for this reason.")
        self.initial |= next_after(earlier) if earlier else {"first_day": timezone.localdate() - USUAL_DAYS, "last_day": timezone.localdate()}


def next_after(sample):
    """Return the same questions about the days after those of ``sample``, with a new seed."""
    length = sample.last_day - sample.first_day
    first = sample.last_day + timedelta(days=1)
    same = {name: getattr(sample, name) for name in SampleForm.Meta.fields if name not in ("seed", "store")}
    return same | {"store": sample.store_id, "first_day": first, "last_day": first + length}


class ReportForm(forms.Form):
    """What came of the visit or call (S2-11, S4-05)."""

    verb, title = "report", _("Enter the result")
    result = forms.ChoiceField(label=_("Result"), choices=SampleRow.Result, widget=forms.RadioSelect, error_messages={"required": _("Choose what came of it.")})
    mood = forms.ChoiceField(
        label=_("Satisfaction"), choices=[("", _("No interview")), *Response.Mood.choices], required=False, help_text=_("Only after an interview.")
    )
    done_on = forms.DateField(label=_("Day"), widget=day_input())
    occasion = forms.ChoiceField(label=_("Occasion of the visit"), choices=SampleRow.Occasion)
    car_use = forms.CharField(label=_("How the car is used"), max_length=200, required=False)
    note = forms.CharField(
        label=_("Note, in the customer's own words"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Also which events the customer was told about."),
    )

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        entered = {name: getattr(row, name) for name in self.fields} if row.result else {}
        self.initial = {"occasion": row.sample.occasion} | entered | {"done_on": row.store.today()}
