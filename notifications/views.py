from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.access import personal
from notifications.models import Notification

ROWS_PER_PAGE = 30


@personal
def notification_list(request):
    page_obj = Paginator(Notification.objects.for_user(request.user), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    worded = [(note, render_to_string(note.template_names, {"notification": note, "particulars": note.particulars})) for note in page_obj]
    return render(request, "notifications/list.html", {"page_obj": page_obj, "worded": worded})


@personal
@require_POST
def read_all(request):
    Notification.objects.for_user(request.user).read()
    messages.success(request, _("All notifications are marked as read."))
    return redirect("notifications:list")


@personal
@require_POST
def read(request, pk):
    own(request, pk).read()
    return redirect("notifications:list")


@personal
@require_POST
def open_subject(request, pk):
    """Mark as read and go to what it is about."""
    notification = own(request, pk)
    notification.read()
    return redirect(notification.url or "notifications:list")


def own(request, pk):
    return get_object_or_404(Notification.objects.for_user(request.user), pk=pk)
