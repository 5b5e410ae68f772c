"""Writing a draft of a questionnaire: its frame, its factors, its questions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import Factor, Question, Questionnaire


class FrameForm(forms.ModelForm):
    class Meta:
        model = Questionnaire
        fields = ["name_zh", "name_en", "satisfied_from", "complaining_to", "completeness"]

    def clean(self):
        cleaned = super().clean()
        satisfied, complaining, completeness = (cleaned.get(name) for name in ("satisfied_from", "complaining_to", "completeness"))
        lowest, highest = self.instance.lowest, self.instance.highest
        if None not in (satisfied, complaining) and not lowest <= complaining < satisfied <= highest:
            message = _("Complaining must end below satisfied, both between %(lowest)d and %(highest)d.") % {"lowest": lowest, "highest": highest}
            self.add_error("complaining_to", message)
        if completeness is not None and not 0 < completeness <= 1:
            self.add_error("completeness", _("Give a share above 0 and up to 1, for example 0.6."))
        return cleaned


class PartForm(forms.ModelForm):
    """A row of the table; a new one gets its code and its place from the draft."""

    letter = ""

    def save(self, commit=True):
        if not self.instance.code:
            self.instance.code = free_code(type(self.instance), self.instance.questionnaire, self.letter)
        self.instance.position = self.cleaned_data["ORDER"] or self.instance.questionnaire.questions.count() + 1
        return super().save(commit)


class FactorForm(PartForm):
    letter = "f"

    class Meta:
        model = Factor
        fields = ["name_zh", "name_en", "weight"]


GRIEVANCES = [("", "–"), (1, _("Yes is a grievance")), (0, _("No is a grievance"))]


class QuestionForm(PartForm):
    letter = "q"
    grievance_value = forms.TypedChoiceField(label=_("Grievance"), choices=GRIEVANCES, coerce=int, empty_value=None, required=False)

    class Meta:
        model = Question
        fields = ["factor", "kind", "text_zh", "text_en", "weight", "is_required", "is_overall", "grievance_value"]
        widgets = {"text_zh": forms.Textarea({"rows": 2}), "text_en": forms.Textarea({"rows": 2})}

    def __init__(self, *args, factors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["factor"].queryset = factors
        self.fields["factor"].empty_label = _("Outside the index")

    def clean(self):
        cleaned = super().clean()
        kind, grievance = cleaned.get("kind"), cleaned.get("grievance_value")
        if grievance is not None and kind != Question.Kind.YES_NO:
            self.add_error("grievance_value", _("Only a yes-or-no question has an answer that is a grievance."))
        if cleaned.get("is_overall") and (kind == Question.Kind.TEXT or cleaned.get("factor")):
            self.add_error("is_overall", _("The overall satisfaction is a rating or a yes-or-no question outside the index."))
        return cleaned


def free_code(model, questionnaire, letter):
    """Return a code no part of this questionnaire has had in any version, so that figures by question never mix two questions."""
    taken = set(model.objects.filter(questionnaire__code=questionnaire.code).values_list("code", flat=True))
    number = next(number for number in range(1, 10_000) if f"{letter}{number}" not in taken)
    return f"{letter}{number}"


SHARED = {"can_order": True, "can_delete": True, "max_num": 100, "validate_max": True, "absolute_max": 200}
FactorFormSet = forms.inlineformset_factory(Questionnaire, Factor, form=FactorForm, extra=1, **SHARED)
QuestionFormSet = forms.inlineformset_factory(Questionnaire, Question, form=QuestionForm, extra=2, **SHARED)
