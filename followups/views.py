from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from activity.timeline import history_of
from common.access import requires
from common.filters import ROWS_PER_PAGE, page_of
from common.forms import accepted, posted
from customers.notices import notices_for
from followups import services
from followups.filters import FollowUpFilter
from followups.forms import AssignForm, Call, CancelForm, NewPlanForm, PlanForm, PreviewForm
from followups.household import held_household, release_household, renew_household, take_household
from followups.models import Attempt, FollowUp, Plan, Report
from followups.models.condition import names_in
from followups.outcomes import Outcome
from followups.preview import preview_of
from followups.queue import Queue
from followups.services import SOURCES
from stores.calendar import Unit, explain
from surveys.models import Side

SHOWN_IN_QUEUE = 8
# What a plan of the group's own may start from.
CHOSEN = (*SOURCES, *Plan.DATED)


@require_GET
@requires("followups.work")
def queue(request):
    shown = Queue(request.user, timezone.now(), SHOWN_IN_QUEUE)
    return render(request, "followups/queue.html", {"queue": shown})


@require_POST
@requires("followups.work")
def next_followup(request):
    """Claim the best next follow-up and open it."""
    followup = FollowUp.objects.next_for(request.user, timezone.now())
    if followup is None:
        messages.info(request, _("Nothing is waiting for you right now."))
        return redirect("followups:queue")
    take_household(followup, request.user, timezone.now())
    return redirect(followup)


@require_GET
@requires("followups.view")
def followup_list(request):
    filterset = FollowUpFilter(request.GET, FollowUp.objects.for_user(request.user).for_list(), request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "followups/list.html", {"filter": filterset, "page_obj": page_obj, "now": timezone.now()})


@require_GET
@requires("followups.view")
def detail(request, pk):
    """Show the call screen to who holds it, and what happened to everybody else."""
    return call_screen(request, found(request, pk))


@require_POST
@requires("followups.work")
def claim(request, pk):
    followup = found(request, pk)
    followup.claim(by=request.user)
    take_household(followup, request.user, timezone.now())
    return redirect(followup)


@require_POST
@requires("followups.work")
def renew(request, pk):
    """Let the lease run anew while the page is open."""
    followup = found(request, pk)
    followup.renew(by=request.user)
    renew_household(followup, request.user)
    return render(request, "followups/_lease.html", {"followup": followup}) if request.htmx else redirect(followup)


@require_POST
@requires("followups.work")
def release(request, pk):
    followup = found(request, pk)
    followup.release(by=request.user)
    release_household(followup, request.user)
    messages.success(request, _("The follow-up is back in the queue."))
    return redirect("followups:queue")


@require_POST
@requires("followups.work")
def keep_draft(request, pk):
    followup = found(request, pk)
    followup.keep_draft(Call(followup, request.user, request.POST).words(), by=request.user)
    return HttpResponse(status=204)


@require_POST
@requires("followups.work")
def log(request, pk):
    followup = found(request, pk)
    call, also = Call(followup, request.user, request.POST), {int(pk) for pk in request.POST.getlist("also") if pk.isdecimal()}
    given = {"answers": call.answers(), "also": also} | call.form.cleaned_data if call.is_valid() else None
    if given is None or not accepted(call.form, services.log_call, followup, by=request.user, **given):
        return call_screen(request, followup, call.without_faults(), status=422)
    messages.success(request, followup.result_words())
    if followup.holder() == request.user:
        # Another number of the customer comes next.
        return redirect(followup)
    # What is still to be said to the same person comes next, before the telephone is put down.
    return redirect(next(iter(held_household(followup, request.user, timezone.now())), followup))


@require_POST
@requires("complaints.create")
def complain(request, pk):
    """Go on to the complaint form; what has been said so far goes along, a filled-in questionnaire is submitted first."""
    followup = found(request, pk)
    call = Call(followup, request.user, request.POST)
    if followup.is_open and call.has_answers():
        services.log_call(followup, Outcome.OK, by=request.user, note=request.POST.get("note", ""), answers=call.interview.answers(), **call.dialled)
    elif followup.is_open:
        followup.keep_draft(call.words(), by=request.user)
    return redirect(f"{reverse('complaints:create')}?followup={followup.pk}")


@require_POST
@requires("followups.assign")
def assign(request, pk):
    followup = found(request, pk)
    form = AssignForm(followup, request.POST)
    if not form.is_valid() or not accepted(form, followup.assign, form.cleaned_data["assignee"], by=request.user):
        return call_screen(request, followup, assign_form=form, status=422)
    messages.success(request, _("Assigned to %(name)s.") % {"name": followup.assignee or _("the whole team")})
    return redirect(followup)


@require_POST
@requires("followups.assign")
def cancel(request, pk):
    followup = found(request, pk)
    form = CancelForm(request.POST)
    if not form.is_valid() or not accepted(form, followup.cancel, by=request.user, **form.cleaned_data):
        return call_screen(request, followup, cancel_form=form, status=422)
    messages.success(request, _("The follow-up is cancelled."))
    return redirect(followup)


