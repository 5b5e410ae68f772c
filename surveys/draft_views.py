from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activity.services import save_setting
from common.access import requires
from common.forms import posted
from surveys.draft_forms import FactorFormSet, FrameForm, QuestionFormSet
from surveys.models import Questionnaire


@requires("surveys.configure")
@require_POST
def questionnaire_draft(request, pk):
    draft = get_object_or_404(Questionnaire.objects.published(), pk=pk).draft_next(by=request.user)
    messages.success(request, _("A draft of the next version is ready to be written."))
    return redirect("surveys:questionnaire_edit", draft.pk)


@require_http_methods(["GET", "POST"])
@requires("surveys.configure")
def questionnaire_edit(request, pk):
    draft = get_object_or_404(Questionnaire, pk=pk)
    draft.refuse_frozen()
    forms = draft_forms(request, draft)
    # Every part is checked, so that all errors show at once.
    valid = [form.is_valid() for form in forms.values()]
    if request.method == "POST" and all(valid):
        write(draft, forms, by=request.user)
        messages.success(request, _("The draft is saved."))
        return redirect("surveys:questionnaire_edit" if "go_on" in request.POST else "surveys:questionnaire_detail", pk)
    has_errors = request.method == "POST"
    return render(request, "surveys/questionnaire_edit.html", {"questionnaire": draft, **forms}, status=422 if has_errors else 200)


@requires("surveys.configure")
@require_POST
def questionnaire_publish(request, pk):
    draft = get_object_or_404(Questionnaire, pk=pk)
    draft.publish(by=request.user)
    messages.success(request, _("%(questionnaire)s is in use for every call from now on.") % {"questionnaire": draft})
    return redirect(draft)


@requires("surveys.configure")
@require_POST
def questionnaire_discard(request, pk):
    get_object_or_404(Questionnaire, pk=pk).discard(by=request.user)
    messages.success(request, _("The draft is discarded."))
    return redirect("surveys:questionnaire_list")


def draft_forms(request, draft):
    data = posted(request)
    return {
        "frame": FrameForm(data, instance=draft),
        "factors": FactorFormSet(data, instance=draft),
        "questions": QuestionFormSet(data, instance=draft, form_kwargs={"factors": draft.factors.all()}),
    }


@transaction.atomic
def write(draft, forms, *, by):
    """Save the draft as a whole; removing a factor removes its questions."""
    by.answer_for_all("surveys.configure")
    save_setting(draft, by=by)
    forms["questions"].save()
    forms["factors"].save()
