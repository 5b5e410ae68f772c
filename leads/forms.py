from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import ConfirmedMixin, GivenMixin, day_input, moment_input
from customers.forms import ChangesMixin, HiddenMixin, ReferrerMixin
from leads.models import Lead, LeadContact, TestDrive
from stores.fields import StoreField


class LeadForm(ReferrerMixin, HiddenMixin, ChangesMixin, GivenMixin, ConfirmedMixin, forms.ModelForm):
    """The card of a visitor; one without name and phone is a visitor all the same (S2-27)."""

    class Meta:
        model = Lead
        fields = ["name", "phone", "channel", "wanted", "level", "salesperson", "notes"]
        widgets = {"phone": forms.TextInput(attrs={"inputmode": "tel"}), "notes": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        stores = [self.instance.store] if self.instance.store_id else user.stores_with("leads.work")
        self.fields["salesperson"].queryset = User.objects.with_permission_in("leads.work", stores).order_by("name")

    def doubts(self):
        if self.instance.phone and "phone" in self.changed_data:
            same = Lead.objects.open().filter(store=self.instance.store_id, phone=self.instance.phone).exclude(pk=self.instance.pk).first()
            if same is not None:
                yield "phone", _("%(name)s is an open lead with this number.") % {"name": same}


class NewLeadForm(LeadForm):
    """The card and, for people of several stores, the store."""

    class Meta(LeadForm.Meta):
        fields = ["name", "phone", "channel", "came_at", "wanted", "level", "salesperson", "notes"]
        widgets = LeadForm.Meta.widgets | {"came_at": moment_input()}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields = {"store": StoreField(user, "leads.work"), **self.fields}
        self.fields["came_at"].required, self.fields["came_at"].help_text, self.initial["came_at"] = False, _("Empty means now."), None
        if self.fields["salesperson"].queryset.filter(pk=user.pk).exists():
            self.initial.setdefault("salesperson", user.pk)

    def clean_came_at(self):
        return self.cleaned_data["came_at"] or timezone.now()

    def clean(self):
        self.instance.store = self.cleaned_data.get("store")
        return super().clean()


class VerbForm(forms.Form):
    verb = title = ""

    def __init__(self, *args, lead, **kwargs):
        super().__init__(*args, **kwargs)
        self.lead = lead

    @property
    def given(self):
        return self.cleaned_data


class ContactForm(VerbForm):
    verb, title = "contact", _("Log a talk")
    kind = forms.ChoiceField(label=_("Contacted by"), choices=LeadContact.Kind)
    note = forms.CharField(label=_("What was said"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    level = forms.ChoiceField(label=_("Intent"), choices=Lead.Level)
    next_contact_on = forms.DateField(label=_("Next contact"), required=False, widget=day_input(), help_text=_("Empty: by the intent."))

    def __init__(self, *args, lead, **kwargs):
        super().__init__(*args, lead=lead, **kwargs)
        self.initial["level"] = lead.level


class DriveForm(forms.ModelForm):
    verb, title = "drive", _("Log a test drive")

    class Meta:
        model = TestDrive
        fields = ["car", "route", "is_licence_checked", "is_agreement_signed", "satisfaction", "summary"]

    def __init__(self, *args, lead, **kwargs):
        super().__init__(*args, **kwargs)

    @property
    def given(self):
        return self.cleaned_data


class WinForm(VerbForm):
    verb, title = "win", _("Won: make a customer")


class LoseForm(VerbForm):
    verb, title = "lose", _("Lost to others")
    reason = forms.CharField(label=_("Why lost"), max_length=200)


class ReassignForm(VerbForm):
    verb, title = "reassign", _("Give to another salesperson")
    salesperson = forms.ModelChoiceField(label=_("Salesperson"), queryset=User.objects.none())

    def __init__(self, *args, lead, **kwargs):
        super().__init__(*args, lead=lead, **kwargs)
        self.fields["salesperson"].queryset = User.objects.with_permission("leads.work", lead.store).order_by("name")


FORMS = {form.verb: form for form in (ContactForm, DriveForm, WinForm, LoseForm, ReassignForm)}
