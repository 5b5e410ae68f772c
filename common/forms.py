"""Parts of forms that several apps use."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError

# With a last year of four digits the keyboard goes on to the next part of the date by itself.
DAY_WIDGET = {"attrs": {"type": "date", "max": "9999-12-31"}, "format": "%Y-%m-%d"}
MOMENT_WIDGET = {"attrs": {"type": "datetime-local", "max": "9999-12-31T23:59"}, "format": "%Y-%m-%dT%H:%M"}


def day_input():
    """Return the date picker of the browser."""
    return forms.DateInput(**DAY_WIDGET)


def moment_input():
    """Return the date-and-time picker of the browser."""
    return forms.DateTimeInput(**MOMENT_WIDGET)


def posted(request):
    """Return what the form was sent with, None before it is; an empty form sent is still sent."""
    return request.POST if request.method == "POST" else None


def accepted(form, verb, *args, **kwargs):
    """Run ``verb``; what it refuses because of a field is told there, and False returned."""
    try:
        verb(*args, **kwargs)
    except DomainError as error:
        if error.field not in form.fields:
            raise
        form.add_error(error.field, error.message)
        return False
    return True


class ConfirmedMixin:
    """A form that points out what looks wrong without being wrong; a second sending with the box ticked takes it.

    ``doubts()`` returns ``[(field, message)]`` of the cleaned input.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["confirmed"] = forms.BooleanField(label=_("I have checked this, save it all the same"), required=False, widget=forms.HiddenInput())

    def _post_clean(self):
        # After the rules of the model: a doubt about a value that is refused anyway helps nobody.
        super()._post_clean()
        if self.errors or self.cleaned_data.get("confirmed"):
            return
        for field, message in self.doubts():
            self.add_error(field, message)
            self.fields["confirmed"].widget = forms.CheckboxInput()


class SeenMixin:
    """A form that knows which state of its row was seen: what somebody else saved meanwhile is shown beside what was typed (T46).

    The second sending has seen both and is taken.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.now = self.instance.updated_at.isoformat()
            self.fields["seen"] = forms.CharField(required=False, initial=self.now, widget=forms.HiddenInput())

    def clean(self):
        cleaned = super().clean()
        if self.cleaned_data.get("seen", "") not in ("", getattr(self, "now", "")):
            self.show_both()
        return cleaned

    @property
    def seen_fields(self):
        return self._meta.fields

    def show_both(self):
        for name in set(self.changed_data) & set(self.seen_fields):
            value = self.on_file(name)
            message = _("Somebody else has saved this meanwhile; on file is now: %(value)s. Save again to keep yours.") % {"value": value}
            self.add_error(name, message)
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = self.now

    def on_file(self, name):
        return shown_choice(self.fields[name], self.get_initial_for_field(self.fields[name], name))


def shown_choice(field, value):
    """Return the words of a value on file; a dash where there is none."""
    words = {str(code): label for code, label in getattr(field, "choices", ())}
    return words.get(str(value), value) if value not in (None, "") else "–"


class GivenMixin:
    """A model form some of whose foreign keys are set by the page: they are not typed, but uniqueness over them is checked."""

    given = ("store",)

    def _get_validation_exclusions(self):
        set_by_page = {name for name in self.given if getattr(self.instance, f"{name}_id")}
        return super()._get_validation_exclusions() - set_by_page
