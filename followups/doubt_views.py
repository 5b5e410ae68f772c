from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from activity.rule_page import rule_page
from common.access import requires
from common.filters import page_of
from common.forms import accepted, posted
from followups.filters import DoubtFilter
from followups.forms import EvidenceRuleForm, SettleForm
from followups.models import Doubt, EvidenceRule


@require_GET
@requires("followups.review")
def doubt_list(request):
    """Show which logged calls look as if they had not been made."""
    filterset = DoubtFilter(request.GET, Doubt.objects.for_user(request.user).for_list(), request=request)
    return render(request, "followups/doubt_list.html", {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page"))})


@require_GET
@requires("followups.review")
def doubt_detail(request, pk):
    doubt = found(request, pk)
    return doubt_page(request, doubt, SettleForm(doubt))


@require_POST
@requires("followups.review")
def doubt_settle(request, pk):
    """Write down what was found out; voided calls count no more."""
    doubt = found(request, pk)
    form = SettleForm(doubt, request.POST)
    if not form.is_valid() or not accepted(form, doubt.settle, by=request.user, **form.cleaned_data):
        return doubt_page(request, doubt, form, status=422)
    messages.success(request, _("Settled: %(status)s.") % {"status": doubt.get_status_display()})
    return redirect(doubt)


@require_GET
@requires("followups.configure")
def evidencerule_list(request):
    return render(request, "followups/evidencerule_list.html", {"rules": EvidenceRule.objects.all()})


@requires("followups.configure")
def evidencerule_create(request):
    return edit_rule(request, EvidenceRule())


@requires("followups.configure")
def evidencerule_edit(request, pk):
    return edit_rule(request, get_object_or_404(EvidenceRule, pk=pk))


def edit_rule(request, rule):
    saved = _("The rule is saved; calls of its days are judged by it from the next hour on.")
    form = EvidenceRuleForm(posted(request), instance=rule)
    return rule_page(request, form, template="followups/evidencerule_form.html", back="followups:evidencerule_list", saved=saved)


def found(request, pk):
    return get_object_or_404(Doubt.objects.for_user(request.user).for_list(), pk=pk)


def doubt_page(request, doubt, form, status=200):
    attempts = doubt.timed_attempts()
    context = {
        "doubt": doubt,
        "attempts": attempts,
        "ticked": form.ticked(attempts),
        "form": form if doubt.can_settle_by(request.user) else None,
        "events": Event.objects.for_user(request.user).about(doubt),
    }
    return render(request, "followups/doubt_detail.html", context, status=status)
