from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import GivenMixin, day_input
from visits.models import Promise, Visit

VISITS_OFFERED = 10


class PromiseForm(GivenMixin, forms.ModelForm):
    given = ("store", "customer")

    class Meta:
        model = Promise
        fields = ["text", "due_on", "owner", "value", "vehicle"]
        widgets = {"due_on": day_input(), "text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        promise = self.instance
        self.fields["owner"].queryset = User.objects.with_permission("visits.book", promise.store).order_by("name")
        self.fields["vehicle"].queryset = promise.customer.vehicles.all()
        if user.may("visits.book", promise.store_id):
            self.initial["owner"] = user


class RedeemForm(forms.Form):
    verb, title = "redeem", _("Kept")
    visit = forms.ModelChoiceField(label=_("Kept at the visit"), queryset=Visit.objects.none(), required=False, empty_label=_("Not at a visit"))

    def __init__(self, *args, promise, **kwargs):
        super().__init__(*args, **kwargs)
        visits = Visit.objects.filter(customer=promise.customer_id).exclude(status=Visit.Status.CANCELLED).order_by("-arrived_at")
        newest = list(visits.values_list("pk", flat=True)[:VISITS_OFFERED])
        self.fields["visit"].queryset = Visit.objects.filter(pk__in=newest).select_related("store")
        self.fields["visit"].label_from_instance = lambda visit: f"{visit.number} · {visit.store.local(visit.arrived_at):%Y-%m-%d}"


class WaiveForm(forms.Form):
    verb, title = "waive", _("Waived by the customer")
    reason = forms.CharField(label=_("The customer's reason"), max_length=200)

    def __init__(self, *args, promise, **kwargs):
        super().__init__(*args, **kwargs)


FORMS = [RedeemForm, WaiveForm]
