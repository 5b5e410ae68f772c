"""Every page and every endpoint with: nobody, a stranger, the wrong role, the right role (T1–T3, T16, SE1)."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from rest_framework.test import APIClient

from accounts.models import ApiToken, Membership
from accounts.roles import ALL_PERMISSIONS, PERMISSIONS, Role
from common.permissions import required_permission
from dealership.api_urls import router
from tests.factories import make_user
from tests.world import make_world

pytestmark = pytest.mark.usefixtures("defaults")

PUBLIC = {"accounts:login", "common:healthz", "common:readyz", "visits:progress", "visits:progress_photo", "messaging:receipts"}
# Which object stands behind a page's number: the longest matching beginning of the URL name counts.
SUBJECTS = {
    "accounts:": "colleague",
    "customers:": "customer",
    "customers:vehicle_detail": "vehicle",
    "customers:vehicle_edit": "vehicle",
    "customers:quality_rows": "",
    "customers:vehicle_inspect": "vehicle",
    "customers:inspectionrule_": "inspection_rule",
    "customers:rightsrequest_": "rights_request",
    "customers:privacynotice_": "privacy_notice",
    "customers:remove_contact": "contact",
    "customers:phone_": "phone",
    "customers:past_plate_": "past_plate",
    "customers:duplicate_": "duplicate",
    "customers:custom_field": "custom_field",
    "visits:": "visit",
    "visits:delivery": "delivery",
    "visits:appointment": "appointment",
    "visits:advised": "advised",
    "visits:promise_": "promise",
    "visits:guarantee_": "vehicle",
    "visits:guaranteerule_": "guarantee_rule",
    "visits:mileage": "vehicle",
    "visits:interval_": "interval",
    "visits:value": "customer",
    "visits:loyaltyrule_": "loyalty_rule",
    "followups:": "followup",
    "followups:plan": "plan",
    "followups:report_": "report",
    "followups:sample_": "sample",
    "followups:sample_row_": "sample_row",
    "followups:doubt_": "doubt",
    "followups:evidencerule_": "evidence_rule",
    "complaints:": "complaint",
    "complaints:of_customer": "customer",
    "surveys:": "response",
    "surveys:questionnaire": "questionnaire",
    "surveys:questionnaire_edit": "draft",
    "surveys:mystery_shop": "shop",
    "kpis:target": "target",
    "kpis:band": "band",
    "notifications:": "notification",
    "stores:calendar": "calendar_day",
    "transfers:": "run",
    "transfers:feed_": "feed",
    "transfers:preview": "incoming",
    "exports:": "export",
    "leads:": "lead",
    "handoffs:": "handoff",
    "gatherings:": "gathering",
    "gatherings:guest_": "guest",
    "messaging:": "message",
    "messaging:template": "template",
    "messaging:rule": "rule",
    "messaging:cap": "cap",
    "messaging:reply_": "reply",
    "messaging:conversation": "customer",
}
# Rows of the whole group: a person of another store with the right role may open them.
GROUP_WIDE = {
    "questionnaire",
    "draft",
    "plan",
    "calendar_day",
    "checklist",
    "template",
    "rule",
    "cap",
    "custom_field",
    "guarantee_rule",
    "interval",
    "loyalty_rule",
    "inspection_rule",
    "evidence_rule",
    "privacy_notice",
}
OTHER_ARGUMENTS = {"trigger": "hand_over", "store_code": "S01", "username": "sam", "code": "csi", "number": 1, "rule_code": "phone_missing"}


@pytest.fixture
def world(store, agent, advisor, auditor):
    return make_world(store, SimpleNamespace(agent=agent, advisor=advisor, auditor=auditor))


@pytest.fixture
def omnipotent_stranger(other_store):
    """Somebody who holds every role in store B and nothing in store A."""
    user = make_user("max")
    for role in Role:
        Membership.objects.create(user=user, role=role, store=other_store)
    return user


def pages():
    for namespace, (_prefix, resolver) in get_resolver().namespace_dict.items():
        if namespace not in ("admin", "api"):
            yield from ((f"{namespace}:{each.name}", each) for each in resolver.url_patterns if isinstance(each, URLPattern))


PAGES = dict(sorted(pages()))
GUARDED = [name for name in PAGES if name not in PUBLIC and name != "accounts:logout"]


def subject_of(name):
    """Return the kind of object behind the page, None for a page without a number."""
    if not PAGES[name].pattern.converters.keys() - {"code"}:
        return None
    return SUBJECTS[max((start for start in SUBJECTS if name.startswith(start)), key=len)]


def address(name, world):
    names = PAGES[name].pattern.converters
    kind = subject_of(name)
    own = {each: getattr(world, kind).pk for each in names if each.endswith("pk")} if kind else {}
    return reverse(name, kwargs=own | {each: OTHER_ARGUMENTS[each] for each in names if each in OTHER_ARGUMENTS})


def required(name):
    return getattr(PAGES[name].callback, "required_permission", None)


def signed_in(user):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    return client


def both_methods(client, url):
    return client.get(url), client.post(url)


def test_every_page_names_its_right():
    nameless = [name for name in GUARDED if required(name) not in ALL_PERMISSIONS and not getattr(PAGES[name].callback, "is_personal", False)]
    assert nameless == []


def test_nobody_gets_a_page_without_signing_in(world):
    client = Client()
    answers = {name: [response.get("Location", "")[:7] for response in both_methods(client, address(name, world))] for name in GUARDED}
    assert {name: answer for name, answer in answers.items() if answer != ["/login/", "/login/"]} == {}


def test_a_stranger_meets_the_same_answer_as_for_an_unknown_number(world, omnipotent_stranger):
    client = signed_in(omnipotent_stranger)
    of_store = [name for name in GUARDED if subject_of(name) and subject_of(name) not in GROUP_WIDE]
    answers = {name: {response.status_code for response in both_methods(client, address(name, world))} for name in of_store}
    assert {name: answer for name, answer in answers.items() if 404 not in answer or answer - {404, 405}} == {}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_right_is_refused(role, world, store):
    client = signed_in(make_user("someone", role, store))
    closed = [name for name in GUARDED if required(name) and required(name) not in PERMISSIONS[role]]
    answers = {name: {response.status_code for response in both_methods(client, address(name, world))} for name in closed}
    assert {name: answer for name, answer in answers.items() if 403 not in answer or answer - {403, 405}} == {}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_with_the_right_gets_the_page(role, world, store):
    """A page without a number always opens; one about a row may be out of the role's sight, but is never an error."""
    client = signed_in(make_user("someone", role, store))
    granted = [name for name in GUARDED if required(name) is None or required(name) in PERMISSIONS[role]]
    answers = {name: client.get(address(name, world)).status_code for name in granted}
    accepted = {name: {200, 302, 405} | ({404} if subject_of(name) else set()) for name in granted}
    assert {name: answer for name, answer in answers.items() if answer not in accepted[name]} == {}


