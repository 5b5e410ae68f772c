from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import day_input
from common.photos import PhotoField
from visits.models import CeremonyCheck, CeremonyItem

MOST_STEPS = 40


@dataclass
class StepRow:
    """What the page shows of one step: whether it is done, by whom, and its inputs."""

    item: CeremonyItem
    check: CeremonyCheck | None
    is_done: forms.BoundField
    note: forms.BoundField
    photo: forms.BoundField


class TickForm(forms.Form):
    """Every step of a delivery's ceremony; ``entries()`` is what ``Delivery.tick`` takes."""

    def __init__(self, delivery, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.steps = delivery.ceremony_steps
        for item, check in self.steps:
            self.fields[f"done-{item.pk}"] = forms.BooleanField(label=str(item), required=False, initial=check is not None)
            self.fields[f"note-{item.pk}"] = forms.CharField(label=_("Note"), required=False, max_length=200, initial=check.note if check else "")
            self.fields[f"photo-{item.pk}"] = PhotoField(label=_("Photo"), required=False)

    @property
    def rows(self):
        return [StepRow(item, check, *(self[f"{name}-{item.pk}"] for name in ("done", "note", "photo"))) for item, check in self.steps]

    def clean(self):
        for item, check in self.steps:
            has_photo = self.cleaned_data.get(f"photo-{item.pk}") or (check and check.photo)
            if item.needs_photo and self.cleaned_data.get(f"done-{item.pk}") and not has_photo:
                self.add_error(f"photo-{item.pk}", _("This step needs a photo."))
        return self.cleaned_data

    def entries(self):
        """Return an entry for every step; a photo taken ticks its step."""
        return {item.pk: self.entry(item) for item, _check in self.steps}

    def entry(self, item):
        done, note, photo = (self.cleaned_data[f"{name}-{item.pk}"] for name in ("done", "note", "photo"))
        return {"is_done": done or photo is not None, "note": note, "photo": photo}


class ApplyForPlateForm(forms.Form):
    on = forms.DateField(label=_("Plate applied for on"), widget=day_input())


class TemporaryPlateForm(forms.Form):
    number = forms.CharField(label=_("Temporary plate"), max_length=20, required=False)
    until = forms.DateField(label=_("Temporary plate valid until"), widget=day_input())


class FixPlateForm(forms.Form):
    plate = forms.CharField(label=_("Plate"), max_length=12)


class StepForm(forms.Form):
    """One step of the ceremony in the settings; an empty line is no step."""

    text_zh = forms.CharField(label=_("Text in Chinese"), max_length=120)
    text_en = forms.CharField(label=_("Text in English"), max_length=120)
    needs_photo = forms.BooleanField(label=_("Needs a photo"), required=False)

    @property
    def step(self):
        return {name: self.cleaned_data[name] for name in ("text_zh", "text_en", "needs_photo")}


class StepFormSet(forms.BaseFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["ORDER"].label, form.fields["DELETE"].label = _("Place"), _("Remove")
        for field in form.fields.values():
            is_check = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs |= {"aria-label": field.label, "class": "form-check-input" if is_check else "form-control"}

    def clean(self):
        if not any(self.errors) and not self.steps:
            raise forms.ValidationError(_("A ceremony has at least one step."), code="no_steps")

    @property
    def steps(self):
        """Return the fields of the steps in the order of the places given; one without a place comes last."""
        return [form.step for form in self.ordered_forms if form.cleaned_data.get("text_zh")]


CeremonyFormSet = forms.formset_factory(
    StepForm, StepFormSet, extra=3, can_order=True, can_delete=True, max_num=MOST_STEPS, validate_max=True, absolute_max=MOST_STEPS + 10
)
