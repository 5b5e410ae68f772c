from copy import copy

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from common.access import requires
from common.errors import NotAllowed
from common.filters import page_of
from common.forms import accepted, posted
from customers.models import Customer
from gatherings.filters import GatheringFilter, InviteFilter
from gatherings.forms import AttendForm, CancelForm, GatheringForm, NewGatheringForm, RateForm, RegisterForm
from gatherings.models import Gathering, Guest
from gatherings.pages import first_choices, guest_pages, plan_box

UNPROCESSABLE = 422


@require_GET
@requires("gatherings.view")
def gathering_list(request):
    query = request.GET.copy()
    query.setdefault("year", str(timezone.localdate().year))
    gatherings = Gathering.objects.for_user(request.user)
    filterset = GatheringFilter(query, gatherings.with_figures(), request=request)
    context = {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page")), "plan": plan_box(request.user, filterset)}
    return render(request, "gatherings/list.html", context)


@requires("gatherings.plan")
def create(request):
    form = NewGatheringForm(posted(request), user=request.user, initial=first_choices(request))
    if form.is_valid():
        gathering = form.instance.create(by=request.user)
        messages.success(request, _("The activity is in the plan."))
        return redirect(gathering)
    return render(request, "gatherings/form.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@require_GET
@requires("gatherings.view")
def detail(request, pk):
    return gathering_page(request, own_gathering(request, pk))


@requires("gatherings.plan")
def edit(request, pk):
    gathering = own_gathering(request, pk)
    if not gathering.can_plan_by(request.user):
        raise NotAllowed
    form = GatheringForm(posted(request), instance=copy(gathering))
    if form.is_valid() and (lucky := changed(form, gathering, request.user)) is not None:
        messages.success(request, _("Saved."))
        tell_lucky(request, lucky)
        if {"starts_at", "venue"} & set(form.changed_data) and gathering.guests.exists():
            messages.warning(request, _("Who has read the invitation knows the old day and place: tell the guests."))
        return redirect(gathering)
    return render(request, "gatherings/form.html", {"form": form, "gathering": gathering}, status=UNPROCESSABLE if form.errors else 200)


@requires("gatherings.plan")
def invite(request, pk):
    """Choose customers by the filter of their list; the query string says whom, the button invites them."""
    gathering = own_gathering(request, pk)
    if not gathering.can_plan_by(request.user):
        raise NotAllowed
    customers = Customer.objects.for_user(request.user).filter(store=gathering.store_id)
    filterset = InviteFilter(request.GET, customers, request=request)
    chosen = filterset.qs if filterset.is_valid() else customers.none()
    if request.method == "POST":
        number = gathering.invite(chosen, by=request.user)
        messages.success(request, ngettext("%(number)d customer is invited.", "%(number)d customers are invited.", number) % {"number": number})
        return redirect(gathering)
    context = {"gathering": gathering, "filter": filterset, "fitting": chosen.count(), "invitable": gathering.invitable(chosen).count()}
    return render(request, "gatherings/invite.html", context)


@require_POST
@requires("gatherings.work")
def register(request, pk):
    gathering = own_gathering(request, pk)
    form = RegisterForm(request.POST, gathering=gathering)
    if not form.is_valid():
        return gathering_page(request, gathering, register_form=form)
    tell_seat(request, gathering.register(form.customer, by=request.user))
    return redirect(gathering)


@require_POST
@requires("gatherings.work")
def attend(request, pk):
    gathering = own_gathering(request, pk)
    form = AttendForm(request.POST, gathering=gathering)
    if not form.is_valid():
        messages.error(request, _("The list of guests has changed: look at it again."))
        return gathering_page(request, gathering, status=UNPROCESSABLE)
    gathering.attend(**form.given, by=request.user)
    messages.success(request, _("Saved."))
    return redirect(gathering)


@require_POST
@requires("gatherings.plan")
def hold(request, pk):
    gathering = own_gathering(request, pk)
    gathering.hold(by=request.user)
    messages.success(request, _("The activity counts as held."))
    return redirect(gathering)


@require_POST
@requires("gatherings.plan")
def cancel(request, pk):
    gathering = own_gathering(request, pk)
    form = CancelForm(request.POST)
    if not form.is_valid() or not accepted(form, gathering.cancel, **form.cleaned_data, by=request.user):
        return gathering_page(request, gathering, cancel_form=form)
    messages.success(request, _("The activity is cancelled. Tell who has signed up."))
    return redirect(gathering)


@require_POST
@requires("gatherings.work")
def guest_register(request, pk):
    guest = own_guest(request, pk)
    guest.register(by=request.user)
    tell_seat(request, guest)
    return redirect(guest.gathering)


@require_POST
@requires("gatherings.work")
def guest_decline(request, pk):
    guest = own_guest(request, pk)
    lucky = guest.decline(by=request.user)
    messages.success(request, _("Saved."))
    tell_lucky(request, lucky)
    return redirect(guest.gathering)


@requires("gatherings.work")
def guest_rate(request, pk):
    guest = own_guest(request, pk)
    form = RateForm(posted(request), instance=copy(guest))
    if form.is_valid() and accepted(form, guest.rate, **form.cleaned_data, by=request.user):
        messages.success(request, _("Saved."))
        return redirect(guest.gathering)
    return render(request, "gatherings/rate.html", {"form": form, "guest": guest}, status=UNPROCESSABLE if form.errors else 200)


def own_gathering(request, pk):
    return get_object_or_404(Gathering.objects.for_user(request.user).with_figures(), pk=pk)


def own_guest(request, pk):
    return get_object_or_404(Guest.objects.for_user(request.user).select_related("customer", "gathering__store"), pk=pk)


def changed(form, gathering, by):
    """Do what the form asks for and return who moved up; None when a field is to be mended."""
    lucky = []
    return lucky if accepted(form, lambda: lucky.extend(gathering.edit(**form.changes, by=by))) else None


def tell_seat(request, guest):
    if guest.status == Guest.Status.WAITING:
        messages.warning(request, _("All seats are taken: %(customer)s is on the waiting list.") % {"customer": guest})
    else:
        messages.success(request, _("%(customer)s has a seat.") % {"customer": guest})


def tell_lucky(request, lucky):
    """Say who got a seat without having been asked: nobody else tells them."""
    for guest in lucky:
        messages.warning(request, _("%(customer)s moves up from the waiting list: tell them.") % {"customer": guest})


def gathering_page(request, gathering, register_form=None, cancel_form=None, status=None):
    may_work, may_plan = gathering.can_work_by(request.user), gathering.can_plan_by(request.user)
    is_day_come = gathering.day <= gathering.store.today()
    context = {
        "gathering": gathering,
        "may_work": may_work,
        "may_register": may_work and gathering.is_planned,
        "is_day_come": is_day_come,
        "may_tick": may_work and is_day_come and gathering.status != Gathering.Status.CANCELLED,
        "may_plan": may_plan and gathering.is_planned,
        "register_form": register_form or RegisterForm(gathering=gathering),
        "cancel_form": cancel_form or CancelForm(),
        "is_bound_cancel": cancel_form is not None,
        "events": Event.objects.for_user(request.user).about(gathering),
        **guest_pages(gathering, request.GET.get("page")),
    }
    bad = register_form or cancel_form
    return render(request, "gatherings/detail.html", context, status=status or (UNPROCESSABLE if bad else 200))