@require_GET
@requires("followups.view")
def plan_list(request):
    triggers = [(trigger, trigger.label) for trigger in CHOSEN]
    plans = list(Plan.objects.all())
    names = names_in(plans)
    context = {"plans": [(plan, plan.worded_conditions(names)) for plan in plans], "triggers": triggers, "today": timezone.localdate()}
    return render(request, "followups/plan_list.html", context)


@requires("followups.configure")
def plan_create(request, trigger):
    """Add a rule of the group's own for what happens in the stores (VI2)."""
    if trigger not in CHOSEN:
        raise Http404
    unit = Unit.CALENDAR_DAYS if trigger in Plan.DATED else Unit.WORKING_DAYS
    plan = Plan(trigger=trigger, unit=unit, side=Side.SALES if trigger == Plan.Trigger.DELIVERY else Side.AFTER_SALES, valid_from=timezone.localdate())
    form = NewPlanForm(posted(request), instance=plan)
    if request.method == "POST" and form.is_valid() and not is_preview(request):
        plan.create(by=request.user)
        messages.success(request, _("The plan is saved. It holds for what is planned from now on."))
        return redirect("followups:plan_list")
    return plan_page(request, plan, form)


@requires("followups.configure")
def plan_edit(request, pk):
    plan = get_object_or_404(Plan, pk=pk)
    form = PlanForm(posted(request), instance=get_object_or_404(Plan, pk=pk))
    if request.method == "POST" and form.is_valid() and not is_preview(request):
        plan.edit(by=request.user, **form.cleaned_data)
        messages.success(request, _("The plan is saved. It holds for what is planned from now on."))
        return redirect("followups:plan_list")
    return plan_page(request, plan, form)


def is_preview(request):
    return "preview" in request.POST


def plan_page(request, plan, form):
    """Show the form; sent for a preview, also what the plan as typed would have made of a day."""
    yesterday = timezone.localdate() - timedelta(days=1)
    preview_form = PreviewForm(request.POST if is_preview(request) else None, initial={"day": yesterday})
    context = {"plan": plan, "form": form, "history": history_of(plan) if plan.pk else []}
    if plan.trigger in CHOSEN:
        context["preview_form"] = preview_form
        if is_preview(request) and form.is_valid() and preview_form.is_valid():
            context["preview"] = preview_of(form.instance, request.user.stores_with("followups.configure"), **preview_form.cleaned_data)
    return render(request, "followups/plan_form.html", context, status=422 if form.errors or preview_form.errors else 200)


@require_GET
@requires("followups.view")
def report_list(request):
    """Show the reports of one's stores, the newest first."""
    period = request.GET.get("period", "")
    reports = Report.objects.for_user(request.user).select_related("store")
    page_obj = Paginator(reports.filter(period=period) if period else reports, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "followups/report_list.html", {"page_obj": page_obj, "periods": Report.Period.choices, "period": period})


@require_GET
@requires("followups.view")
def report_detail(request, pk):
    report = get_object_or_404(Report.objects.for_user(request.user).select_related("store"), pk=pk)
    outcomes = sorted(report.figures["outcomes"].items(), key=lambda pair: -pair[1])
    return render(request, "followups/report_detail.html", {"report": report, "figures": report.figures, "outcomes": outcomes})


def found(request, pk):
    return get_object_or_404(FollowUp.objects.for_user(request.user).with_context(), pk=pk)


def call_screen(request, followup, call=None, *, status=200, **forms):
    """Render the follow-up: with the call form for its holder, read-only for everybody else."""
    user, now = request.user, timezone.now()
    prefetch_related_objects([followup], Prefetch("attempts", Attempt.objects.select_related("by")), "customer__phones")
    is_held = followup.is_open and followup.holder(now) == user
    can_take = followup.is_open and not is_held and followup.can_work_by(user)
    context = {
        "followup": followup,
        "plan": followup.plan,
        "now": now,
        "holder": followup.holder(now),
        "is_held": is_held,
        "call": (call or Call(followup, user, draft=followup.draft_of(user))) if is_held else None,
        "household": held_household(followup, user, now) if is_held else [],
        "today": followup.store.today(now),
        "can_take": can_take,
        "is_callable": can_take and followup.available_at <= now,
        "script": followup.script_for(user),
        "explanation": explain(followup.due_steps),
        "notices": notices_for([followup.customer], user)[followup.customer_id],
        "attempts": followup.attempts.all(),
        "other_phones": followup.customer.other_phones,
        "events": Event.objects.for_user(user).about(followup) if user.may("activity.view", followup.store_id) else [],
    }
    if followup.can_assign_by(user):
        context |= {"assign_form": AssignForm(followup), "cancel_form": CancelForm()}
    return render(request, "followups/detail.html", context | forms, status=status)
