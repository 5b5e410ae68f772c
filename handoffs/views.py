from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Membership, User
from activity.timeline import history_of
from common.access import requires
from common.forms import accepted, posted
from handoffs import services
from handoffs.forms import HandoffForm
from handoffs.models import Handoff
from handoffs.sharing import left_behind, open_counts, share_out, shares_by_person, sums_of

# So many of the latest are shown.
SHOWN = 50


@require_GET
@requires("handoffs.manage")
def handoff_list(request):
    """Show whose work lies around, who works where, and what has been passed on."""
    stores = request.user.stores_with("handoffs.manage")
    context = {
        "handoffs": Handoff.objects.for_user(request.user).select_related("store", "person", "by")[:SHOWN],
        "left_behind": [(store, person, number) for store in stores for person, number in left_behind(store)],
        "stores": [(store, staff_of(store)) for store in stores],
    }
    return render(request, "handoffs/list.html", context)


def staff_of(store):
    """Return the memberships of who works in this very store, by role."""
    return Membership.objects.filter(store=store, user__is_active=True).select_related("user").order_by("role", "user__name")


@requires("handoffs.manage")
def create(request, store_code, username):
    """Show what a person has open; share it out among those chosen, first to look, then in earnest."""
    store = get_object_or_404(request.user.stores_with("handoffs.manage"), code=store_code)
    person = get_object_or_404(User, username=username)
    counts = open_counts(store, person)
    if not User.objects.known_in(store).filter(pk=person.pk).exists() and not any(number for _kind, number in counts):
        raise Http404
    form = HandoffForm(posted(request), instance=Handoff(store=store, person=person), initial={"reason": Handoff.Reason.LEAVES})
    context = {"store": store, "person": person, "form": form, "counts": counts}
    if form.is_valid():
        successors = list(form.cleaned_data["successors"])
        if "confirm" in request.POST:
            if accepted(form, services.hand_off, form.instance, successors, by=request.user):
                messages.success(request, _("The work is in other hands."))
                return redirect(form.instance)
        elif accepted(form, lambda: context.update(shares=share_out(store, person, successors, form.cleaned_data["back_on"]))):
            context |= {"kinds": list(context["shares"]), "rows": shares_by_person(context["shares"])}
    return render(request, "handoffs/form.html", context, status=422 if form.errors else 200)


@require_GET
@requires("handoffs.manage")
def detail(request, pk):
    handoff = own_handoff(request, pk)
    context = {"handoff": handoff, "sums": sums_of(handoff), "can_undo": handoff.can_undo_by(request.user), "history": history_of(handoff)}
    return render(request, "handoffs/detail.html", context)


@require_POST
@requires("handoffs.manage")
def undo(request, pk):
    handoff = own_handoff(request, pk)
    number = services.give_back(handoff, by=request.user)
    words = ngettext("%(count)d row is back with %(name)s.", "%(count)d rows are back with %(name)s.", number)
    messages.success(request, words % {"count": number, "name": handoff.person})
    return redirect(handoff)


def own_handoff(request, pk):
    return get_object_or_404(Handoff.objects.for_user(request.user).select_related("store", "person", "by", "undone_by"), pk=pk)
