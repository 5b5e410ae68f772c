"""A questionnaire changes by a draft that is written and published; what is published never changes (SU3)."""

import pytest

from accounts.roles import Role
from activity.models import Event
from common.errors import Conflict, DomainError
from followups.models import Plan
from surveys.draft_forms import free_code
from surveys.models import Question, Questionnaire
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def boss(db):
    return make_user("gina", Role.GROUP_MANAGER, is_group=True)


@pytest.fixture
def csi():
    return Questionnaire.objects.get(code="csi-5f")


@pytest.fixture
def draft(csi, boss):
    return csi.draft_next(by=boss)


def address(questionnaire, verb):
    return f"/surveys/questionnaires/{questionnaire.pk}/{verb}/"


def sent(context):
    """Return what the page would send unchanged."""
    forms = [context["frame"], context["factors"].management_form, context["questions"].management_form, *context["factors"], *context["questions"]]
    bound = [field for form in forms for field in form if field.value() not in (None, False)]
    return {field.html_name: field.value() for field in bound}


def text_of(questionnaire, code):
    return questionnaire.questions.get(code=code).text_en


def test_a_draft_is_a_full_copy(draft, csi):
    assert (draft.version, draft.status) == (2, "draft")
    assert list(draft.questions.values_list("code", "factor__code", "weight")) == list(csi.questions.values_list("code", "factor__code", "weight"))
    assert draft.shares()[0][1] == csi.shares()[0][1]
    assert Event.objects.get().code == "questionnaire.drafted"


def test_there_is_one_draft_at_a_time(draft, csi, boss):
    with pytest.raises(Conflict):
        csi.draft_next(by=boss)


def test_saving_the_page_unchanged_changes_nothing(draft, boss, page):
    before = list(draft.questions.values())
    client = page(boss)
    assert client.post(address(draft, "edit"), sent(client.get(address(draft, "edit")).context)).status_code == 302
    assert list(draft.questions.values()) == before


def test_the_draft_is_written_on_one_page(draft, csi, boss, page):
    client = page(boss)
    context = client.get(address(draft, "edit")).context
    values = sent(context)
    new = f"questions-{context['questions'].initial_form_count()}"
    values |= {"factors-0-weight": "30", "questions-0-text_en": "How easy was it to reach us?", f"{new}-kind": "text", f"{new}-text_zh": "还有吗？"}
    values |= {f"{new}-text_en": "Anything else?", f"{new}-weight": "1"}
    assert client.post(address(draft, "edit"), values).status_code == 302
    assert draft.factors.first().weight == 30
    assert (text_of(draft, "appointment"), text_of(draft, "q1")) == ("How easy was it to reach us?", "Anything else?")
    assert text_of(csi, "appointment") != "How easy was it to reach us?"


def test_a_question_is_taken_out(draft, boss, page):
    client = page(boss)
    values = sent(client.get(address(draft, "edit")).context) | {"questions-0-DELETE": "on"}
    client.post(address(draft, "edit"), values)
    assert not draft.questions.filter(code="appointment").exists()


@pytest.mark.parametrize(
    ("values", "part", "field"),
    [
        ({"complaining_to": "9"}, "frame", "complaining_to"),
        ({"completeness": "1.5"}, "frame", "completeness"),
        ({"factors-0-weight": "0"}, "factors", "__all__"),
        ({"questions-0-text_zh": ""}, "questions", "text_zh"),
        ({"questions-0-grievance_value": "1"}, "questions", "grievance_value"),
        ({"questions-0-is_overall": "on"}, "questions", "is_overall"),
        ({"questions-0-factor": "999999"}, "questions", "factor"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(draft, boss, page, values, part, field):
    client = page(boss)
    answer = client.post(address(draft, "edit"), sent(client.get(address(draft, "edit")).context) | values)
    form = answer.context[part] if part == "frame" else answer.context[part][0]
    assert (answer.status_code, list(form.errors)) == (422, [field])


def test_publishing_puts_it_in_use_and_retires_the_version_before(draft, csi, boss, page):
    assert page(boss).post(address(draft, "publish")).status_code == 302
    csi.refresh_from_db()
    assert (Plan.objects.get(code="service-3wd").questionnaire(), csi.status) == (draft, "retired")
    assert Event.objects.filter(code="questionnaire.published", actor=boss).count() == 1


@pytest.mark.parametrize("verb", ["edit", "publish", "discard"])
def test_a_published_version_never_changes(csi, boss, page, verb):
    assert page(boss).post(address(csi, verb)).status_code == 409
    csi.refresh_from_db()
    assert csi.status == "published"


def test_a_factor_without_a_rated_question_cannot_be_published(draft, boss):
    draft.questions.filter(factor__code="facility").delete()
    with pytest.raises(DomainError) as refused:
        draft.publish(by=boss)
    assert refused.value.code == "empty_factor"


def test_a_questionnaire_without_questions_cannot_be_published(draft, boss):
    draft.questions.all().delete()
    with pytest.raises(DomainError) as refused:
        draft.publish(by=boss)
    assert refused.value.code == "no_question"


def test_a_discarded_draft_is_gone(draft, csi, boss, page):
    assert page(boss).post(address(draft, "discard")).status_code == 302
    assert not Questionnaire.objects.filter(pk=draft.pk).exists()
    assert csi.draft_next(by=boss).version == 2


def test_a_new_question_never_takes_the_code_of_an_old_one(draft, boss, csi):
    Question.objects.create(questionnaire=csi, code="q1", text_en="Old", text_zh="旧")
    assert free_code(Question, draft, "q") == "q2"


def test_the_draft_is_shown_as_the_caller_will_see_it(draft, boss, page):
    assert "As the caller will see it" in page(boss).get(f"/surveys/questionnaires/{draft.pk}/").content.decode()


@pytest.mark.parametrize("verb", ["draft", "publish", "discard"])
def test_verbs_ask_for_right_and_post(draft, csi, agent, boss, page, verb):
    target = address(csi if verb == "draft" else draft, verb)
    assert page(agent).post(target).status_code == 403
    assert page(boss).get(target).status_code == 405


def test_a_store_alone_changes_nothing_all_stores_share(csi, care_manager, other_store, page):
    assert page(care_manager).post(address(csi, "draft")).status_code == 403
    assert Questionnaire.objects.filter(code="csi-5f").count() == 1
