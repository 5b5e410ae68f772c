"""Questionnaires and checklists as shipped, and what a test needs to answer them."""

import pytest

from surveys import defaults
from surveys.models import Checklist, Questionnaire, Response
from tests.factories import make_handed_over, on


@pytest.fixture
def shipped(db):
    defaults.load()


@pytest.fixture
def csi(shipped):
    return Questionnaire.objects.get(code="csi-5f")


@pytest.fixture
def visit(store, advisor):
    return make_handed_over(store, advisor=advisor)


@pytest.fixture
def response(csi, visit):
    """A response about ``visit`` that still has to be submitted."""
    return unsubmitted(csi, visit)


@pytest.fixture
def sales_checklist(shipped):
    return Checklist.objects.get(code="ms-sales")


def unsubmitted(questionnaire, visit, **fields):
    context = {"customer": visit.customer, "vehicle": visit.vehicle, "visit": visit, "employee": visit.advisor, "served_on": on("2026-11-18")}
    return Response(store=visit.store, questionnaire=questionnaire, **context | fields)


def answers_by_code(questionnaire, **values):
    """Return answers by question id from values by code; codes are written with underscores."""
    wanted = {code.replace("_", "-"): value for code, value in values.items()}
    return {question.pk: wanted[question.code] for question in questionnaire.question_list if question.code in wanted}


def all_rated(questionnaire, rating, **values):
    """Answer every rating question alike, others as given."""
    same = {question.pk: rating for question in questionnaire.question_list if question.kind == "rating"}
    return same | answers_by_code(questionnaire, **values)
