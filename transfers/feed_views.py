from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activity.timeline import history_of
from common.access import requires
from common.errors import NotAllowed
from common.forms import posted
from transfers.feeds import folder_of
from transfers.forms import FeedForm
from transfers.models import Feed, IncomingFile

LATEST = 50


@requires("transfers.import")
def feed_list(request):
    """Show the folders and what has come of itself lately."""
    files = IncomingFile.objects.for_user(request.user).select_related("store", "feed", "run", "by")[:LATEST]
    return render(request, "transfers/feed_list.html", {"feeds": Feed.objects.for_user(request.user).select_related("store"), "files": files})


@requires("transfers.import")
def feed_create(request):
    return edit_feed(request, Feed())


@requires("transfers.import")
def feed_edit(request, pk):
    return edit_feed(request, own_feed(request, pk))


@requires("transfers.import")
@require_POST
def feed_stop(request, pk):
    own_feed(request, pk).stop(by=request.user)
    return redirect("transfers:feed_list")


@requires("transfers.import")
@require_POST
def feed_resume(request, pk):
    own_feed(request, pk).resume(by=request.user)
    return redirect("transfers:feed_list")


def own_feed(request, pk):
    return get_object_or_404(Feed.objects.for_user(request.user).select_related("store"), pk=pk)


def edit_feed(request, feed):
    if feed.pk and not request.user.may("transfers.import", feed.store_id):
        raise NotAllowed
    form = FeedForm(posted(request), instance=feed, user=request.user)
    if form.is_valid():
        form.save(commit=False).set(by=request.user)
        messages.success(request, _("Saved. The folder is looked into every minute."))
        return redirect("transfers:feed_list")
    context = {"form": form, "feed": feed, "path": folder_of(feed) if feed.pk else None, "history": history_of(feed) if feed.pk else []}
    return render(request, "transfers/feed_form.html", context, status=422 if form.errors else 200)
