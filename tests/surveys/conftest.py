"""Questionnaires and checklists as shipped, and what a test needs to answer them."""

from contextlib import contextmanager
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from surveys import defaults
from surveys.models import Checklist, MysteryShop, Questionnaire, Response
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


@pytest.fixture
def submitted(response, csi, agent):
    """A submitted response rated 9 throughout, with one low answer and words."""
    return response.submit(all_rated(csi, 9, facility=4, words="The lounge was full."), by=agent)


@pytest.fixture
def shop(store, sales_checklist, salesperson, auditor):
    """A draft about Sally."""
    return make_shop(store, sales_checklist, salesperson, auditor)


def make_shop(store, checklist, employee, auditor, **fields):
    values = {"kind": MysteryShop.Kind.ANNOUNCED, "visited_on": on("2026-11-18"), **fields}
    return MysteryShop(store=store, checklist=checklist, employee=employee, **values).create(by=auditor)


def full_entries(shop, **changes):
    """Give every item full points; ``changes`` by position, e.g. ``item_3={"is_na": True}``."""
    entries = {item.pk: {"earned": item.points} for item in shop.items}
    for name, entry in changes.items():
        entries[shop.items[int(name.removeprefix("item_"))].pk] = entry
    return entries


def finish(shop, by, **changes):
    shop.enter(full_entries(shop, **changes), by=by)
    shop.submit(by=by)
    return shop


@contextmanager
def announced(signal):
    """Collect what ``signal`` is sent with."""
    sent = []

    def receiver(sender, signal, **kwargs):
        sent.append(kwargs)

    signal.connect(receiver)
    try:
        yield sent
    finally:
        signal.disconnect(receiver)


def photo(width=2000, height=1000, image_format="JPEG", **options):
    """A picture as a phone sends it, with its name and whatever metadata ``options`` add."""
    out = BytesIO()
    Image.new("RGB", (width, height), "#336699").save(out, image_format, **options)
    return SimpleUploadedFile(f"IMG_0001.{image_format.lower()}", out.getvalue(), f"image/{image_format.lower()}")
