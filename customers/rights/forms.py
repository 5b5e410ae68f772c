from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import day_input
from customers.models import PrivacyNotice, RightsRequest


class AskForm(forms.ModelForm):
    class Meta:
        model = RightsRequest
        fields = ["kind", "asker", "asked_by", "identity"]
        help_texts = {"identity": _("For example: identity card seen, called back at the number on file. Copy no number of a card.")}


class DecideForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, help_text=_("Is told to the person; name nobody in it.")
    )


class PrivacyNoticeForm(forms.ModelForm):
    class Meta:
        model = PrivacyNotice
        fields = ["valid_from", "text_zh", "text_en"]
        widgets = {"valid_from": day_input()}
