from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.access import requires
from stores.calendar import missing_makeup_years
from stores.forms import FIRST, LAST, CalendarDayForm, YearForm
from stores.models import CalendarDay


@requires("stores.manage")
def calendar(request):
    """Show one year of the state calendar; without a valid year in the address it is this one."""
    today = timezone.localdate()
    form = YearForm(request.GET)
    year = form.cleaned_data["year"] if form.is_valid() else today.year
    context = {
        "year": year,
        "previous": year - 1 if year > FIRST.year else None,
        "next": year + 1 if year < LAST.year else None,
        "days": CalendarDay.objects.filter(date__year=year),
        "missing_years": missing_makeup_years(today),
    }
    return render(request, "stores/calendar.html", context)


@requires("stores.manage")
def calendar_create(request):
    return calendar_form(request, CalendarDay(source=request.user.username))


@requires("stores.manage")
def calendar_edit(request, pk):
    return calendar_form(request, get_object_or_404(CalendarDay, pk=pk))


@requires("stores.manage")
@require_POST
def calendar_delete(request, pk):
    day = get_object_or_404(CalendarDay, pk=pk)
    day.delete()
    messages.success(request, _("%(day)s is an ordinary day again.") % {"day": day.date})
    return redirect_to_year(day)


def calendar_form(request, day):
    form = CalendarDayForm(request.POST or None, instance=day)
    if request.method == "POST" and form.is_valid():
        form.instance.source = request.user.username
        form.save()
        messages.success(request, _("%(day)s is saved. Deadlines counted from now on follow it.") % {"day": day.date})
        return redirect_to_year(day)
    return render(request, "stores/calendar_form.html", {"form": form, "day": day}, status=422 if form.errors else 200)


def redirect_to_year(day):
    return redirect(f"{reverse('stores:calendar')}?year={day.date.year}")
