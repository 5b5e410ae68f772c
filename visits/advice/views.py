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
from customers.models import Vehicle
from visits.advice.forms import FORMS, AdviseForm, DoElsewhereForm, DoHereForm, RefuseForm
from visits.filters import AdvisedWorkFilter
from visits.intake import picked
from visits.models import AdvisedWork, Visit


@require_GET
@requires("visits.view")
def advised_list(request):
    filterset = AdvisedWorkFilter(request.GET, AdvisedWork.objects.for_user(request.user).with_context(), request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "visits/advice/list.html", {"filter": filterset, "page_obj": page_obj})


@requires("visits.create")
def advised_create(request):
    """Remember work for the car the address names, or for the car of the visit it names."""
    visit = picked(Visit.objects.where_allowed(request.user, "visits.create").with_people(), request.GET.get("visit"))
    cars = Vehicle.objects.where_allowed(request.user, "visits.create").select_related("store", "customer")
    vehicle = visit.vehicle if visit else picked(cars, request.GET.get("vehicle"))
    if vehicle is None:
        return redirect("visits:reception")
    origin = AdvisedWork.Origin.INSPECTION if visit else AdvisedWork.Origin.ADVISOR
    form = AdviseForm(posted(request), instance=AdvisedWork(store=vehicle.store, vehicle=vehicle, visit=visit), initial={"origin": origin})
    if form.is_valid():
        form.instance.create(by=request.user)
        messages.success(request, _("Remembered; it comes up at the next reception and in calls."))
        return redirect(visit or vehicle)
    context = {"form": form, "vehicle": vehicle, "back": (visit or vehicle).get_absolute_url()}
    return render(request, "visits/advice/form.html", context, status=422 if form.errors else 200)


@require_GET
@requires("visits.view")
def advised_detail(request, pk):
    return item_page(request, own_item(request, pk))


@require_POST
@requires("visits.create")
def advised_do_here(request, pk):
    return perform(request, own_item(request, pk), DoHereForm)


@require_POST
@requires("visits.book")
def advised_do_elsewhere(request, pk):
    return perform(request, own_item(request, pk), DoElsewhereForm)


@require_POST
@requires("visits.book")
def advised_refuse(request, pk):
    return perform(request, own_item(request, pk), RefuseForm)


def own_item(request, pk):
    return get_object_or_404(AdvisedWork.objects.for_user(request.user).with_context(), pk=pk)


def perform(request, item, form_class):
    """Do what the form asks for, or show the item again with what is to be mended."""
    if not item.can_close_by(request.user):
        raise NotAllowed
    form = form_class(request.POST, item=item)
    if not form.is_valid() or not accepted(form, getattr(item, form.verb), *form.cleaned_data.values(), by=request.user):
        return item_page(request, item, form)
    messages.success(request, _("Noted: %(status)s.") % {"status": item.get_status_display()})
    return redirect(item.done_in or item)


def item_page(request, item, bound=None):
    is_open = item.is_open and item.can_close_by(request.user)
    forms = [form(item=item) for form in FORMS if form is not DoHereForm or item.can_advise_by(request.user)] if is_open else []
    context = {
        "item": item,
        "today": timezone.localdate(),
        "forms": [bound if bound and bound.verb == form.verb else form for form in forms],
        "bound": bound,
        "events": Event.objects.for_user(request.user).about(item),
    }
    return render(request, "visits/advice/detail.html", context, status=422 if bound else 200)
