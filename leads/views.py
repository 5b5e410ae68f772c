from copy import copy

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from common.access import requires
from common.errors import NotAllowed
from common.filters import page_of
from common.forms import accepted, posted
from customers.masking import hidden_fields
from leads.filters import LeadFilter
from leads.forms import FORMS, LeadForm, NewLeadForm
from leads.models import CAPTURE_TARGET, OPEN_TARGET, Lead


@require_GET
@requires("leads.view")
def lead_list(request):
    leads = Lead.objects.for_user(request.user)
    filterset = LeadFilter(request.GET, leads.with_people(), request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "leads/list.html", {"filter": filterset, "page_obj": page_obj, "figures": figures(leads)})


def figures(leads):
    """Return capture of this month and open leads per salesperson, each beside what is asked for (S2-27, S2-28)."""
    month = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    visitors, captured = leads.filter(came_at__gte=month).capture()
    return {
        "visitors": visitors,
        "captured": captured,
        "rate": round(100 * captured / visitors, 1) if visitors else None,
        "rate_target": CAPTURE_TARGET,
        "due": leads.due(timezone.localdate()).count(),
        "salespeople": leads.open_by_salesperson(),
        "open_target": OPEN_TARGET,
    }


@requires("leads.work")
def create(request):
    form = NewLeadForm(posted(request), user=request.user)
    if form.is_valid():
        lead = form.instance.create(by=request.user)
        messages.success(request, _("The visitor has been written down."))
        return redirect(lead)
    return render(request, "leads/form.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@requires("leads.view")
def detail(request, pk):
    return lead_page(request, own_lead(request, pk))


@requires("leads.work")
def edit(request, pk):
    lead = own_lead(request, pk)
    if not lead.can_work_by(request.user):
        raise NotAllowed
    form = LeadForm(posted(request), instance=copy(lead), user=request.user, hidden=hidden_fields(lead, request.user))
    if form.is_valid():
        lead.edit(by=request.user, **form.changes)
        messages.success(request, _("Saved."))
        return redirect(lead)
    return render(request, "leads/form.html", {"form": form, "lead": lead}, status=422 if form.errors else 200)


@require_POST
@requires("leads.work")
def contact(request, pk):
    return perform(request, pk, "contact")


@require_POST
@requires("leads.work")
def drive(request, pk):
    return perform(request, pk, "drive")


@require_POST
@requires("leads.work")
def win(request, pk):
    return perform(request, pk, "win")


@require_POST
@requires("leads.work")
def lose(request, pk):
    return perform(request, pk, "lose")


@require_POST
@requires("leads.assign")
def reassign(request, pk):
    return perform(request, pk, "reassign")


def perform(request, pk, verb):
    """Do what the form asks for, or show the lead again with what is to be mended."""
    lead = own_lead(request, pk)
    form = FORMS[verb](request.POST, lead=lead)
    if not form.is_valid() or not accepted(form, getattr(lead, verb), **form.given, by=request.user):
        return lead_page(request, lead, form)
    messages.success(request, _("Saved."))
    return redirect(lead.customer or lead)


def own_lead(request, pk):
    return get_object_or_404(Lead.objects.for_user(request.user).with_people(), pk=pk)


def lead_page(request, lead, bound=None):
    verbs = [verb for verb in FORMS if lead.is_open and (lead.can_assign_by(request.user) if verb == "reassign" else lead.can_work_by(request.user))]
    context = {
        "lead": lead,
        "forms": [bound if bound and bound.verb == verb else FORMS[verb](lead=lead) for verb in verbs],
        "bound": bound,
        "can_work": lead.is_open and lead.can_work_by(request.user),
        "contacts": lead.contacts.select_related("by"),
        "test_drives": lead.test_drives.select_related("by"),
        "events": Event.objects.for_user(request.user).about(lead),
    }
    return render(request, "leads/detail.html", context, status=422 if bound else 200)
