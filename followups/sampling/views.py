from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activity.models import Event
from common.access import requires
from common.filters import page_of
from common.forms import accepted, posted
from followups.models import Sample, SampleRow
from followups.sampling.filters import SampleFilter, SampleRowFilter
from followups.sampling.forms import ReportForm, SampleForm
from visits.intake import picked

ROWS_SHOWN = 50


@require_GET
@requires("followups.view")
def sample_list(request):
    filterset = SampleFilter(request.GET, Sample.objects.for_user(request.user).for_list(), request=request)
    return render(request, "followups/samples/list.html", {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page"))})


@requires("followups.assign")
def sample_create(request):
    """Draw a sample; ``like`` in the address names an earlier one whose next this is."""
    form = SampleForm(posted(request), user=request.user, earlier=picked(Sample.objects.for_user(request.user), request.GET.get("like")))
    if form.is_valid() and accepted(form, form.instance.draw, by=request.user):
        messages.success(request, _("%(number)s customers are drawn.") % {"number": form.instance.drawn_count})
        return redirect(form.instance)
    return render(request, "followups/samples/form.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@requires("followups.view")
def sample_detail(request, pk):
    """Show how the sample was drawn, whether it is a fair picture, and who is on the list."""
    sample = own_sample(request, pk)
    comparisons = sample.comparisons()
    context = {
        "sample": sample,
        "comparisons": comparisons.items(),
        "warnings": [(stratum, group) for stratum, comparison in comparisons.items() for group in comparison.warnings],
        "exclusions": sample.exclusions(),
        "rows": sample.rows.drawn().for_list()[:ROWS_SHOWN],
        "can_close": sample.can_close_by(request.user),
        "events": Event.objects.for_user(request.user).about(sample),
    }
    return render(request, "followups/samples/detail.html", context)


@require_POST
@requires("followups.assign")
def sample_close(request, pk):
    sample = own_sample(request, pk)
    sample.close(by=request.user)
    messages.success(request, _("The sample is closed."))
    return redirect(sample)


@require_GET
@requires("followups.view")
def sample_row_list(request):
    filterset = SampleRowFilter(request.GET, SampleRow.objects.for_user(request.user).for_list(), request=request)
    context = {"filter": filterset, "page_obj": page_of(filterset, request.GET.get("page"))}
    return render(request, "followups/samples/row_list.html", context | {"rows": context["page_obj"]})


@require_GET
@requires("followups.view")
def sample_row_detail(request, pk):
    return row_page(request, own_row(request, pk))


@require_POST
@requires("followups.work")
def sample_row_report(request, pk):
    row = own_row(request, pk)
    form = ReportForm(request.POST, row=row)
    if not form.is_valid() or not accepted(form, row.report, by=request.user, **form.cleaned_data):
        return row_page(request, row, form)
    messages.success(request, _("The result is entered."))
    return redirect(row.sample)


def own_sample(request, pk):
    return get_object_or_404(Sample.objects.for_user(request.user).for_list(), pk=pk)


def own_row(request, pk):
    rows = SampleRow.objects.for_user(request.user).for_list().select_related("visit", "delivery", "done_by", "sample__store")
    return get_object_or_404(rows, pk=pk)


def row_page(request, row, bound=None):
    context = {
        "row": row,
        "form": (bound or ReportForm(row=row)) if row.can_report_by(request.user) else None,
        "events": Event.objects.for_user(request.user).about(row),
    }
    return render(request, "followups/samples/row_detail.html", context, status=422 if bound else 200)
