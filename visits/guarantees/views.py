from copy import copy

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from activity.models import Event
from activity.rule_page import rule_page
from common.access import requires
from common.filters import page_of
from common.forms import accepted, posted
from customers.models import Vehicle
from visits.filters import GuaranteeFilter
from visits.guarantees.clock import use_compensation
from visits.guarantees.forms import ClassifyForm, CompensationForm, GuaranteeForm, RequestForm, RuleForm
from visits.models import Guarantee, GuaranteeRepair, GuaranteeRule, Visit
from visits.views import allow


@require_GET
@requires("visits.view")
def guarantee_list(request):
    """Show the cars nearest to a limit first."""
    watched = Guarantee.objects.for_user(request.user).filter(is_for_living=True, nearness__gt=0).with_people().near_first()
    filterset = GuaranteeFilter(request.GET, watched, request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "visits/guarantees/list.html", {"filter": filterset, "page_obj": page_obj})


@require_GET
@requires("visits.view")
def guarantee_detail(request, pk):
    """Explain the clock of one car line by line."""
    return car_page(request, own_guarantee(request, pk))


@requires("visits.create")
def guarantee_set(request, pk):
    guarantee = own_guarantee(request, pk)
    allow(guarantee.can_set_by(request.user))
    form = GuaranteeForm(posted(request), instance=copy(guarantee))
    if form.is_valid() and accepted(form, guarantee.set, by=request.user, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect(guarantee)
    return car_page(request, guarantee, form)


@requires("visits.create")
def classify(request, pk):
    """Say what a repair counts for in the three guarantees."""
    visit = get_object_or_404(Visit.objects.for_user(request.user).with_people(), pk=pk)
    allow(visit.can_edit_by(request.user))
    known = GuaranteeRepair.objects.filter(visit=visit).first()
    repair = known or GuaranteeRepair(store=visit.store, fault=visit.symptom[:60])
    repair.visit = visit
    form = ClassifyForm(posted(request), instance=repair)
    if form.is_valid():
        form.instance.classify(by=request.user)
        messages.success(request, _("The repair is classified; the clock of the car has been counted anew."))
        return redirect(visit)
    return render(request, "visits/guarantees/classify.html", {"visit": visit, "form": form}, status=422 if form.errors else 200)


@require_GET
@requires("visits.configure")
def guaranteerule_list(request):
    return render(request, "visits/guarantees/rule_list.html", {"rules": GuaranteeRule.objects.select_related("changed_by")})


@requires("visits.configure")
def guaranteerule_create(request):
    newest = GuaranteeRule.objects.first() or GuaranteeRule()
    return edit_rule(request, GuaranteeRule(**{name: getattr(newest, name) for name in RuleForm.base_fields if name != "valid_from"}))


@requires("visits.configure")
def guaranteerule_edit(request, pk):
    return edit_rule(request, get_object_or_404(GuaranteeRule, pk=pk))


def edit_rule(request, rule):
    form = RuleForm(posted(request), instance=rule)
    return rule_page(request, form, template="visits/guarantees/rule_form.html", back="visits:guaranteerule_list", saved=_("Saved."))


def own_guarantee(request, pk):
    return Guarantee.seen(get_object_or_404(Vehicle.objects.where_allowed(request.user, "visits.view").select_related("store", "customer"), pk=pk))


def car_page(request, guarantee, form=None):
    asked = CompensationForm(request.GET if "mileage" in request.GET else None, initial={"price": guarantee.price, "mileage": guarantee.vehicle.mileage})
    request_form = RequestForm(request.GET if "requested_on" in request.GET else None, initial={"requested_on": guarantee.store.today()})
    rule, clock = guarantee.rule, guarantee.clock()
    context = {
        "guarantee": guarantee,
        "vehicle": guarantee.vehicle,
        "clock": clock,
        "request_form": request_form,
        "deadlines": clock.request_deadlines(**request_form.cleaned_data) if clock and request_form.is_valid() else None,
        "form": (form or GuaranteeForm(instance=guarantee)) if guarantee.can_set_by(request.user) else None,
        "asked": asked,
        "kept": use_compensation(**asked.cleaned_data, percent=rule.compensation_percent) if rule and asked.is_valid() else None,
        "events": Event.objects.for_user(request.user).about(guarantee) if guarantee.pk else [],
    }
    return render(request, "visits/guarantees/detail.html", context, status=422 if form and form.errors else 200)
