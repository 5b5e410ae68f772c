from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.forms import day_input
from handoffs.models import Handoff
from handoffs.sharing import colleagues


class SuccessorsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, user):
        return f"{user} · {', '.join(sorted({str(membership.get_role_display()) for membership in user.memberships.all()}))}"


class HandoffForm(forms.ModelForm):
    """Who takes over, and for how long; ``instance`` knows the store and the person."""

    successors = SuccessorsField(
        label=_("Who takes over"),
        queryset=None,
        help_text=_("Several share it: each row goes to who has least of its kind."),
    )

    class Meta:
        model = Handoff
        fields = ["reason", "back_on", "note", "tells_customers"]
        widgets = {"reason": forms.RadioSelect, "back_on": day_input()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = Handoff.Reason.choices
        self.fields["successors"].queryset = colleagues(self.instance.store, self.instance.person).prefetch_related("memberships")
        self.order_fields(["reason", "back_on", "successors"])

    def clean(self):
        cleaned = super().clean()
        reason, back_on = cleaned.get("reason"), cleaned.get("back_on")
        if reason == Handoff.Reason.ABSENT:
            if back_on is None:
                self.add_error("back_on", forms.ValidationError(_("Say on which day the person is back."), code="required"))
            elif back_on <= self.instance.store.today(timezone.now()):
                self.add_error("back_on", forms.ValidationError(_("The day of return must lie in the future."), code="in_past"))
            cleaned["tells_customers"] = False
        else:
            cleaned["back_on"] = None
        return cleaned
