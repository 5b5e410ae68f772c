from datetime import timedelta

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import ConfirmedMixin, GivenMixin, SeenMixin, day_input, moment_input
from customers.custom import CustomFieldsMixin
from customers.forms import HiddenMixin
from customers.models import Vehicle
from visits.inquiry import QUESTIONS, TEXT_LIMIT
from visits.mileage.history import estimate_after
from visits.mileage.words import basis_of
from visits.models import Appointment, Delivery, Visit

TYPICAL_STAY = timedelta(hours=2)
EARLIER_VISITS = 10
FOLDED = [
    "advisor",
    "work",
    "technician",
    "bay",
    "sender_name",
    "sender_phone",
    "fuel_level",
    "accessories",
    "work_class",
    "warranty_days",
    "warranty_km",
    "comeback_of",
    "notes",
]


def short_text():
    return forms.Textarea(attrs={"rows": 2})


def next_half_hour(moment):
    """Return the first full or half hour from ``moment`` on."""
    passed = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment + timedelta(minutes=30) - passed if passed else moment


def colleagues(permission, user, store):
    """Return whom a form offers: the people of the store, or of all stores of ``user`` while the store is open."""
    return User.objects.with_permission_in(permission, [store] if store else user.stores_with(permission)).order_by("name")


def is_among(user, people):
    return people.filter(pk=user.pk).exists()


