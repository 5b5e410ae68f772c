"""The category tree and the feedback rule the product ships (S3-09, S4-16, S4-32, domain rules 3.4)."""

from django.utils import translation

from complaints import defaults as shipped
from complaints.models import Category, FeedbackRule
from complaints.services import LIKELY_CATEGORIES, LIKELY_OF_SIDE


def test_the_seed_words_are_in_the_tree(defaults):
    seeds = {
        "forced-accessories": "sales-service",
        "adviser-not-warm": "sales-service",
        "delivery-slow": "sales-service",
        "product-explained-unclearly": "sales-service",
        "reception-wait": "sales-service",
        "advisor-attitude": "after-sales-service",
        "technician-no-answers": "after-sales-service",
        "technician-skill": "repair-quality",
        "safety-hazard": "vehicle-quality",
        "testing-dispute": "vehicle-quality",
        "concealed-condition": "vehicle-quality",
        "unfair-documents": "charges-and-documents",
        "unreasonable-charges": "charges-and-documents",
        "insurance": "insurance-mortgage-beauty",
    }
    tree = {category.code: category.parent and category.parent.code for category in Category.objects.select_related("parent")}
    assert seeds.items() <= tree.items()


def test_who_handles_what(defaults):
    """Domain rules 3.4: conduct of staff goes to the management, repair quality to the workshop."""
    kinds = dict(Category.objects.values_list("code", "department_kind"))
    assert (kinds["staff-conduct"], kinds["not-repaired"], kinds["concealed-condition"], kinds["advisor-attitude"]) == (
        "management",
        "workshop",
        "sales",
        "service",
    )


def test_names_are_in_both_languages(defaults):
    category = Category.objects.get(code="forced-accessories")
    assert category.path == "Sales service · Forced accessories"
    with translation.override("zh-hans"):
        assert category.path == "销售服务 · 强制加装精品"


def test_loading_again_keeps_what_was_changed(defaults):
    Category.objects.filter(code="mortgage").update(name_zh="金融按揭", is_active=False)
    count = Category.objects.count()
    shipped.load()
    assert Category.objects.count() == count
    assert Category.objects.get(code="mortgage").name_zh == "金融按揭"
    assert FeedbackRule.objects.count() == 1


def test_guesses_name_categories_that_exist(defaults):
    guesses = {*LIKELY_CATEGORIES.values(), *LIKELY_OF_SIDE.values()}
    assert guesses <= set(Category.objects.filter(children=None).values_list("code", flat=True))
