"""What the repair order is made of: its lines, what the customer agrees to, whether it is a comeback."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import requires
from common.forms import accepted, posted
from common.photos import photo_response
from visits.models import Agreement
from visits.orders.forms import AddWorkForm, ItemForm, JudgeComebackForm, PhotoForm, PromiseForm, SignForm
from visits.orders.paper import COPIES, FEWEST, copies_of
from visits.views import allow, own_visit, verb_form


@require_safe
@requires("visits.view")
def paper(request, pk):
    """Show the repair order as it is printed, in Chinese whatever the reader's language: it is a paper of the shop."""
    visit = own_visit(request, pk)
    context = {
        "visit": visit,
        "items": visit.items.all(),
        "signature": visit.agreements.filter(subject=Agreement.Subject.ORDER).first(),
        "copies": copies_of(request.GET.get("copies", "")),
        "numbers": range(FEWEST, len(COPIES) + 1),
    }
    with translation.override("zh-hans"):
        return render(request, "visits/paper.html", context)


@requires("visits.create")
@require_POST
def share(request, pk):
    """Make a link for the customer and show it this once."""
    visit = own_visit(request, pk)
    link = request.build_absolute_uri(reverse("visits:progress", args=[visit.share(by=request.user)]))
    return render(request, "visits/shared.html", {"visit": visit, "link": link})


@requires("visits.create")
def sign(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_edit_by(request.user))
    form = SignForm(posted(request), initial={"agreed_by": visit.sender_name or visit.customer.name})
    if form.is_valid() and accepted(form, visit.sign, **form.cleaned_data, by=request.user):
        messages.success(request, _("The signature is on file."))
        return redirect("visits:detail", pk)
    return verb_form(request, visit, form, _("The customer signs"))


@requires("visits.create")
def add_work(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_edit_by(request.user))
    form = AddWorkForm(posted(request))
    if form.is_valid() and accepted(form, visit.add_work, **form.cleaned_data, by=request.user):
        messages.success(request, _("Added with the customer's consent."))
        return redirect("visits:detail", pk)
    return verb_form(request, visit, form, _("Add work"))


@requires("visits.hand_over")
def promise(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_hand_over_by(request.user))
    form = PromiseForm(posted(request), visit=visit)
    if form.is_valid() and accepted(form, visit.promise, **form.cleaned_data, by=request.user):
        messages.success(request, _("The new time is promised."))
        return redirect("visits:detail", pk)
    return verb_form(request, visit, form, _("Promise another time"))


@requires("visits.create")
def add_item(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_edit_by(request.user))
    form = ItemForm(posted(request))
    if form.is_valid() and accepted(form, visit.add_item, **form.cleaned_data, by=request.user):
        messages.success(request, _("The line is on the order."))
        return redirect("visits:detail", pk)
    return verb_form(request, visit, form, _("Add a line"))


@requires("visits.create")
@require_POST
def remove_item(request, pk, item_pk):
    visit = own_visit(request, pk)
    visit.remove_item(get_object_or_404(visit.items, pk=item_pk), by=request.user)
    messages.success(request, _("The line is taken off the order."))
    return redirect("visits:detail", pk)


@requires("visits.create")
def judge_comeback(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_edit_by(request.user))
    form = JudgeComebackForm(posted(request), initial={"cause": visit.comeback_cause, "explanation": visit.comeback_explanation})
    if form.is_valid() and accepted(form, visit.judge_comeback, **form.cleaned_data, by=request.user):
        messages.success(request, _("The cause is on file."))
        return redirect("visits:detail", pk)
    return verb_form(request, visit, form, _("Judge the comeback"))


@requires("visits.repair")
def add_photo(request, pk):
    visit = own_visit(request, pk)
    allow(visit.can_photograph_by(request.user))
    form = PhotoForm(posted(request), request.FILES or None)
    if form.is_valid() and accepted(form, visit.add_photo, **form.cleaned_data, by=request.user):
        messages.success(request, _("The photo is on file."))
        return redirect("visits:detail", pk)
    return verb_form(request, visit, form, _("Add a photo"))


@requires("visits.repair")
@require_POST
def remove_photo(request, pk, photo_pk):
    visit = own_visit(request, pk)
    visit.remove_photo(get_object_or_404(visit.photos, pk=photo_pk), by=request.user)
    messages.success(request, _("The photo is removed."))
    return redirect("visits:detail", pk)


@require_safe
@requires("visits.view")
def photo(request, pk, photo_pk):
    """Serve a photo to those who may see its visit (T12)."""
    return photo_response(get_object_or_404(own_visit(request, pk).photos, pk=photo_pk).photo)
