from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.search import find
from stores.fields import StoreField

# An answer is an SMS or a few, not a letter.
LONGEST = 300


class WriteForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("What is written"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class StrangerForm(WriteForm):
    """What comes in from any number, to the store it was written to."""

    phone = forms.CharField(label=gettext_lazy("From the number"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    field_order = ["store", "phone", "text"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"] = StoreField(user, "messaging.answer")
        self.order_fields(self.field_order)


class AnswerForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    token = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput())
    # The newest answer the agent sees above the form.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    @property
    def given(self):
        return {"token": self.cleaned_data["token"].hex, "seen": self.cleaned_data["seen"]}


class MatchForm(forms.Form):
    """Names one customer by whatever the search box understands."""

    customer = forms.CharField(label=gettext_lazy("Whose number is it?"), max_length=60)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_customer(self):
        found = {hit.customer.pk: hit.customer for hit in find(self.user, self.cleaned_data["customer"], "messaging.answer")}
        if len(found) == 1:
            return next(iter(found.values()))
        if not found:
            raise ValidationError(_("Nobody on file fits. Try the plate, the phone or the whole name."))
        raise ValidationError(ngettext("%(count)d customer fits.", "%(count)d customers fit: be more precise.", len(found)) % {"count": len(found)})
