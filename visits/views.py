from copy import copy
from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activity.models import Event
from common.access import requires
from common.errors import NotAllowed
from common.filters import page_of
from common.forms import accepted, posted
from customers.custom import facts_of
from customers.masking import hidden_fields
from visits import desk, services
from visits.duties import Duties
from visits.filters import AppointmentFilter, VisitFilter
from visits.forms import AppointmentForm, CancelForm, HandOverForm, OrderForm, VisitForm
from visits.intake import Intake, chosen_day
from visits.models import Agreement, Appointment, Visit


@requires("visits.create")
def reception(request):
    """Show the desk of an advisor: find a car, today's appointments, cars in the shop."""
    context = {"purpose": "visit", **desk.lookup(request, "visits.create")}
    if request.htmx:
        return render(request, "visits/_finds.html", context)
    now = timezone.now()
    in_shop = desk.in_shop(request.user)
    overdue = [visit for visit in in_shop if visit.is_overdue(now)]
    context |= {"appointments": desk.appointments_of(request.user, timezone.localdate(now)), "in_shop": in_shop, "overdue": overdue}
    return render(request, "visits/reception.html", context)


@requires("visits.view")
def visit_list(request):
    filterset = VisitFilter(request.GET, Visit.objects.for_user(request.user).with_people(), request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "visits/list.html", {"filter": filterset, "page_obj": page_obj})


@requires("visits.create")
def create(request):
    intake = Intake(request, "visits.create")
    form = VisitForm(posted(request), user=request.user, store=intake.store, vehicle=intake.vehicle)
    if request.method == "POST" and intake.is_valid_for(form):
        visit = services.log_visit(form.instance, by=request.user)
        messages.success(request, _("Visit %(number)s is logged.") % {"number": visit.number})
        return redirect("visits:detail", visit.pk)
    return render(request, "visits/form.html", {"intake": intake, "form": form}, status=422 if form.is_bound else 200)


@requires("visits.view")
def detail(request, pk):
    visit = own_visit(request, pk)
    context = {
        "visit": visit,
        "own_facts": facts_of(visit),
        "appointment": getattr(visit, "appointment", None),
        "comebacks": visit.comebacks.all(),
        "duties": Duties(visit, request.user),
        "events": Event.objects.for_user(request.user).about(visit)[:100],
    }
    context |= parts_of(visit) | rights_of(visit, request.user)
    return render(request, "visits/detail.html", context)


@requires("visits.create")
def edit(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_edit_by(request.user))
    hidden = hidden_fields(visit, request.user)
    form = OrderForm(posted(request), instance=copy(visit), user=request.user, store=visit.store, vehicle=visit.vehicle, hidden=hidden)
    if form.is_valid() and accepted(form, visit.edit, by=request.user, **form.changes):
        messages.success(request, _("The visit has been saved."))
        return redirect("visits:detail", pk)
    return render(request, "visits/edit.html", {"form": form, "visit": visit}, status=422 if form.errors else 200)


@requires("visits.hand_over")
def hand_over(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_hand_over_by(request.user))
    form = HandOverForm(posted(request), instance=copy(visit))
    if form.is_valid() and accepted(form, visit.hand_over, by=request.user, **form.given):
        messages.success(request, _("The car has been handed over."))
        return redirect("visits:detail", pk)
    return verb_form(request, visit, form, _("Hand over"))


@requires("visits.approve")
@require_POST
def accept_backdating(request, pk):
    own_visit(request, pk).accept_backdating(by=request.user)
    messages.success(request, _("The earlier time counts from now on."))
    return redirect("visits:detail", pk)


@requires("visits.hand_over")
def cancel(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_hand_over_by(request.user))
    form = CancelForm(posted(request))
    if form.is_valid() and accepted(form, visit.cancel, by=request.user, **form.cleaned_data):
        messages.success(request, _("The visit is cancelled."))
        return redirect("visits:detail", pk)
    return verb_form(request, visit, form, _("Cancel visit"))


@requires("visits.view")
def appointment_list(request):
    """Show the appointments of one day."""
    day = chosen_day(request.GET.get("day"))
    rows = Appointment.objects.for_user(request.user).with_people().on_day(day)
    filterset = AppointmentFilter(request.GET, rows, request=request)
    appointments = filterset.qs if filterset.is_valid() else rows.none()
    one = timedelta(days=1)
    context = {"filter": filterset, "appointments": appointments, "day": day, "before": day - one, "after": day + one}
    return render(request, "visits/appointment_list.html", context)


@requires("visits.book")
def appointment_create(request):
    intake = Intake(request, "visits.book")
    form = AppointmentForm(posted(request), user=request.user, store=intake.store)
    if request.method == "POST" and intake.is_valid_for(form):
        appointment = services.book(form.instance, by=request.user)
        messages.success(request, _("The appointment is booked."))
        return redirect(f"{appointment.list_url}#appointment-{appointment.pk}")
    context = {"purpose": "appointment", "intake": intake, "form": form, **desk.lookup(request, "visits.book")}
    return render(request, "visits/appointment_form.html", context, status=422 if form.is_bound else 200)


@requires("visits.book")
@require_POST
def appointment_miss(request, pk):
    appointment = own_appointment(request, pk)
    appointment.miss(by=request.user)
    messages.success(request, _("Noted: the customer did not come."))
    return redirect(appointment.list_url)


@requires("visits.book")
@require_POST
def appointment_cancel(request, pk):
    appointment = own_appointment(request, pk)
    appointment.cancel(by=request.user)
    messages.success(request, _("The appointment is cancelled."))
    return redirect(appointment.list_url)


def parts_of(visit):
    """Return what the order is made of."""
    return {
        "checks": visit.checks.select_related("checked_by"),
        "agreements": visit.agreements.select_related("logged_by"),
        "is_signed": visit.agreements.filter(subject=Agreement.Subject.ORDER).exists(),
        "items": visit.items.all(),
        "photos": visit.photos.all(),
    }


def rights_of(visit, user):
    """Return which verbs the page offers."""
    return {
        "can_edit": visit.can_edit_by(user),
        "can_hand_over": visit.can_hand_over_by(user),
        "can_accept_backdating": visit.can_accept_backdating_by(user),
        "can_repair": visit.can_repair_by(user),
        "can_photograph": visit.can_photograph_by(user),
        "can_inspect": visit.can_inspect_by(user),
    }


def own_visit(request, pk):
    return get_object_or_404(Visit.objects.for_user(request.user).with_people(), pk=pk)


def own_appointment(request, pk):
    return get_object_or_404(Appointment.objects.for_user(request.user).with_people(), pk=pk)


def allow(is_allowed):
    """Refuse before the form is shown what the verb would refuse after it."""
    if not is_allowed:
        raise NotAllowed


def verb_form(request, visit, form, title):
    context = {"visit": visit, "form": form, "title": title}
    return render(request, "visits/verb_form.html", context, status=422 if form.errors else 200)
