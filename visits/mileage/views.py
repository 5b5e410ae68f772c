from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from activity.rule_page import rule_page
from common.access import requires
from common.forms import accepted, posted
from customers.models import Vehicle
from visits.mileage.forms import IntervalForm, ReadingForm
from visits.mileage.history import estimate_of, history_of
from visits.mileage.words import basis_of
from visits.models import MaintenanceInterval


@requires("visits.view")
def mileage(request, pk):
    """Show every reading of a car and what follows from them; take a new one."""
    vehicle = get_object_or_404(Vehicle.objects.where_allowed(request.user, "visits.view").select_related("store", "customer"), pk=pk)
    form = ReadingForm(posted(request), vehicle=vehicle) if vehicle.can_edit_by(request.user) else None
    if form and form.is_valid() and accepted(form, vehicle.note_mileage, **form.reading, by=request.user):
        messages.success(request, _("Saved."))
        return redirect("visits:mileage", vehicle.pk)
    history = history_of(vehicle)
    estimate = estimate_of(vehicle, history)
    context = {
        "vehicle": vehicle,
        "form": form,
        "lines": lines_of(history, estimate),
        "estimate": estimate,
        "basis": estimate and basis_of(estimate),
    }
    return render(request, "visits/mileage/log.html", context, status=422 if form and form.errors else 200)


def lines_of(history, estimate):
    """Return ``[(reading, is_left_out)]``, the newest first."""
    left_out = estimate.drive.left_out if estimate else []
    return [(reading, reading in left_out) for reading in sorted(history.readings, reverse=True)]


@require_GET
@requires("visits.configure")
def interval_list(request):
    return render(request, "visits/mileage/interval_list.html", {"intervals": MaintenanceInterval.objects.all()})


@requires("visits.configure")
def interval_create(request):
    return edit_interval(request, MaintenanceInterval())


@requires("visits.configure")
def interval_edit(request, pk):
    return edit_interval(request, get_object_or_404(MaintenanceInterval, pk=pk))


def edit_interval(request, interval):
    form = IntervalForm(posted(request), instance=interval)
    return rule_page(request, form, template="visits/mileage/interval_form.html", back="visits:interval_list", saved=_("Saved."))
