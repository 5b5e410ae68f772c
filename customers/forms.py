import json

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from common.errors import DomainError, as_validation_error
from common.forms import ConfirmedMixin, GivenMixin, SeenMixin, day_input
from customers.custom import CustomFieldsMixin
from customers.masking import MASKS
from customers.models import Channel, ContactPerson, Customer, InspectionRule, PastOwnership, Phone, Purpose, Reveal, Vehicle
from customers.numbers import normal_phone, plate_known, vin_check_ok
from customers.services import moved_inspections
from stores.fields import StoreField
from stores.models import Store

# So many cars a preview names.
EXAMPLES = 5


class ChangesMixin:
    @property
    def changes(self):
        """Return the input as the model has normalised it, for the verb ``edit``."""
        return {name: getattr(self.instance, name) for name in self._meta.fields}


class HiddenMixin:
    """A form about data its reader may see masked only (T31): ``hidden`` are not put in, and what is left empty stays as it is on file."""

    def __init__(self, *args, hidden=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.kept = {name: getattr(self.instance, name) for name in hidden if name in self.fields}
        for name, value in self.kept.items():
            self.initial[name] = ""
            self.fields[name].widget.attrs["placeholder"] = MASKS[name](value)
            self.fields[name].help_text = _("Masked; empty keeps what is on file.")

    @cached_property
    def changed_data(self):
        return [name for name in super().changed_data if name not in self.kept or self[name].data != self.kept[name]]

    def clean(self):
        cleaned = super().clean()
        left = [name for name in self.kept if cleaned.get(name) == ""]
        return cleaned | {name: self.kept[name] for name in left}

    def on_file(self, name):
        return MASKS[name](getattr(self.instance, name)) if name in self.kept else super().on_file(name)


class AlikeMixin:
    """A form for something new: while one of ``keys`` is typed, what is on file already shows up under the field (AR3)."""

    keys, alike = (), ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            for name in self.keys:
                self.fields[name].widget.attrs |= self.asking(name)

    def asking(self, name):
        """Ask by POST: what is typed belongs in no log of addresses."""
        told = {"key": name} | ({"store": self.instance.store_id} if self.instance.store_id else {})
        return {
            "hx-post": reverse(self.alike),
            "hx-vals": json.dumps(told),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "next .answers",
            "hx-sync": "this:replace",
        }


class ArchiveForm(HiddenMixin, AlikeMixin, CustomFieldsMixin, SeenMixin, ConfirmedMixin, GivenMixin, ChangesMixin, forms.ModelForm):
    pass


class ReferrerMixin(forms.Form):
    """A form about somebody whom a customer of the store may have sent; that customer is named by phone (S1-16)."""

    referrer_phone = forms.CharField(
        label=_("Referred by"), required=False, max_length=20, help_text=_("The phone of a customer of this store; empty changes nothing.")
    )

    @property
    def changes(self):
        return super().changes | {"referred_by": self.instance.referred_by}

    def clean(self):
        phone = self.cleaned_data.get("referrer_phone")
        if phone and self.instance.store_id:
            self.instance.referred_by = self.referrer(phone)
        return super().clean()

    def referrer(self, phone):
        with as_validation_error():
            found = Customer.objects.with_number(self.instance.store_id, normal_phone(phone, "referrer_phone")).order_by("pk").first()
            if found is None:
                raise DomainError(_("No customer of this store has this phone."), code="referrer_unknown", field="referrer_phone")
            self.check_referrer(found)
            return found

    def check_referrer(self, referrer):
        """Raise where ``referrer`` cannot have sent this person."""


class CustomerForm(ReferrerMixin, ArchiveForm):
    keys, alike = ("name", "phone"), "customers:alike"

    class Meta:
        model = Customer
        fields = ["name", "kind", "gender", "phone", "birthday", "lunar_birthday", "address", "channel", "keeper", "is_key_account", "notes"]
        widgets = {"birthday": day_input(), "notes": forms.Textarea(attrs={"rows": 3}), "phone": forms.TextInput(attrs={"inputmode": "tel"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "keeper" in self.fields:
            here = User.objects.with_permission("customers.edit", self.instance.store).values("pk")
            self.fields["keeper"].queryset = User.objects.filter(Q(pk__in=here) | Q(pk=self.instance.keeper_id)).order_by("name")

    def check_referrer(self, referrer):
        self.instance.check_referrer(referrer, field="referrer_phone")

    def doubts(self):
        namesake = Customer.objects.same_phone_as(self.instance).first()
        if namesake is not None and "phone" in self.changed_data:
            yield "phone", _("%(name)s has the same number.") % {"name": namesake.name}


class NewCustomerForm(CustomerForm):
    """The customer and, for people of several stores, the store."""

    class Meta(CustomerForm.Meta):
        fields = [name for name in CustomerForm.Meta.fields if name != "keeper"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {"store": StoreField(user, "customers.edit"), **self.fields}

    def clean(self):
        self.instance.store = self.cleaned_data.get("store")
        return super().clean()


class BriefCustomerForm(NewCustomerForm):
    """What one asks a new customer at the counter."""

    asks_custom = False
    referrer_phone = None

    class Meta(CustomerForm.Meta):
        fields = ["name", "phone", "gender"]


class VehicleForm(ArchiveForm):
    keys, alike = ("plate", "vin"), "customers:vehicle_alike"

    class Meta:
        model = Vehicle
        fields = [
            "plate",
            "vin",
            "brand",
            "model",
            "engine_number",
            "power",
            "mileage",
            "invoiced_on",
            "registered_on",
            "inspection_class",
            "compulsory_insurance_until",
            "commercial_insurance_until",
            "next_maintenance_on",
        ]
        widgets = {
            "invoiced_on": day_input(),
            "registered_on": day_input(),
            "compulsory_insurance_until": day_input(),
            "commercial_insurance_until": day_input(),
            "next_maintenance_on": day_input(),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "inspection_class" in self.fields:
            # Not asked, it stays as it is.
            self.fields["inspection_class"].required = False

    def doubts(self):
        vin, plate = self.instance.vin, self.instance.plate
        if vin and "vin" in self.changed_data and not vin_check_ok(vin):
            yield "vin", _("The check digit of the VIN does not fit; please compare with the registration.")
        if plate and "plate" in self.changed_data:
            yield from self.plate_doubts(plate)
        before, after = self.initial.get("mileage"), self.instance.mileage
        if None not in (before, after) and after < before:
            yield "mileage", _("The last reading was %(mileage)d km.") % {"mileage": before}

    def plate_doubts(self, plate):
        if not plate_known(plate):
            yield "plate", _("“%(value)s” does not follow a known plate pattern.") % {"value": plate}
        if Vehicle.objects.filter(store=self.instance.store_id, plate=plate).exclude(pk=self.instance.pk).exists():
            yield "plate", _("Another car of this store has the same plate.")


class BriefVehicleForm(VehicleForm):
    """What one notes of a new car at the counter."""

    asks_custom = False

    class Meta(VehicleForm.Meta):
        fields = ["plate", "vin", "brand", "model", "engine_number"]


class TransferForm(ConfirmedMixin, forms.ModelForm):
    """The new owner of a car: somebody of the store, known by the phone, or somebody new."""

    on = forms.DateField(label=_("Since"), widget=day_input())
    reason = forms.ChoiceField(label=_("reason"), choices=PastOwnership.Reason)

    class Meta:
        model = Customer
        fields = ["name", "phone"]
        labels = {"name": _("New owner"), "phone": _("phone")}
        widgets = {"phone": forms.TextInput(attrs={"inputmode": "tel"})}

    def __init__(self, *args, vehicle, **kwargs):
        super().__init__(*args, instance=Customer(store=vehicle.store), **kwargs)
        self.initial |= {"on": vehicle.store.today()}
        self.fields["phone"].required = True

    @property
    def customer(self):
        """Return the customer with this phone, else the new one."""
        return Customer.objects.same_phone_as(self.instance).order_by("pk").first() or self.instance

    def doubts(self):
        if self.customer.pk and self.customer.name != self.instance.name:
            yield "name", _("This phone belongs to %(name)s, who would become the owner.") % {"name": self.customer.name}


class ContactForm(forms.ModelForm):
    class Meta:
        model = ContactPerson
        fields = ["name", "relation", "phone", "birthday", "lunar_birthday", "preferences"]
        widgets = {"birthday": day_input()}


class PhoneForm(ConfirmedMixin, forms.ModelForm):
    is_preferred = forms.BooleanField(label=_("Call this number first"), required=False)

    class Meta:
        model = Phone
        fields = ["phone", "label", "note"]
        widgets = {"phone": forms.TextInput(attrs={"inputmode": "tel"})}

    def doubts(self):
        owner = self.instance.customer
        namesake = Customer.objects.with_number(owner.store_id, self.instance.phone).exclude(pk=owner.pk).first()
        if namesake is not None:
            yield "phone", _("%(name)s has the same number.") % {"name": namesake.name}


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(choices=Purpose)
    channel = forms.ChoiceField(choices=Channel)
    is_granted = forms.TypedChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda value: value == "yes")


class WordForm(ConsentForm):
    """A word with all that belongs to it (PIPL Art. 14: informed, voluntary, explicit)."""

    source = forms.CharField(label=_("Given how"), max_length=60, help_text=_("For example: signed form, call, counter."))
    expires_on = forms.DateField(label=_("Holds until"), required=False, widget=day_input(), help_text=_("The last day; empty means until another word."))
    reason = forms.CharField(label=_("The customer's reason"), max_length=200, required=False)
    evidence = forms.CharField(label=_("Evidence"), max_length=200, required=False, help_text=_("What proves it: number of the form, the call, the message."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in {"purpose": _("Purpose"), "channel": _("Channel"), "is_granted": _("The customer says")}.items():
            self.fields[name].label = label


class InspectForm(forms.Form):
    on = forms.DateField(label=_("Inspected on"), widget=day_input())


class InspectionRuleForm(ConfirmedMixin, forms.ModelForm):
    class Meta:
        model = InspectionRule
        fields = ["inspection_class", "valid_from", "name_zh", "name_en", "mark_years", "site_years", "then_months", "later_year", "later_months"]
        widgets = {"valid_from": day_input()}

    def doubts(self):
        """Tell which cars get another day before anything is saved (B20)."""
        moved = moved_inspections(Store.objects.all(), self.rules_then())
        if moved:
            told = ngettext("%(count)d car gets another inspection day.", "%(count)d cars get another inspection day.", len(moved)) % {"count": len(moved)}
            yield None, f"{told} {self.examples(moved)}"

    def rules_then(self):
        rules = InspectionRule.objects.exclude(pk=self.instance.pk).by_class()
        rules[self.instance.inspection_class].append(self.instance)
        return rules

    def examples(self, moved):
        days = {pk: (before, after) for pk, before, after in moved[:EXAMPLES]}
        cars = Vehicle.objects.filter(pk__in=days).select_related("store")
        return "; ".join(f"{car}: {days[car.pk][0] or '–'} → {days[car.pk][1] or '–'}" for car in cars)


class RevealForm(forms.Form):
    reason = forms.ChoiceField(label=_("What for"), choices=Reveal.Reason)


class LiftForm(forms.Form):
    reason = forms.CharField(label=_("Why the person wants the record back"), max_length=200)
