from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.access import requires
from common.photos import photo_response
from visits.board.board import board_of, version_of
from visits.board.steps import steps_of
from visits.models import Visit

WALLS = ("light", "dark")


@require_safe
@requires("visits.view")
def board(request):
    """Show the workshop of one store; asked again with the version it has, answer only when something has changed."""
    stores = request.user.stores_with("visits.view").order_by("code")
    store = chosen_store(stores, request.GET.get("store", ""))
    version = version_of(store)
    if request.htmx and request.GET.get("version") == version:
        return HttpResponse(status=204)
    wall = request.GET.get("wall") if request.GET.get("wall") in WALLS else ""
    context = {"board": board_of(store), "version": version, "stores": stores, "wall": wall}
    return render(request, "visits/_board.html" if request.htmx else "visits/board.html", context)


@require_safe
@login_not_required
def progress(request, token):
    """Show a customer how far the work on his car has come (S1-03)."""
    visit = shared_visit(token)
    answer = render(request, "visits/progress.html", {"visit": visit, "steps": steps_of(visit), "token": token})
    # The address is the key: it goes to no other site, into no cache and no search engine (T110).
    answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"] = "no-referrer", "no-store", "noindex"
    return answer


@require_safe
@login_not_required
def progress_photo(request, token):
    """Serve the photo of the advisor to whoever holds the link."""
    visit = shared_visit(token)
    if not (visit.advisor and visit.advisor.photo):
        raise Http404
    return photo_response(visit.advisor.photo)


def shared_visit(token):
    return get_object_or_404(Visit.objects.shared(timezone.now()).with_people(), link_hash=Visit.hashed(token))


def chosen_store(stores, code):
    """Return the store named in the address, the first one where none is named; 404 where there is none to see."""
    store = stores.filter(code=code).first() if code else stores.first()
    if store is None:
        raise Http404
    return store
