from surveys.models.checklist import Checklist, ChecklistItem, MysteryShopQuota
from surveys.models.mystery_shop import ItemScore, MysteryShop
from surveys.models.questionnaire import Factor, Question, Questionnaire, Side
from surveys.models.response import Answer, FactorScore, Response

__all__ = [
    "Answer",
    "Checklist",
    "ChecklistItem",
    "Factor",
    "FactorScore",
    "ItemScore",
    "MysteryShop",
    "MysteryShopQuota",
    "Question",
    "Questionnaire",
    "Response",
    "Side",
]
