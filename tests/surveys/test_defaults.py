"""What is shipped: CSI-5F, CSS-7F, MOT, the delivery calls, verification, checklists and quotas."""

import pytest

from surveys import defaults
from surveys.models import Checklist, ChecklistItem, MysteryShopQuota, Question, Questionnaire

EIGHT_SERVICES = {
    "credible promise": {"promised-time"},
    "reminders, follow-up, appointments": {"appointment", "care-after"},
    "polite reception": {"promptness", "courtesy"},
    "responsible inquiry and inspection": {"need", "diagnosis"},
    "respect of wishes": {"work-before"},
    "reliable repair": {"first-time"},
    "clear acceptable items and price": {"cost-before", "charges", "fair-charge"},
    "beyond expectation": {"beyond-expectation"},
}
SIX_METHODS = ["mot-reception", "mot-price", "mot-on-time", "mot-clean-car", "mot-fixed", "mot-follow-up"]


def counts():
    return [model.objects.count() for model in (Questionnaire, Question, Checklist, ChecklistItem, MysteryShopQuota)]


def test_loading_twice_changes_nothing(shipped):
    before = counts()
    Questionnaire.objects.filter(code="mot").update(name_en="Renamed by the dealer")
    defaults.load()
    assert counts() == before
    assert Questionnaire.objects.get(code="mot").name_en == "Renamed by the dealer"


@pytest.mark.parametrize(
    ("code", "index", "side", "weights"),
    [
        ("csi-5f", "csi", "after_sales", [17, 18, 21, 21, 24]),
        ("css-7f", "css", "sales", [18, 10, 15, 13, 8, 16, 20]),
        ("mot", "mot", "after_sales", [1, 1, 1, 1, 1, 1]),
        ("delivery-24h", "", "sales", []),
        ("delivery-7d", "", "sales", []),
        ("verification", "", "after_sales", []),
    ],
)
def test_the_questionnaires_carry_the_published_weights(shipped, code, index, side, weights):
    questionnaire = Questionnaire.objects.in_use().get(code=code)
    assert (questionnaire.index, questionnaire.side) == (index, side)
    assert [factor.weight for factor in questionnaire.factors.all()] == weights


def test_every_factor_has_a_question(shipped):
    assert not Questionnaire.objects.filter(factors__isnull=False, factors__questions=None).exists()


def test_the_csi_touches_all_eight_services(csi):
    """S2-34"""
    codes = {question.code for question in csi.question_list}
    assert all(wanted <= codes for wanted in EIGHT_SERVICES.values())


def test_the_mot_asks_for_all_six_methods(shipped):
    """S2-35"""
    questions = Questionnaire.objects.get(code="mot").question_list
    assert [question.code for question in questions if question.is_scored] == SIX_METHODS


def test_the_24_hour_call_has_six_topics_and_the_7_day_call_four(shipped):
    """S4-03, S4-04: besides the overall rating; the complaint of the 7-day call is asked and then recorded."""
    first = Questionnaire.objects.get(code="delivery-24h").question_list
    second = Questionnaire.objects.get(code="delivery-7d").question_list
    assert [question.code for question in first] == ["thanks", "car", "shop", "staff", "dissatisfied", "plating", "overall"]
    assert [question.code for question in second] == ["car", "first-service", "plating", "dissatisfied", "complaint", "overall"]


def test_every_text_stands_in_both_languages(shipped):
    for row in [*Questionnaire.objects.all(), *Checklist.objects.all()]:
        assert row.name_en.isascii() and not row.name_zh.isascii()
    for row in [*Question.objects.all(), *ChecklistItem.objects.all()]:
        assert row.text_en and not row.text_zh.isascii()


def test_the_after_sales_checklist_holds_the_four_points_of_reception(shipped):
    """S4-09"""
    items = Checklist.objects.get(code="ms-after-sales").items.filter(section_en="Reception by the adviser")
    assert items.count() == 4


def test_the_campaign_item_may_be_not_applicable(shipped):
    assert ChecklistItem.objects.get(text_en="Current campaign mentioned").may_be_na
    assert not ChecklistItem.objects.get(text_en="Greeted within one minute, with a welcome").may_be_na


def test_the_quotas_are_2_1_and_2(shipped):
    """S3-27, S3-29"""
    quotas = {(quota.kind, quota.role or quota.department_kind): quota.per_month for quota in MysteryShopQuota.objects.all()}
    assert quotas == {("announced", "salesperson"): 2, ("announced", "sales_manager"): 1, ("covert", "care"): 2}
