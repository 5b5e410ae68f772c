from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activity.timeline import history_of
from common.access import requires
from common.forms import accepted, posted
from customers.forms import InspectForm, InspectionRuleForm
from customers.models import InspectionRule
from customers.services import expect_inspections
from customers.views import allow, own_vehicle
from stores.models import Store


@requires("customers.edit")
@require_POST
def vehicle_inspect(request, pk):
    """Note that the annual inspection is done."""
    vehicle = own_vehicle(request, pk)
    allow(vehicle.can_edit_by(request.user))
    form = InspectForm(request.POST)
    if form.is_valid() and accepted(form, vehicle.inspect, **form.cleaned_data, by=request.user):
        messages.success(request, _("Noted; the next inspection follows from it."))
    else:
        messages.error(request, " ".join(message for found in form.errors.values() for message in found))
    return redirect(vehicle)


@requires("customers.configure")
def inspectionrule_list(request):
    return render(request, "customers/inspection_rules.html", {"rules": InspectionRule.objects.all()})


@requires("customers.configure")
def inspectionrule_create(request):
    return edit_rule(request, InspectionRule())


@requires("customers.configure")
def inspectionrule_edit(request, pk):
    return edit_rule(request, get_object_or_404(InspectionRule, pk=pk))


def edit_rule(request, rule):
    form = InspectionRuleForm(posted(request), instance=rule)
    if form.is_valid():
        form.save(commit=False).set(by=request.user)
        moved = expect_inspections(Store.objects.all())
        messages.success(request, _("Saved. Cars with another inspection day: %(count)d.") % {"count": moved})
        return redirect("customers:inspectionrule_list")
    context = {"form": form, "rule": rule, "history": history_of(rule) if rule.pk else []}
    return render(request, "customers/inspection_rule.html", context, status=422 if form.errors else 200)
