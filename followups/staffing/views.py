from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.roles import Role
from common.access import requires
from common.forms import posted
from followups.models import Shift
from followups.models.shift import set_shifts
from followups.staffing.forecast import forecast, pace_of
from followups.staffing.forms import ShiftsForm
from followups.staffing.sharing import loads, share_out, unassigned


@require_GET
@requires("followups.assign")
def staffing(request):
    """Show who works on what today, and what the next two weeks bring against the shifts (FU15, B22)."""
    stores = request.user.stores_with("followups.assign")
    store = stores.filter(code=request.GET.get("store", "")).first() or stores.first()
    if store is None:
        raise Http404
    pace = pace_of(store)
    days = forecast(store, pace=pace)
    context = {
        "store": store,
        "stores": stores,
        "loads": loads(store, pace=pace),
        "unassigned": unassigned(store, timezone.now()),
        "agents": Role.CARE_AGENT.label,
        "days": days,
        "overloaded": next((day for day in days if day.is_overloaded), None),
        "pace": pace,
    }
    return render(request, "followups/staffing/today.html", context)


@require_POST
@requires("followups.assign")
def share(request, store_code):
    store = get_object_or_404(request.user.stores_with("followups.assign"), code=store_code)
    number = sum(share_out(store, by=request.user).values())
    messages.success(request, ngettext("%(count)d call has been shared out.", "%(count)d calls have been shared out.", number) % {"count": number})
    return redirect(f"{reverse('followups:staffing')}?store={store.code}")


@requires("followups.assign")
def shifts(request, store_code):
    """Write the shifts of one week down, that of ``day`` in the address; an empty week may start as a copy of the last one."""
    store = get_object_or_404(request.user.stores_with("followups.assign"), code=store_code)
    day = day_in(request.GET.get("day", "")) or store.today()
    monday = day - timedelta(days=day.weekday())
    form = ShiftsForm(posted(request), store=store, monday=monday)
    if request.method == "POST" and "copy" in request.POST:
        copied = copy_week(store, monday, by=request.user)
        messages.success(request, ngettext("%(count)d shift copied.", "%(count)d shifts copied.", copied) % {"count": copied})
        return redirect(f"{reverse('followups:shifts', args=[store.code])}?day={monday}")
    if form.is_valid():
        set_shifts(store, form.given(), by=request.user)
        messages.success(request, _("The shifts are saved."))
        return redirect(f"{reverse('followups:shifts', args=[store.code])}?day={monday}")
    context = {"store": store, "form": form, "monday": monday, "last": monday - timedelta(days=7), "next": monday + timedelta(days=7)}
    return render(request, "followups/staffing/shifts.html", context, status=422 if form.errors else 200)


def day_in(text):
    """Return the day ``text`` names, None where it names none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def copy_week(store, monday, *, by):
    """Fill the days of the week nobody has written on yet with the shifts of the week before; who has left is passed over."""
    week = timedelta(days=7)
    known = set(Shift.objects.filter(store=store, date__range=(monday, monday + timedelta(days=6))).values_list("person", "date"))
    before = Shift.objects.filter(store=store, date__range=(monday - week, monday - timedelta(days=1))).select_related("person")
    days = {
        (shift.person, shift.date + week): (shift.starts, shift.ends)
        for shift in before
        if (shift.person_id, shift.date + week) not in known and shift.person.may("followups.work", store.pk)
    }
    return set_shifts(store, days, by=by) if days else 0
