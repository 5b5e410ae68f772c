from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.excel import MOST_BYTES
from stores.models import Store
from transfers.models import Feed, Kind
from transfers.previews import column_label
from transfers.services import READERS
from visits.models import Visit


class ImportForm(forms.Form):
    kind = forms.ChoiceField(label=_("What the file holds"), choices=Kind)
    store = forms.ModelChoiceField(label=_("Store"), queryset=Store.objects.none(), empty_label=None)
    file = forms.FileField(label=_("File"), help_text=_("xlsx, xls or csv; UTF-8 and GB18030 are told apart by themselves."))
    check_first = forms.BooleanField(label=_("Check first, then decide"), required=False, initial=True)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = user.stores_with("transfers.import")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %(limit)d MB."), params={"limit": MOST_BYTES >> 20})
        return file


class ExportForm(forms.Form):
    reason = forms.CharField(label=_("What for"), min_length=2, max_length=200, help_text=_("Kept with the export and written into the file."))


class FeedForm(forms.ModelForm):
    class Meta:
        model = Feed
        fields = ["store", "kind", "folder", "expected_by"]
        widgets = {"expected_by": forms.TimeInput(format="%H:%M", attrs={"type": "time"})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = user.stores_with("transfers.import")


class MappingForm(forms.Form):
    """What the headers, visit types and names of a file mean that nobody knows yet; what is left empty stays unknown."""

    def __init__(self, *args, incoming, **kwargs):
        super().__init__(*args, **kwargs)
        self.words = {}
        columns = [("", _("Leave out")), *((column.name, column_label(column)) for column in READERS[incoming.kind].COLUMNS)]
        self.ask("header", incoming.report.get("unknown", []), columns)
        self.ask("word", incoming.report.get("words", []), [("", _("Keep as “other”")), *Visit.Kind.choices])
        staff = [(str(user.pk), user.name) for user in User.objects.in_store(incoming.store).order_by("name")]
        self.ask("person", incoming.report.get("people", []), [("", _("Nobody who works here")), *staff])

    def ask(self, part, words, choices):
        for number, word in enumerate(words):
            self.words[f"{part}-{number}"] = word
            self.fields[f"{part}-{number}"] = forms.ChoiceField(label=word, choices=choices, required=False)

    def meanings(self, part):
        """Return ``{word: meaning}`` of what was chosen."""
        return {word: self.cleaned_data[name] for name, word in self.words.items() if name.startswith(part) and self.cleaned_data[name]}
