from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import day_input, moment_input
from followups.models import Plan
from followups.outcomes import OUTCOMES, Outcome
from surveys.forms import InterviewForm
from surveys.models import Questionnaire
from visits.models import Visit

LONGEST_NOTE = 4000


class OutcomeSelect(forms.RadioSelect):
    """One large button per outcome; its key is the one of the outcome's rule."""

    def create_option(self, name, value, label, selected, index, **kwargs):
        option = super().create_option(name, value, label, selected, index, **kwargs)
        if value in OUTCOMES:
            option["attrs"]["data-key"] = OUTCOMES[value].key
            option["key"] = OUTCOMES[value].key
        return option


class CallForm(forms.Form):
    """What came of the call; the time belongs to "call back later" and is read in the store's own zone."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome, widget=OutcomeSelect, error_messages={"required": _("Choose an outcome.")})
    next_at = forms.DateTimeField(label=_("Call back at"), required=False, widget=moment_input(), help_text=_("Only with “Call back later”."))
    note = forms.CharField(
        label=_("Note, in the customer's own words"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea({"rows": 3, "data-key": "w"})
    )

    def __init__(self, followup, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.followup = followup
        if not followup.plan.is_call:
            self.fields["outcome"].choices = [(outcome, outcome.label) for outcome in followup.plan.outcomes]
            self.fields["next_at"].widget = forms.HiddenInput()

    def clean_next_at(self):
        moment = self.cleaned_data["next_at"]
        return moment and timezone.make_aware(timezone.make_naive(moment), self.followup.store.zone)


class Call:
    """The two forms of the call screen taken together: outcome and questionnaire."""

    def __init__(self, followup, data=None, draft=None):
        self.followup = followup
        self.form = CallForm(followup, data, initial=draft)
        questionnaire = followup.plan.questionnaire()
        self.interview = InterviewForm(questionnaire, data, initial=draft) if questionnaire else None

    @property
    def is_completed(self):
        """Tell whether the outcome asks for the answers."""
        return self.interview is not None and self.form.cleaned_data.get("outcome") == Outcome.OK

    def is_valid(self):
        return self.form.is_valid() and (not self.is_completed or self.interview.is_valid())

    def has_answers(self):
        """Tell whether the questionnaire is filled in well enough to be submitted, whatever the outcome says."""
        return self.interview is not None and self.interview.is_valid()

    def words(self):
        """Return what has been typed so far, checked or not, as the draft keeps it."""
        names = [*self.form.fields, *(self.interview.fields if self.interview else [])]
        return {name: self.form.data[name][:LONGEST_NOTE] for name in names if self.form.data.get(name)}

    def answers(self):
        return self.interview.answers() if self.is_completed else None


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(User.objects.none(), label=_("Assigned to"), required=False, empty_label=_("The whole team"))

    def __init__(self, followup, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = User.objects.with_permission("followups.work", followup.store).order_by("name")
        self.fields["assignee"].initial = followup.assignee_id


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class PlanForm(forms.ModelForm):
    visit_kinds = forms.MultipleChoiceField(
        label=_("visit types"), choices=Visit.Kind, required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None ticked means every visit type.")
    )
    questionnaire_code = forms.ChoiceField(label=_("questionnaire"), required=False)

    class Meta:
        model = Plan
        fields = ["name_en", "name_zh", "offset", "unit", "role", "to_salesperson", "questionnaire_code", "priority", "max_attempts", "valid_from", "valid_to"]
        fields += ["visit_kinds", "script_en", "script_zh"]
        widgets = {"valid_from": day_input(), "valid_to": day_input(), "script_en": forms.Textarea({"rows": 8}), "script_zh": forms.Textarea({"rows": 8})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        questionnaires = {one.code: one.name for one in Questionnaire.objects.in_use().order_by("code", "version")}
        self.fields["questionnaire_code"].choices = [("", _("No questionnaire")), *questionnaires.items()]
        if self.instance.trigger != Plan.Trigger.HAND_OVER:
            del self.fields["visit_kinds"]
        if self.instance.trigger != Plan.Trigger.DELIVERY:
            del self.fields["to_salesperson"]