class OrderForm(HiddenMixin, CustomFieldsMixin, SeenMixin, ConfirmedMixin, forms.ModelForm):
    """The fields of a repair order that are filled in at reception or while the car is here."""

    class Meta:
        model = Visit
        fields = ["kind", "mileage", "symptom", *FOLDED]
        widgets = {
            "symptom": short_text(),
            "work": short_text(),
            "notes": short_text(),
            "mileage": forms.NumberInput(attrs={"inputmode": "numeric"}),
            "promised_at": moment_input(),
            "arrived_at": moment_input(),
        }

    def __init__(self, *args, user, store, vehicle, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["advisor"].queryset = colleagues("visits.create", user, store) | User.objects.filter(pk=self.instance.advisor_id)
        # A form without it means what the law says of small work.
        self.fields["work_class"].required = False
        self.offer_earlier_visits(vehicle)
        for code, (question, choices) in QUESTIONS.items():
            self.fields[f"inquiry_{code}"] = inquiry_field(question, choices, self.instance.inquiry.get(code, ""))

    def offer_earlier_visits(self, vehicle):
        """Let a comeback name the visit whose work failed, among the last ones of the car."""
        if vehicle is None:
            del self.fields["comeback_of"]
            return
        earlier = Visit.objects.handed_over().filter(vehicle=vehicle).exclude(pk=self.instance.pk).order_by("-arrived_at")
        newest = list(earlier.values_list("pk", flat=True)[:EARLIER_VISITS])
        self.fields["comeback_of"].queryset = Visit.objects.filter(Q(pk__in=newest) | Q(pk=self.instance.comeback_of_id))
        self.fields["comeback_of"].label_from_instance = lambda visit: f"{visit.number} · {visit.store.local(visit.arrived_at):%Y-%m-%d}"

    def clean(self):
        answers = {code: self.cleaned_data.get(f"inquiry_{code}", "") for code in QUESTIONS}
        self.instance.inquiry = {code: answer for code, answer in answers.items() if answer}
        return super().clean()

    def doubts(self):
        vehicle = self.instance.vehicle if self.instance.vehicle_id else None
        if vehicle and None not in (vehicle.mileage, self.instance.mileage) and self.instance.mileage < vehicle.mileage:
            yield "mileage", _("The last reading was %(mileage)d km.") % {"mileage": vehicle.mileage}

    @property
    def inquiry_fields(self):
        return [self[f"inquiry_{code}"] for code in QUESTIONS]

    @property
    def more_fields(self):
        """Return what the form folds away."""
        asked_first = {"kind", "mileage", "promised_at", "symptom", "confirmed"}
        return [bound for bound in self if bound.name not in asked_first and not bound.name.startswith("inquiry_")]

    @property
    def has_hidden_errors(self):
        return any(bound.errors for bound in [*self.more_fields, *self.inquiry_fields])

    @property
    def changes(self):
        """Return the input as the model has normalised it, for the verb ``edit``."""
        names = [name for name in self._meta.fields if name in self.fields]
        return {name: getattr(self.instance, name) for name in [*names, "inquiry", "custom"]}


def inquiry_field(question, choices, initial):
    if choices:
        return forms.ChoiceField(label=question, choices=[("", "–"), *choices.items()], required=False, initial=initial)
    return forms.CharField(label=question, max_length=TEXT_LIMIT, required=False, initial=initial)


class VisitForm(OrderForm):
    """A new visit: a kind, the mileage, a promised time and what the customer says are enough."""

    class Meta(OrderForm.Meta):
        fields = ["kind", "mileage", "promised_at", "symptom", "arrived_at", "estimate_ceiling", *FOLDED]

    def __init__(self, *args, user, vehicle, **kwargs):
        super().__init__(*args, user=user, vehicle=vehicle, **kwargs)
        now = timezone.now()
        self.fields["mileage"].required = self.fields["promised_at"].required = True
        self.fields["arrived_at"].required = False
        self.fields["mileage"].widget.attrs["autofocus"] = vehicle is not None
        if vehicle and vehicle.mileage is not None:
            self.fields["mileage"].help_text = _("Last reading: %(mileage)d km.") % {"mileage": vehicle.mileage}
        self.initial |= {"promised_at": next_half_hour(now + TYPICAL_STAY), "arrived_at": None}
        if is_among(user, self.fields["advisor"].queryset):
            self.initial["advisor"] = user

    def clean_arrived_at(self):
        return self.cleaned_data["arrived_at"] or timezone.now().replace(second=0, microsecond=0)

    def doubts(self):
        """Point out an order that is open already, above all one just made by the first click of two (T38)."""
        yield from super().doubts()
        here = Visit.objects.in_shop().filter(vehicle=self.instance.vehicle_id).first() if self.instance.vehicle_id else None
        if here is not None:
            yield "kind", _("This car is already in the shop: %(number)s.") % {"number": here.number}


class HandOverForm(ConfirmedMixin, forms.ModelForm):
    """What the car is given back with; after a maintenance the next one is suggested, so that its reminders are planned."""

    next_maintenance_on = Vehicle._meta.get_field("next_maintenance_on").formfield(
        widget=day_input(), required=False, help_text=_("Empty leaves the day on file as it is.")
    )
    accepted_by = forms.CharField(
        label=_("Accepted by"), max_length=80, required=False, help_text=_("Who of the customer's side went through the work at the car with you.")
    )

    class Meta:
        model = Visit
        fields = ["labour_amount", "parts_amount", "total_amount", "handed_over_at"]
        widgets = {"handed_over_at": moment_input()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["handed_over_at"].help_text = _("Empty means now.")
        self.fields["total_amount"].help_text = _("Empty means labour plus parts.")
        for name in self.amount_names:
            self.fields[name].widget.attrs["inputmode"] = "decimal"
        self.initial |= self.instance.item_amounts
        if self.instance.kind in Visit.MAINTENANCES:
            self.suggest_maintenance(estimate_after(self.instance))

    amount_names = ["labour_amount", "parts_amount", "total_amount"]

    def suggest_maintenance(self, estimate):
        if estimate is not None:
            self.initial["next_maintenance_on"] = estimate.due_on
            self.fields["next_maintenance_on"].help_text = basis_of(estimate)

    @property
    def amounts(self):
        return {name: self.cleaned_data.get(name) for name in self.amount_names}

    @property
    def given(self):
        """Return what the verb ``hand_over`` takes."""
        more = {name: self.cleaned_data[name] for name in ("next_maintenance_on", "accepted_by")}
        return self.amounts | more | {"at": self.cleaned_data["handed_over_at"]}

    def doubts(self):
        if self.instance.stage != Visit.Stage.READY:
            yield "handed_over_at", _("The final inspection has not been passed; the car is “%(stage)s”.") % {"stage": self.instance.get_stage_display()}
        labour, parts, total = self.amounts.values()
        total = total if total is not None else (labour or 0) + (parts or 0)
        ceiling = self.instance.estimate_ceiling
        if ceiling is not None and total > ceiling:
            yield "total_amount", _("The customer was told: not above %(ceiling)s.") % {"ceiling": ceiling}


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class DeliveryForm(GivenMixin, forms.ModelForm):
    given = ("store", "vehicle")

    class Meta:
        model = Delivery
        fields = ["delivered_at", "salesperson", "invoiced_on", "has_ceremony", "notes"]
        widgets = {"delivered_at": moment_input(), "invoiced_on": day_input(), "notes": short_text()}

    def __init__(self, *args, user, store, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["salesperson"].queryset = colleagues("visits.deliver", user, store)
        self.initial["delivered_at"] = timezone.now()
        if is_among(user, self.fields["salesperson"].queryset):
            self.initial["salesperson"] = user


class AppointmentForm(forms.ModelForm):
    class Meta:
        model = Appointment
        fields = ["starts_at", "kind", "request", "advisor"]
        widgets = {"starts_at": moment_input()}

    def __init__(self, *args, user, store, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["advisor"].queryset = colleagues("visits.create", user, store)
