import tempfile
from pathlib import Path

from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from common.access import requires
from common.errors import DomainError
from common.excel import FileRefused
from transfers.feeds import receive_for_check
from transfers.forms import ImportForm
from transfers.models import ImportRun, Kept
from transfers.previews import check
from transfers.services import import_file
from transfers.undo import undo_import

PAGES = {
    "visits.visit": "visits:detail",
    "visits.delivery": "visits:delivery_detail",
    "customers.vehicle": "customers:vehicle_detail",
    "customers.customer": "customers:detail",
}


@requires("transfers.import")
def run_list(request):
    runs = ImportRun.objects.for_user(request.user).select_related("store", "by").defer("rejected", "warnings")
    page = Paginator(runs, 50).get_page(request.GET.get("page"))
    return render(request, "transfers/list.html", {"page_obj": page})


@requires("transfers.import")
def detail(request, pk):
    run = get_object_or_404(ImportRun.objects.for_user(request.user).select_related("store", "by"), pk=pk)
    return render(request, "transfers/detail.html", {"run": run, "can_undo": run.can_undo_by(request.user), "kept": kept_rows(run)})


def kept_rows(run):
    """Yield what an undo has left alone, ready to be shown."""
    for label, pk, name, reason in run.kept:
        model = apps.get_model(label)
        yield {"what": model._meta.verbose_name, "name": name, "url": PAGES[label], "pk": pk, "reason": Kept(reason).label, "is_there": reason != Kept.GONE}


@require_GET
@requires("transfers.import")
def rejected(request, pk):
    """Hand out all rejected rows as they stood in the file, each with its reason."""
    run = get_object_or_404(ImportRun.objects.for_user(request.user), pk=pk)
    if not run.rejected_file:
        raise Http404
    run.fetch_rejected(by=request.user)
    return FileResponse(run.rejected_file.open(), as_attachment=True, filename=f"{Path(run.file_name).stem} rejected.xlsx")


@requires("transfers.import")
def undo(request, pk):
    """Ask once more, then take the import back."""
    run = get_object_or_404(ImportRun.objects.for_user(request.user).select_related("store"), pk=pk)
    if request.method != "POST":
        return render(request, "transfers/undo.html", {"run": run}) if run.can_undo_by(request.user) else redirect("transfers:detail", run.pk)
    try:
        undo_import(run, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("transfers:detail", run.pk)


@requires("transfers.import")
def create(request):
    """Take a file in at once, or keep it to be looked at first."""
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        is_to_be_checked = form.cleaned_data.pop("check_first")
        if is_to_be_checked:
            return redirect("transfers:preview", look_at(by=request.user, **form.cleaned_data).pk)
        try:
            return redirect("transfers:detail", take_upload(by=request.user, **form.cleaned_data).run.pk)
        except FileRefused as refused:
            form.add_error("file", refused.message)
    return render(request, "transfers/form.html", {"form": form}, status=422 if form.errors else 200)


def look_at(*, kind, store, file, by):
    incoming = receive_for_check(file, store=store, kind=kind, name=file.name, by=by)
    check(incoming)
    return incoming


def take_upload(*, kind, store, file, by):
    """Keep the upload under a name of our own while it is read; the sender's name is only shown (T101)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        return import_file(kind, path, store, by=by, name=file.name)
