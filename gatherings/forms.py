from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, as_validation_error
from common.forms import ConfirmedMixin, GivenMixin, SeenMixin, moment_input
from customers.models import Customer
from customers.numbers import normal_phone
from gatherings.models import Gathering, Guest
from stores.fields import StoreField


class GatheringForm(SeenMixin, GivenMixin, ConfirmedMixin, forms.ModelForm):
    class Meta:
        model = Gathering
        fields = ["kind", "title", "starts_at", "venue", "seats", "notes"]
        widgets = {"starts_at": moment_input(), "notes": forms.Textarea(attrs={"rows": 2})}

    @property
    def changes(self):
        """Return what the verb ``edit`` takes: what has been typed, so that a colleague's other changes stay (T46)."""
        return {name: getattr(self.instance, name) for name in self._meta.fields if name in self.changed_data}

    def doubts(self):
        if "starts_at" in self.changed_data and self.cleaned_data["starts_at"] < timezone.now():
            yield "starts_at", _("This lies in the past.")


class NewGatheringForm(GatheringForm):
    """The activity and, for people of several stores, the store."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {"store": StoreField(user, "gatherings.plan"), **self.fields}

    def clean(self):
        self.instance.store = self.cleaned_data.get("store")
        return super().clean()


class RegisterForm(forms.Form):
    phone = forms.CharField(label=_("Phone of the customer"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}), help_text=_("Invited or not."))

    def __init__(self, *args, gathering, **kwargs):
        super().__init__(*args, **kwargs)
        self.gathering = gathering

    def clean(self):
        """Find the customer; the whole number is asked for, as in every form that names a customer."""
        if phone := self.cleaned_data.get("phone"):
            with as_validation_error():
                self.customer = self.known(normal_phone(phone))

    def known(self, phone):
        found = Customer.objects.with_number(self.gathering.store_id, phone)[:2]
        if not found:
            raise DomainError(_("No customer of this store has this phone."), code="customer_unknown", field="phone")
        if len(found) > 1:
            raise DomainError(_("Several customers have this phone: sign them up from the list of invited guests."), code="customer_unclear", field="phone")
        return found[0]


class AttendForm(forms.Form):
    """The list at the door: who is ticked now, and who was when the page was shown, so that two people may tick at once."""

    ticked = forms.ModelMultipleChoiceField(Guest.objects.none(), required=False)
    was = forms.ModelMultipleChoiceField(Guest.objects.none(), required=False)

    def __init__(self, *args, gathering, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].queryset = gathering.guests.all()

    @property
    def given(self):
        ticked, was = set(self.cleaned_data["ticked"]), set(self.cleaned_data["was"])
        return {"came": ticked - was, "missed": was - ticked}


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why cancelled"), max_length=200)


class RateForm(forms.ModelForm):
    class Meta:
        model = Guest
        fields = ["satisfaction", "remark"]
        widgets = {"satisfaction": forms.NumberInput(attrs={"min": 1, "max": 10}), "remark": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["satisfaction"].required = True
