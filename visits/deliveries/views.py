from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from activity.models import Event
from common.access import requires
from common.errors import NotAllowed
from common.filters import page_of
from common.forms import accepted, posted
from common.photos import photo_response
from visits import desk, services
from visits.deliveries.forms import ApplyForPlateForm, CeremonyFormSet, FixPlateForm, TemporaryPlateForm, TickForm
from visits.filters import DeliveryFilter
from visits.forms import DeliveryForm
from visits.intake import Intake
from visits.models import Ceremony, Delivery


@requires("visits.view")
def delivery_list(request):
    filterset = DeliveryFilter(request.GET, Delivery.objects.for_user(request.user).with_people().with_done(), request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "visits/delivery_list.html", {"filter": filterset, "page_obj": page_obj})


@requires("visits.deliver")
def delivery_create(request):
    intake = Intake(request, "visits.deliver")
    form = DeliveryForm(posted(request), user=request.user, store=intake.store)
    if request.method == "POST" and intake.is_valid_for(form):
        delivery = services.record_delivery(form.instance, by=request.user)
        messages.success(request, _("The delivery is recorded."))
        return redirect("visits:delivery_detail", delivery.pk)
    context = {"purpose": "delivery", "intake": intake, "form": form, **desk.lookup(request, "visits.deliver")}
    return render(request, "visits/delivery_form.html", context, status=422 if form.is_bound else 200)


@requires("visits.view")
def delivery_detail(request, pk):
    delivery = own_delivery(request, pk)
    context = {
        "delivery": delivery,
        "progress": delivery.ceremony_progress,
        "can_deliver": delivery.can_deliver_by(request.user),
        "events": Event.objects.for_user(request.user).about(delivery)[:100],
    }
    return render(request, "visits/delivery_detail.html", context)


@requires("visits.deliver")
def delivery_tick(request, pk):
    """Go through the ceremony step by step, on a phone beside the car."""
    delivery = deliverable(request, pk)
    form = TickForm(delivery, posted(request), request.FILES or None)
    if form.is_valid() and accepted(form, delivery.tick, form.entries(), by=request.user):
        messages.success(request, _("The ceremony is saved."))
        return redirect(delivery)
    context = {"delivery": delivery, "form": form, "progress": delivery.ceremony_progress}
    return render(request, "visits/delivery_tick.html", context, status=422 if form.errors else 200)


@require_GET
@requires("visits.view")
def delivery_photo(request, pk, item_pk):
    """Serve a photo to those who may see its delivery (T12)."""
    check = get_object_or_404(own_delivery(request, pk).checks, item_id=item_pk)
    if not check.photo:
        raise Http404
    return photo_response(check.photo)


@requires("visits.deliver")
def delivery_apply_for_plate(request, pk):
    delivery = deliverable(request, pk)
    form = ApplyForPlateForm(posted(request), initial={"on": delivery.store.today()})
    if form.is_valid() and accepted(form, delivery.apply_for_plate, by=request.user, **form.cleaned_data):
        messages.success(request, _("Noted: the plate is applied for."))
        return redirect(delivery)
    return verb_form(request, delivery, form, _("Plate applied for"))


@requires("visits.deliver")
def delivery_take_temporary_plate(request, pk):
    delivery = deliverable(request, pk)
    form = TemporaryPlateForm(posted(request), initial={"number": delivery.temporary_plate})
    if form.is_valid() and accepted(form, delivery.take_temporary_plate, by=request.user, **form.cleaned_data):
        messages.success(request, _("Noted; a reminder comes before it runs out."))
        return redirect(delivery)
    return verb_form(request, delivery, form, _("Temporary plate"))


@requires("visits.deliver")
def delivery_fix_plate(request, pk):
    delivery = deliverable(request, pk)
    form = FixPlateForm(posted(request))
    if form.is_valid() and accepted(form, delivery.fix_plate, by=request.user, **form.cleaned_data):
        messages.success(request, _("The plate is on file."))
        return redirect(delivery)
    return verb_form(request, delivery, form, _("Plate received"))


@requires("visits.configure")
def ceremony_edit(request):
    """Show the steps in force; saving puts a new version in force."""
    ceremony = Ceremony.objects.current()
    steps = ceremony.items.values("text_zh", "text_en", "needs_photo") if ceremony else []
    formset = CeremonyFormSet(posted(request), initial=list(steps))
    if request.method == "POST" and formset.is_valid():
        published = Ceremony.publish(formset.steps, by=request.user)
        messages.success(request, _("Version %(number)s holds for deliveries from now on.") % {"number": published.version})
        return redirect("visits:ceremony_edit")
    context = {"ceremony": ceremony, "formset": formset}
    return render(request, "visits/ceremony_edit.html", context, status=422 if formset.is_bound else 200)


def own_delivery(request, pk):
    return get_object_or_404(Delivery.objects.for_user(request.user).with_people(), pk=pk)


def deliverable(request, pk):
    """Return the delivery, or refuse before the form is shown what the verb would refuse after it."""
    delivery = own_delivery(request, pk)
    if not delivery.can_deliver_by(request.user):
        raise NotAllowed
    return delivery


def verb_form(request, delivery, form, title):
    context = {"delivery": delivery, "form": form, "title": title}
    return render(request, "visits/delivery_verb_form.html", context, status=422 if form.errors else 200)
