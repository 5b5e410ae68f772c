from django import forms

from common.forms import day_input
from visits.models import LoyaltyRule


class LoyaltyRuleForm(forms.ModelForm):
    class Meta:
        model = LoyaltyRule
        fields = ["valid_from", "loyal_visits", "loyal_months", "at_risk_months", "lost_months"]
        widgets = {"valid_from": day_input()}