# The API.

DETAIL = {"customer": "customer", "vehicle": "vehicle", "visit": "visit", "delivery": "delivery", "appointment": "appointment"} | {
    "followup": "followup", "complaint": "complaint", "response": "response", "questionnaire": "questionnaire", "checklist": "checklist",
    "mystery-shop": "shop", "message": "message", "reply": "reply", "advised-work": "advised", "promise": "promise",
    "guarantee": "guarantee", "guarantee-repair": "guarantee_repair", "import": "incoming",
    "lead": "lead", "sample": "sample", "sample-row": "sample_row", "doubt": "doubt", "gathering": "gathering",
    "export": "export",
}  # fmt: skip
VIEWSETS = {basename: viewset for _prefix, viewset, basename in router.registry}


def endpoints(*, is_detail=None, methods=None):
    """Yield ``(label, prefix, route, method, basename, action)`` of every API route."""
    for prefix, viewset, basename in router.registry:
        for route in router.get_routes(viewset):
            for method, action in route.mapping.items():
                wanted = (is_detail is None or route.detail == is_detail) and (methods is None or method in methods)
                if hasattr(viewset, action) and wanted:
                    yield f"{method} {basename}.{action}", prefix, route, method, basename, action


def with_token(user):
    client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    client.credentials(HTTP_AUTHORIZATION=f"Token {ApiToken.issue(user, 'test')[1]}")
    return client


def endpoint_address(prefix, route, basename, world):
    lookup = getattr(world, DETAIL[basename]).pk if "{lookup}" in route.url else ""
    return "/api/v1" + route.url.replace("^", "/").replace("{prefix}", prefix).replace("{lookup}", str(lookup)).replace("{trailing_slash}", "/").replace(
        "$", ""
    )


def permission_of(basename, action):
    viewset = VIEWSETS[basename]
    names = {"permissions": getattr(viewset, "permissions", {}), "permission": getattr(viewset, "permission", None), "action": action}
    return required_permission(SimpleNamespace(**names))


def test_every_endpoint_names_its_right():
    assert [label for label, *_rest, basename, action in endpoints() if permission_of(basename, action) not in ALL_PERMISSIONS] == []


def test_nobody_gets_an_endpoint_without_a_token(world):
    wrong = {}
    for label, prefix, route, method, basename, _action in endpoints():
        response = getattr(APIClient(), method)(endpoint_address(prefix, route, basename, world))
        if (response.status_code, response.json()["code"]) != (401, "not_authenticated"):
            wrong[label] = response.status_code
    assert wrong == {}


def test_a_stranger_meets_404_at_an_endpoint(world, omnipotent_stranger):
    client, wrong = with_token(omnipotent_stranger), {}
    for label, prefix, route, method, basename, _action in endpoints(is_detail=True):
        response = getattr(client, method)(endpoint_address(prefix, route, basename, world), {}, format="json")
        if DETAIL[basename] not in GROUP_WIDE and response.status_code != 405 and (response.status_code, response.json().get("code")) != (404, "not_found"):
            wrong[label] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_right_is_refused_at_an_endpoint(role, world, store):
    client, wrong = with_token(make_user("someone", role, store)), {}
    for label, prefix, route, method, basename, action in endpoints():
        if permission_of(basename, action) in PERMISSIONS[role]:
            continue
        response = getattr(client, method)(endpoint_address(prefix, route, basename, world), {}, format="json")
        if response.status_code != 403:
            wrong[label] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_with_the_right_reads_the_endpoint(role, world, store):
    client, wrong = with_token(make_user("someone", role, store)), {}
    for label, prefix, route, _method, basename, action in endpoints(methods=["get"]):
        if permission_of(basename, action) not in PERMISSIONS[role]:
            continue
        response = client.get(endpoint_address(prefix, route, basename, world))
        if response.status_code not in {200, 400} and not (route.detail and response.status_code == 404):
            wrong[label] = response.status_code
    assert wrong == {}
