from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from activity.timeline import history_of
from common.access import personal, requires
from common.filters import ROWS_PER_PAGE
from kpis.forms import BandForm, TargetForm
from kpis.home import Home
from kpis.indicators import INDICATORS
from kpis.models import Band, Target
from kpis.picker import Picker
from kpis.presentation import Dashboard, Detail
from kpis.rows import SIDES, RowList


@require_GET
@personal
def home(request):
    return render(request, "kpis/home.html", {"home": Home(request.user)})


@require_GET
@requires("kpis.view")
def dashboard(request):
    picker, code = Picker.read(request), request.GET.get("chart", "csi")
    if code not in INDICATORS:
        raise Http404
    return render(request, "kpis/dashboard.html", {"picker": picker, "dashboard": Dashboard(picker, request.user, code)})


@require_GET
@requires("kpis.view")
def detail(request, code):
    picker, entry = Picker.read(request), entry_or_404(code)
    return render(request, "kpis/detail.html", {"picker": picker, "entry": entry, "detail": Detail(picker, request.user, entry)})


@require_GET
@requires("kpis.view")
def rows(request, code):
    """List the rows a number is made of."""
    picker, entry, side = Picker.read(request), entry_or_404(code), request.GET.get("side", "under")
    if side not in SIDES:
        raise Http404
    found = RowList(request.user, picker, entry, side, employee=number_or_404(request, "employee"), shown=number_or_404(request, "list") or 0)
    page = Paginator(found.queryset, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "kpis/rows.html", {"picker": picker, "entry": entry, "list": found, "page_obj": page, "rows": found.shown_rows(page)})


@require_GET
@requires("kpis.configure")
def target_list(request):
    targets = Target.objects.for_user(request.user).select_related("store", "changed_by")
    bands = Band.objects.for_user(request.user).select_related("store", "changed_by")
    editable = {model: set(model.objects.editable_by(request.user).values_list("pk", flat=True)) for model in (Target, Band)}
    context = {"targets": with_entries(targets, editable[Target]), "bands": with_entries(bands, editable[Band])}
    return render(request, "kpis/target_list.html", context)


@require_http_methods(["GET", "POST"])
@requires("kpis.configure")
def target_create(request):
    return edit_rule(request, TargetForm, Target(), _("New target"))


@require_http_methods(["GET", "POST"])
@requires("kpis.configure")
def target_edit(request, pk):
    return edit_rule(request, TargetForm, get_object_or_404(Target.objects.editable_by(request.user), pk=pk), _("Edit the target"))


@require_http_methods(["GET", "POST"])
@requires("kpis.configure")
def band_create(request):
    return edit_rule(request, BandForm, Band(), _("New band"))


@require_http_methods(["GET", "POST"])
@requires("kpis.configure")
def band_edit(request, pk):
    return edit_rule(request, BandForm, get_object_or_404(Band.objects.editable_by(request.user), pk=pk), _("Edit the band"))


def edit_rule(request, form_class, rule, title):
    form = form_class(request.POST or None, instance=rule, user=request.user, initial={"indicator": request.GET.get("indicator", rule.indicator)})
    if form.is_valid():
        form.save(commit=False).set(by=request.user)
        messages.success(request, _("Saved."))
        return redirect("kpis:target_list")
    return render(request, "kpis/rule_form.html", {"form": form, "title": title, "history": history_of(rule)})


def with_entries(rules, editable):
    """Return ``[(indicator, rule, may it be changed?)]`` in the order of the registry."""
    order = list(INDICATORS)
    known = sorted((rule for rule in rules if rule.indicator in INDICATORS), key=lambda rule: order.index(rule.indicator))
    return [(INDICATORS[rule.indicator], rule, rule.pk in editable) for rule in known]


def entry_or_404(code):
    try:
        return INDICATORS[code]
    except KeyError:
        raise Http404 from None


def number_or_404(request, name):
    """Read a whole number from the address, None when it is not there."""
    text = request.GET.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return int(text)
