"""The interview as a form: every question drawn, checked and handed to ``Response.submit``."""

import pytest
from django.template.loader import render_to_string

from surveys.forms import InterviewForm
from surveys.models import Questionnaire
from tests.surveys.conftest import answers_by_code


def posted(questionnaire, **values):
    """Return what a browser sends for answers by code."""
    return {f"q{pk}": str(value) for pk, value in answers_by_code(questionnaire, **values).items()}


def test_it_gives_answers_by_question_id(csi):
    form = InterviewForm(csi, posted(csi, facility=10, courtesy="na", grievance=0, words=" Fine. "))
    assert form.is_valid()
    given = {question.code: form.answers()[question.pk] for question in csi.question_list}
    assert (given["facility"], given["courtesy"], given["grievance"], given["words"], given["need"]) == (10, None, 0, "Fine.", None)


def test_its_answers_can_be_submitted(csi, response, agent):
    form = InterviewForm(csi, posted(csi, facility=10))
    assert form.is_valid()
    assert response.submit(form.answers(), by=agent).points == 1000


@pytest.mark.parametrize("value", ["11", "0", "nine", "-1", "9.5"])
def test_it_refuses_what_is_no_choice_and_names_the_question(csi, value):
    form = InterviewForm(csi, posted(csi, facility=value))
    assert list(form.errors) == [csi.questions.get(code="facility").field_name]


def test_it_refuses_an_empty_interview(csi):
    assert InterviewForm(csi, {}).errors == {"__all__": ["Answer at least one question."]}


def test_a_required_question_offers_no_way_around(shipped):
    questionnaire = Questionnaire.objects.get(code="verification")
    form = InterviewForm(questionnaire, {})
    name = questionnaire.questions.get(code="satisfied").field_name
    assert form.errors[name] == ["Please answer this question."]
    assert [str(label) for _value, label in form.fields[name].choices] == ["Yes", "No"]


def test_it_draws_ten_buttons_and_not_applicable_with_a_legend(csi):
    html = render_to_string("surveys/_questions.html", {"interview": InterviewForm(csi)})
    assert html.count("<fieldset") == html.count("<legend>") == len(csi.question_list) - 1
    assert html.count('type="radio"') == 16 * 11 + 2 * 3
    assert '<h3 class="interview-factor">Service quality</h3>' in html


def test_it_keeps_what_was_chosen_and_escapes_what_was_written(csi):
    form = InterviewForm(csi, posted(csi, facility=7, courtesy=11, words="<script>alert(1)</script>"))
    html = render_to_string("surveys/_questions.html", {"interview": form})
    assert "<script>alert" not in html
    assert "checked" in html
    assert "Choose one of the answers shown." in html


def test_it_reads_the_questions_once(csi, django_assert_num_queries):
    fresh = Questionnaire.objects.get(pk=csi.pk)
    with django_assert_num_queries(1):
        render_to_string("surveys/_questions.html", {"interview": InterviewForm(fresh)})
