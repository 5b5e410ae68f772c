"""The steps of a car through the workshop, one view per verb."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.access import requires
from common.forms import accepted, posted
from visits.views import allow, own_visit, verb_form
from visits.workshop.forms import InspectForm, PlaceForm, SignCheckForm, StopForm, WaitForPartsForm


@requires("visits.repair")
def start_repair(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_repair_by(request.user))
    form = PlaceForm(posted(request), visit=visit)
    if form.is_valid() and accepted(form, visit.start_repair, **form.cleaned_data, by=request.user):
        return done(request, visit, _("The work has begun."))
    return verb_form(request, visit, form, _("Start the work"))


@requires("visits.repair")
def assign(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_repair_by(request.user))
    form = PlaceForm(posted(request), visit=visit)
    if form.is_valid() and accepted(form, visit.assign, **form.cleaned_data, by=request.user):
        return done(request, visit, _("Bay and technicians are saved."))
    return verb_form(request, visit, form, _("Bay and technicians"))


@requires("visits.repair")
def wait_for_parts(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_repair_by(request.user))
    form = WaitForPartsForm(posted(request))
    if form.is_valid() and accepted(form, visit.wait_for_parts, **form.cleaned_data, by=request.user):
        return done(request, visit, _("The car waits for parts."))
    return verb_form(request, visit, form, _("Wait for parts"))


@requires("visits.repair")
def stop(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_repair_by(request.user))
    form = StopForm(posted(request))
    if form.is_valid() and accepted(form, visit.stop, **form.cleaned_data, by=request.user):
        return done(request, visit, _("The work is stopped."))
    return verb_form(request, visit, form, _("Stop the work"))


@requires("visits.repair")
@require_POST
def resume(request, pk):
    visit = own_visit(request, pk)
    visit.resume(by=request.user)
    return done(request, visit, _("The work goes on."))


@requires("visits.repair")
def sign_check(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_repair_by(request.user))
    form = SignCheckForm(posted(request))
    if form.is_valid() and accepted(form, visit.sign_check, **form.given, by=request.user):
        return done(request, visit, _("The check is signed."))
    return verb_form(request, visit, form, _("Sign check"))


@requires("visits.repair")
@require_POST
def send_to_inspection(request, pk):
    visit = own_visit(request, pk)
    visit.send_to_inspection(by=request.user)
    return done(request, visit, _("The car waits for its final inspection."))


@requires("visits.inspect")
def inspect(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_inspect_by(request.user))
    form = InspectForm(posted(request))
    if form.is_valid() and accepted(form, visit.inspect, **form.given, by=request.user):
        return done(request, visit, _("The car is ready.") if visit.stage == visit.Stage.READY else _("The car goes back to the workshop."))
    return verb_form(request, visit, form, _("Final inspection"))


def done(request, visit, words):
    messages.success(request, words)
    return redirect("visits:detail", visit.pk)
