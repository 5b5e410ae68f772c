"""Rows of the apps below, as small as the figures need them."""

from datetime import date, timedelta

from accounts.roles import Role
from complaints.models import Category, Complaint, Round
from followups.models import FollowUp, Plan
from stores.calendar import Unit
from surveys.models import Factor, Questionnaire, Response, Side
from tests.factories import NOW, make_customer


def make_plan(code="service-call", trigger="hand_over", side=Side.AFTER_SALES, **fields):
    defaults = {"name_en": code, "name_zh": code, "trigger": trigger, "side": side, "offset": 3, "unit": Unit.WORKING_DAYS, "role": Role.CARE_AGENT}
    return Plan.objects.get_or_create(code=code, defaults=defaults | {"valid_from": date(2013, 1, 1)} | fields)[0]


def make_call(source, **fields):
    """A call after a visit, due at NOW."""
    plan = fields.pop("plan", None) or make_plan()
    defaults = {"source_kind": "visit", "source_id": source.pk, "customer": source.customer, "visit": source, "due_at": NOW, "available_at": NOW}
    return FollowUp.objects.create(store=source.store, plan=plan, role=plan.role, **{**defaults, **fields})


def make_questionnaire(index="csi", side=Side.AFTER_SALES, version=1, factors=()):
    paper = Questionnaire.objects.create(
        code=f"{index}-test", version=version, index=index, side=side, name_en=index.upper(), name_zh=index.upper(), published_at=NOW
    )
    for number, (name, weight) in enumerate(factors):
        Factor.objects.create(questionnaire=paper, code=name.lower(), name_en=name, name_zh=name, weight=weight, position=number)
    return paper


def make_responses(store, questionnaire, points, served_on, **fields):
    """One counted response per number of points."""
    customer = make_customer(store)
    defaults = {"mood": Response.Mood.SATISFIED, "is_counted": True, "customer": customer, "questionnaire": questionnaire, "served_on": served_on}
    return [Response.objects.create(store=store, **{**defaults, "points": number, **fields}) for number in points]


def make_slip(store, by, **fields):
    """A slip with one open round, to be answered within three days."""
    opened = fields.pop("opened_at", NOW)
    category = Category.objects.get_or_create(code="other", defaults={"name_en": "Other", "name_zh": "其他"})[0]
    defaults = {"number": f"C{Complaint.objects.count()}", "category": category, "department": store.first_department("service"), "words": "Noise"}
    customer = fields.pop("customer", None) or make_customer(store)
    slip = Complaint.objects.create(
        store=store, customer=customer, opened_at=opened, due_at=opened + timedelta(days=3), first_responder=by, **{**defaults, **fields}
    )  # fmt: skip
    Round.objects.create(complaint=slip, number=1, department=slip.department, issued_at=opened, due_at=slip.due_at)
    return slip
