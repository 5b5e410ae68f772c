from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.access import requires
from transfers.feeds import take
from transfers.forms import MappingForm
from transfers.models import FileMapping, IncomingFile
from transfers.models.mapping import remember
from transfers.people import tell_names
from transfers.previews import check, column_label
from transfers.services import READERS

Part = FileMapping.Part


@require_GET
@requires("transfers.import")
def preview(request, pk):
    """Show what a checked file would bring."""
    incoming = own_file(request, pk)
    if not incoming.is_to_be_confirmed:
        return redirect("transfers:detail", incoming.run_id) if incoming.run_id else redirect("transfers:feed_list")
    titles = {column.name: column_label(column) for column in READERS[incoming.kind].COLUMNS}
    columns = [column | {"meaning": titles.get(column["field"], column["field"])} for column in incoming.report.get("columns", [])]
    context = {"incoming": incoming, "report": incoming.report, "columns": columns, "form": MappingForm(incoming=incoming)}
    return render(request, "transfers/preview.html", context)


@require_POST
@requires("transfers.import")
def preview_map(request, pk):
    """Remember what headers, words and names mean, and check the file anew."""
    incoming = own_file(request, pk)
    form = MappingForm(request.POST, incoming=incoming)
    if form.is_valid():
        remember(incoming.store, incoming.kind, Part.HEADER, form.meanings("header"), by=request.user)
        remember(incoming.store, incoming.kind, Part.VISIT_KIND, form.meanings("word"), by=request.user)
        if people := form.meanings("person"):
            tell_names(incoming.store, incoming.kind, people, by=request.user)
        check(incoming)
        messages.success(request, _("Remembered for this store; the file has been checked anew."))
    return redirect("transfers:preview", pk)


@require_POST
@requires("transfers.import")
def preview_confirm(request, pk):
    """Take the checked file in."""
    incoming = own_file(request, pk)
    incoming.confirm(by=request.user)
    take(incoming)
    incoming.refresh_from_db()
    if incoming.run_id:
        return redirect("transfers:detail", incoming.run_id)
    messages.error(request, incoming.refusal)
    return redirect("transfers:list")


@require_POST
@requires("transfers.import")
def preview_discard(request, pk):
    own_file(request, pk).discard(by=request.user)
    messages.success(request, _("The file has been given up; nothing was taken."))
    return redirect("transfers:list")


def own_file(request, pk):
    return get_object_or_404(IncomingFile.objects.for_user(request.user).select_related("store", "by", "feed", "run"), pk=pk)
