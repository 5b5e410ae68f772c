from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from common.access import requires
from common.errors import NotAllowed
from common.filters import page_of
from common.forms import accepted, posted
from customers.models import Customer
from visits.filters import PromiseFilter
from visits.intake import picked
from visits.models import Promise
from visits.promises.forms import FORMS, PromiseForm, RedeemForm, WaiveForm
from visits.promises.origins import origin_for, origin_in


@require_GET
@requires("visits.view")
def promise_list(request):
    filterset = PromiseFilter(request.GET, Promise.objects.for_user(request.user).with_people(), request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "visits/promises/list.html", {"filter": filterset, "page_obj": page_obj})


@requires("visits.book")
def promise_create(request):
    """Write down a promise made in the call, complaint or visit the address names, or to the customer it names."""
    origin = origin_in(request.GET, request.user)
    known = Customer.objects.where_allowed(request.user, "visits.book").select_related("store")
    customer = origin.customer if origin else picked(known, request.GET.get("customer"))
    if customer is None:
        return redirect("customers:list")
    promise = Promise(store=customer.store, customer=customer, origin=origin, vehicle=getattr(origin, "vehicle", None))
    if not promise.can_change_by(request.user):
        raise NotAllowed
    form = PromiseForm(posted(request), instance=promise, user=request.user)
    if form.is_valid():
        form.instance.create(by=request.user)
        messages.success(request, _("The promise stands until it is kept or waived."))
        return redirect(origin or customer)
    context = {"form": form, "customer": customer, "back": (origin or customer).get_absolute_url()}
    return render(request, "visits/promises/form.html", context, status=422 if form.errors else 200)


@require_GET
@requires("visits.view")
def promise_detail(request, pk):
    return promise_page(request, own_promise(request, pk))


@require_POST
@requires("visits.book")
def promise_redeem(request, pk):
    promise = own_promise(request, pk)
    form = RedeemForm(request.POST, promise=promise)
    if not form.is_valid() or not accepted(form, promise.redeem, by=request.user, **form.cleaned_data):
        return promise_page(request, promise, form)
    messages.success(request, _("The promise has been kept."))
    return redirect(promise.redeemed_in or promise)


@require_POST
@requires("visits.book")
def promise_waive(request, pk):
    promise = own_promise(request, pk)
    form = WaiveForm(request.POST, promise=promise)
    if not form.is_valid() or not accepted(form, promise.waive, by=request.user, **form.cleaned_data):
        return promise_page(request, promise, form)
    messages.success(request, _("Noted: the customer waives it."))
    return redirect(promise)


def own_promise(request, pk):
    return get_object_or_404(Promise.objects.for_user(request.user).with_people(), pk=pk)


def promise_page(request, promise, bound=None):
    forms = [form(promise=promise) for form in FORMS] if promise.is_open and promise.can_change_by(request.user) else []
    context = {
        "promise": promise,
        "origin": origin_for(promise, request.user),
        "forms": [bound if bound and bound.verb == form.verb else form for form in forms],
        "bound": bound,
        "events": Event.objects.for_user(request.user).about(promise),
    }
    return render(request, "visits/promises/detail.html", context, status=422 if bound else 200)
