from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from common.access import requires
from common.errors import DomainError
from common.tasks import wake
from transfers import exports, tasks
from transfers.forms import ExportForm
from transfers.lists import LISTS
from transfers.models import ExportRun

# What an address holds besides the filters.
NO_FILTERS = ("list", "page")


@require_GET
@requires("transfers.export")
def run_list(request):
    """Show the person's exports; while one is being made the page asks again and again."""
    runs = ExportRun.objects.visible_to(request.user).select_related("by")
    page = Paginator(runs, 50).get_page(request.GET.get("page"))
    for run in page:
        run.title = LISTS[run.list_code].title if run.list_code in LISTS else run.list_code
    return render(request, "transfers/export_list.html", {"page_obj": page, "is_waiting": any(run.is_unfinished for run in page)})


@requires("transfers.export")
def create(request):
    """Ask for the list the person comes from, with its filters: all of its rows, not the page shown."""
    code = request.GET.get("list")
    if not code:
        return redirect("exports:list")
    if code not in LISTS or not request.user.may(LISTS[code].model.view_permission):
        raise Http404
    exported, query = LISTS[code], filters_of(request)
    filterset = exports.found(code, query, request.user)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = exports.export(code, query, by=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            if run.is_unfinished:
                wake(tasks.make_exports)
            return redirect("exports:list")
    context = {
        "form": form,
        "list": exported,
        "query": query,
        "columns": exported.all_columns(filterset),
        "number": filterset.qs.count() if filterset.is_valid() else 0,
        "filter": filterset,
        "most": exports.MOST_ROWS,
    }
    return render(request, "transfers/export_form.html", context, status=422 if form.errors else 200)


def filters_of(request):
    query = request.GET.copy()
    for name in NO_FILTERS:
        query.pop(name, None)
    return query.urlencode()


@require_GET
@requires("transfers.export")
def download(request, pk):
    """Hand out the file to who asked for it, as long as it is there (T11)."""
    run = get_object_or_404(request.user.exports, pk=pk)
    if not run.is_ready:
        raise Http404
    run.fetch()
    title = LISTS[run.list_code].title
    return FileResponse(run.file.open(), as_attachment=True, filename=f"{title} {timezone.localtime(run.asked_at):%Y-%m-%d %H%M}.xlsx")
