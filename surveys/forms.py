from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from surveys.models import Question

NOT_APPLICABLE = "na"


class InterviewForm(forms.Form):
    """All questions of a questionnaire; ``answers()`` is what ``Response.submit`` takes. Drawn by ``surveys/_questions.html``."""

    def __init__(self, questionnaire, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questionnaire = questionnaire
        for question in questionnaire.question_list:
            self.fields[question.field_name] = answer_field(question)

    def sections(self):
        """Return ``[(factor or None, [(question, bound field)])]`` in the order of the interview."""
        return [(factor, [(question, self[question.field_name]) for question in questions]) for factor, questions in self.questionnaire.sections()]

    def clean(self):
        """Ask the questionnaire itself, so that page and API accept the same answers."""
        cleaned = super().clean()
        if not self.errors:
            try:
                self.questionnaire.checked(self.answers())
            except DomainError as error:
                self.add_error(error.field if error.field in self.fields else None, error.message)
        return cleaned

    def answers(self):
        """Return ``{question id: rating, 1 or 0, text, or None}``."""
        return {question.pk: self.cleaned_data[question.field_name] for question in self.questionnaire.question_list}


def answer_field(question):
    if question.kind == Question.Kind.TEXT:
        area = forms.Textarea(attrs={"rows": 2})
        return forms.CharField(label=str(question), required=question.is_required, widget=area)
    return forms.TypedChoiceField(
        label=str(question),
        required=question.is_required,
        choices=answer_choices(question),
        coerce=lambda value: None if value == NOT_APPLICABLE else int(value),
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please answer this question."), "invalid_choice": _("Choose one of the answers shown.")},
    )


def answer_choices(question):
    if question.kind == Question.Kind.YES_NO:
        choices = [(1, _("Yes")), (0, _("No"))]
    else:
        choices = [(rating, str(rating)) for rating in question.questionnaire.ratings_range]
    return choices if question.is_required else [*choices, (NOT_APPLICABLE, _("N/A"))]
