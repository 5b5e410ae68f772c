"""Own fields (AR7) in forms, filters, lists and the API: how a value is asked for, stored and shown."""

from datetime import date
from decimal import Decimal

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from common.filters import YesNoFilter
from common.forms import day_input
from customers.models import CustomField

Kind = CustomField.Kind
LONGEST_TEXT, LONGEST_LONG_TEXT = 200, 4000
YES_NO = [("", "–"), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
NUMBERS = (Kind.WHOLE, Kind.DECIMAL)
NOT_TEXTS = (*NUMBERS, Kind.YES_NO, Kind.CHOICES)
EMPTY = (None, "", [])


def form_field(field):
    """Return the form field that asks for a value; what it cleans to is what is stored."""
    return FORM_FIELDS[field.kind](field, {"label": str(field), "required": False})


class StoredDecimal(forms.DecimalField):
    """A decimal stored as text, without an exponent and without idle zeros."""

    def clean(self, value):
        number = super().clean(value)
        return None if number is None else f"{number.normalize():f}"


class StoredDate(forms.DateField):
    def clean(self, value):
        day = super().clean(value)
        return day and day.isoformat()

    def prepare_value(self, value):
        return date.fromisoformat(value) if is_iso_day(value) else value


FORM_FIELDS = {
    Kind.TEXT: lambda field, shared: forms.CharField(max_length=LONGEST_TEXT, **shared),
    Kind.LONG_TEXT: lambda field, shared: forms.CharField(max_length=LONGEST_LONG_TEXT, widget=forms.Textarea(attrs={"rows": 2}), **shared),
    Kind.WHOLE: lambda field, shared: forms.IntegerField(min_value=-(2**53), max_value=2**53, **shared),
    Kind.DECIMAL: lambda field, shared: StoredDecimal(max_digits=15, decimal_places=4, **shared),
    Kind.DATE: lambda field, shared: StoredDate(widget=day_input(), **shared),
    Kind.YES_NO: lambda field, shared: forms.TypedChoiceField(choices=YES_NO, coerce="yes".__eq__, empty_value=None, **shared),
    Kind.CHOICE: lambda field, shared: forms.ChoiceField(choices=[("", "–"), *field.choices], **shared),
    Kind.CHOICES: lambda field, shared: forms.MultipleChoiceField(choices=field.choices, widget=forms.CheckboxSelectMultiple(), **shared),
    Kind.LINK: lambda field, shared: forms.URLField(max_length=LONGEST_TEXT, assume_scheme="https", **shared),
}


def as_typed(field, value):
    """Return a stored value as its form field takes it."""
    return {True: "yes", False: "no"}.get(value, value) if field.kind == Kind.YES_NO else value


def checked(field, value):
    """Return ``value`` as it is stored; raise ``ValidationError`` saying what is accepted."""
    if field.kind == Kind.YES_NO and value is not None and not isinstance(value, bool):
        raise ValidationError(_("Answer with true or false."))
    if field.kind == Kind.CHOICES and value is not None and not isinstance(value, list):
        raise ValidationError(_("Give a list of codes."))
    if field.kind not in NOT_TEXTS and value is not None and not isinstance(value, str):
        raise ValidationError(_("Give a text."))
    if field.kind in NUMBERS and isinstance(value, (list, dict, bool)):
        raise ValidationError(_("Give a number."))
    return form_field(field).clean(as_typed(field, value))


def is_iso_day(value):
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def shown(field, value):
    """Return a stored value in the reader's words; a date stays a date, a number a number."""
    if value in EMPTY:
        return ""
    if field.kind == Kind.DATE:
        return date.fromisoformat(value)
    if field.kind == Kind.DECIMAL:
        return Decimal(value)
    if field.kind == Kind.YES_NO:
        return _("Yes") if value else _("No")
    if field.has_options:
        words = dict(field.choices)
        return _(", ").join(words.get(code, code) for code in (value if isinstance(value, list) else [value]))
    return value


def facts_of(row):
    """Return ``[(field, shown value)]`` of what is filled in; most rows have nothing and ask no question."""
    if not row.custom:
        return []
    return [(field, shown(field, row.custom[field.code])) for field in CustomField.objects.of(type(row)) if field.code in row.custom]


class CustomFieldsMixin:
    """A model form that asks for the own fields too; ``changes`` hold them as ``custom``."""

    asks_custom = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.own_fields = {f"custom_{field.code}": field for field in CustomField.objects.of(self._meta.model)} if self.asks_custom else {}
        for name, field in self.own_fields.items():
            self.fields[name] = form_field(field)
            self.initial[name] = as_typed(field, self.instance.custom.get(field.code))

    def clean(self):
        cleaned = super().clean()
        given = {field.code: self.cleaned_data[name] for name, field in self.own_fields.items() if name in self.cleaned_data}
        self.instance.custom = merged(self.instance.custom, given)
        return cleaned

    @property
    def seen_fields(self):
        return [*super().seen_fields, *self.own_fields]

    @property
    def changes(self):
        return super().changes | {"custom": self.instance.custom}


def merged(values, given):
    """Return ``values`` with what is given put in and what is given empty left out; removed fields keep theirs."""
    return {code: value for code, value in (values | given).items() if value not in EMPTY}


class CustomFilterMixin:
    """A filter per own field of the list's rows, in the address as ``custom_<code>``."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.own_fields = list(CustomField.objects.of(self._meta.model))
        for field in self.own_fields:
            name = f"custom_{field.code}"
            self.filters[name] = custom_filter(field)
            self.filters[name].parent, self.filters[name].model = self, self._meta.model

    @property
    def own_columns(self):
        """Return the own fields the list shows as columns."""
        return [field for field in self.own_fields if field.is_listed]


def custom_filter(field):
    path = f"custom__{field.code}"
    if field.kind == Kind.YES_NO:
        return YesNoFilter(field_name=path, label=str(field))
    if field.has_options:
        # A list is compared as its JSON text, where each code stands in quotes.
        pick = (lambda rows, _name, code: rows.filter(**{f"{path}__icontains": f'"{code}"'})) if field.kind == Kind.CHOICES else None
        return django_filters.ChoiceFilter(field_name=path, label=str(field), choices=field.choices, method=pick)
    if field.kind == Kind.WHOLE:
        return django_filters.NumberFilter(label=str(field), method=lambda rows, _name, number: rows.filter(**{path: int(number)}))
    if field.kind == Kind.DATE:
        return django_filters.DateFilter(label=str(field), widget=day_input(), method=lambda rows, _name, day: rows.filter(**{path: day.isoformat()}))
    if field.kind == Kind.DECIMAL:
        return django_filters.NumberFilter(label=str(field), method=lambda rows, _name, number: rows.filter(**{path: f"{number.normalize():f}"}))
    return django_filters.CharFilter(field_name=path, lookup_expr="icontains", label=str(field))


class CustomValuesField(serializers.JSONField):
    """``{code: value}`` of the own fields; sent codes are changed, null empties one, others stay."""

    def to_internal_value(self, data):
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("Give an object with a value for each code."))
        fields = {field.code: field for field in CustomField.objects.of(self.parent.Meta.model)}
        given, errors = {}, {}
        for code, value in data.items():
            try:
                given[code] = checked(fields[code], value)
            except KeyError:
                errors[code] = [_("There is no such field; the codes are: %(codes)s.") % {"codes": ", ".join(fields) or "–"}]
            except ValidationError as error:
                errors[code] = error.messages
        if errors:
            raise serializers.ValidationError(errors)
        return merged(self.parent.instance.custom if self.parent.instance else {}, given)

    def to_representation(self, value):
        """Show what is in use; values of removed fields wait unseen."""
        if not value:
            return {}
        in_use = self.context.setdefault("own_codes", {})
        model = self.parent.Meta.model
        if model not in in_use:
            in_use[model] = set(CustomField.objects.of(model).values_list("code", flat=True))
        return {code: stored for code, stored in value.items() if code in in_use[model]}
