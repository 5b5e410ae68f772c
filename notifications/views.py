from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.access import personal
from common.forms import accepted, posted
from notifications.bundles import bundles_of
from notifications.forms import PreferenceForm
from notifications.models import Notification, Preference
from notifications.services import gets_mail

ROWS_PER_PAGE = 30


@personal
def notification_list(request):
    page_obj = Paginator(Notification.objects.bell_of(request.user), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/list.html", {"page_obj": page_obj, "bundles": bundles_of(page_obj)})


@personal
@require_POST
def read_all(request):
    Notification.objects.bell_of(request.user).read()
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


@personal
@require_GET
def detail(request, pk):
    """Follow a link of a mail: it opens for its owner alone, and is then read as if it had been opened in the bell."""
    notification = own(request, pk)
    notification.read()
    return redirect(notification.url or "notifications:list")


@personal
@require_GET
def bell(request):
    """Answer the bell of an open page, which asks now and then how many are unread."""
    return render(request, "components/_bell_count.html")


@personal
def preferences(request):
    """Let people choose where each kind is told to them, and when the digest comes."""
    preference = Preference.of(request.user)
    form = PreferenceForm(posted(request), preference=preference)
    if form.is_valid() and accepted(form, preference.choose, form.choices, form.cleaned_data["digest_hour"]):
        messages.success(request, _("Your choice is kept."))
        return redirect("notifications:preferences")
    context = {"form": form, "gets_mail": gets_mail(request.user), "letter": request.user.letters.first()}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


def own(request, pk):
    return get_object_or_404(Notification.objects.for_user(request.user), pk=pk)
