from django import forms

from common.forms import day_input
from messaging.models import ANSWER, ContactCap, MessageTemplate, ReminderRule


class TemplateForm(forms.ModelForm):
    class Meta:
        model = MessageTemplate
        fields = ["name_zh", "name_en", "category", "purpose", "body", "provider_code"]
        widgets = {"body": forms.Textarea({"rows": 5})}


class RuleForm(forms.ModelForm):
    class Meta:
        model = ReminderRule
        fields = ["days_before", "template", "valid_from", "valid_to"]
        widgets = {"valid_from": day_input(), "valid_to": day_input()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = MessageTemplate.objects.exclude(code=ANSWER)


class CapForm(forms.ModelForm):
    class Meta:
        model = ContactCap
        fields = ["days", "most", "valid_from", "valid_to"]
        widgets = {"valid_from": day_input(), "valid_to": day_input()}
