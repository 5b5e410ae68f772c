"""Operators see the rules; what is in use is frozen (SU3)."""

import pytest

from surveys.models import Questionnaire
from tests.factories import make_user
from tests.surveys.conftest import make_shop


@pytest.fixture
def operator(db):
    return make_user("root", is_superuser=True, is_staff=True)


def test_a_published_questionnaire_is_read_only(csi, operator, page):
    address = f"/admin/surveys/questionnaire/{csi.pk}/change/"
    assert page(operator).get(address).status_code == 200
    assert page(operator).post(address, {"name_en": "Other"}).status_code == 403
    assert page(operator).post(f"/admin/surveys/questionnaire/{csi.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Questionnaire.objects.filter(pk=csi.pk, name_en=csi.name_en).exists()


def test_a_draft_questionnaire_can_be_deleted(shipped, operator, page):
    draft = Questionnaire.objects.create(code="own", side="sales", name_en="Own", name_zh="Own")
    page(operator).post(f"/admin/surveys/questionnaire/{draft.pk}/delete/", {"post": "yes"})
    assert not Questionnaire.objects.filter(pk=draft.pk).exists()


def test_a_checklist_is_frozen_with_its_first_shop(store, sales_checklist, salesperson, auditor, operator, page):
    address = f"/admin/surveys/checklist/{sales_checklist.pk}/delete/"
    assert page(operator).get(address).status_code == 200
    make_shop(store, sales_checklist, salesperson, auditor)
    assert page(operator).get(address).status_code == 403


def test_quotas_can_be_read_and_edited(shipped, operator, page):
    assert page(operator).get("/admin/surveys/mysteryshopquota/").status_code == 200
