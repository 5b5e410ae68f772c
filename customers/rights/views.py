from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from common.access import requires
from common.filters import page_of
from common.forms import accepted, posted
from customers.forms import LiftForm
from customers.models import Customer, PrivacyNotice, RightsRequest
from customers.rights import services
from customers.rights.filters import RightsRequestFilter
from customers.rights.forms import AskForm, DecideForm
from customers.rights.holds import holds_on
from customers.views import allow, hide_restricted

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("customers.edit")
def ask(request, pk):
    """Take a request of the person in, and show those taken in before."""
    customer = own_customer(request, pk)
    allow(customer.can_edit_by(request.user))
    form = AskForm(posted(request), instance=RightsRequest(store=customer.store, customer=customer))
    if form.is_valid():
        asked = form.instance.ask(by=request.user)
        messages.success(request, _("The request has been taken in; it is to be answered by %(day)s.") % {"day": asked.store.local(asked.due_at).date()})
        return redirect("customers:rights", pk)
    requests = customer.rights_requests.select_related("store", "decided_by")
    notice = PrivacyNotice.objects.in_force(customer.store.today())
    context = {"customer": customer, "form": form, "requests": requests, "privacy_notice": notice}
    return render(request, "customers/rights/ask.html", context, status=422 if form.errors else 200)


@requires("customers.answer_rights")
@require_POST
def lift(request, pk):
    """Take a restricted record into daily work again."""
    customer = own_customer(request, pk)
    form = LiftForm(request.POST)
    if form.is_valid():
        customer.lift_restriction(form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("The record is in daily work again."))
    else:
        messages.error(request, _("Give the reason."))
    return redirect(customer)


@requires("customers.answer_rights")
@require_GET
def rightsrequest_list(request):
    filterset = RightsRequestFilter(request.GET, RightsRequest.objects.for_user(request.user).for_list(), request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "customers/rights/list.html", {"filter": filterset, "page_obj": page_obj})


@requires("customers.answer_rights")
@require_GET
def rightsrequest_detail(request, pk):
    return request_page(request, own_request(request, pk))


@requires("customers.answer_rights")
@require_POST
def grant(request, pk):
    return decide(request, pk, services.grant)


@requires("customers.answer_rights")
@require_POST
def refuse(request, pk):
    return decide(request, pk, RightsRequest.refuse)


def decide(request, pk, verb):
    asked, form = own_request(request, pk), DecideForm(request.POST)
    if not form.is_valid() or not accepted(form, verb, asked, form.cleaned_data["reason"], by=request.user):
        return request_page(request, asked, form)
    messages.success(request, _("The request has been decided on."))
    return redirect(asked)


@requires("customers.answer_rights")
@require_GET
def workbook(request, pk):
    """Hand out all that is held of the person, once the request is granted."""
    asked = own_request(request, pk)
    if not asked.has_workbook:
        raise Http404
    name = f"rights-{asked.pk}.xlsx"
    content = services.hand_over(asked, by=request.user)
    return HttpResponse(content, content_type=WORKBOOK, headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})


def request_page(request, asked, bound=None):
    context = {
        "asked": asked,
        "form": bound or DecideForm(),
        "holds": holds_on(asked.customer) if asked.is_open and asked.kind == RightsRequest.Kind.ERASURE else [],
        "events": Event.objects.for_user(request.user).about(asked),
    }
    return render(request, "customers/rights/detail.html", context, status=422 if bound else 200)


def own_request(request, pk):
    requests = RightsRequest.objects.for_user(request.user).select_related("store", "customer__store", "taken_by", "decided_by")
    return get_object_or_404(requests, pk=pk)


def own_customer(request, pk):
    """Return the customer, one kept for the law alone only to those who answer for it."""
    customer = get_object_or_404(Customer.everyone.standing().for_user(request.user).select_related("store"), pk=pk)
    hide_restricted(customer, request.user)
    return customer
