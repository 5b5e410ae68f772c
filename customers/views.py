from copy import copy

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activity.models import Event
from activity.timeline import timeline_of
from common.access import requires
from common.errors import NotAllowed
from common.filters import page_of
from common.forms import accepted, posted
from customers.alike import customers_like, vehicles_like
from customers.custom import facts_of
from customers.filters import CustomerFilter, VehicleFilter
from customers.forms import (
    ConsentForm,
    ContactForm,
    CustomerForm,
    InspectForm,
    LiftForm,
    NewCustomerForm,
    RevealForm,
    TransferForm,
    VehicleForm,
    WordForm,
)
from customers.fuse import count_page
from customers.masking import hidden_fields, remember_openness, with_openness
from customers.models import Channel, Consent, ContactPerson, Customer, CustomerMerge, DuplicatePair, PrivacyNotice, Purpose, Vehicle
from customers.notices import notices_for
from customers.reach import people_and_phones
from customers.search import FORMER, SHORTEST, find
from customers.services import transfer_vehicle


@requires("customers.view")
def search(request):
    """Find cars and people; a single hit is opened at once."""
    text = request.GET.get("q", "").strip()
    hits = find(request.user, text)
    context = {"text": text, "hits": hits, "is_short": len(text) < SHORTEST}
    if request.htmx:
        return render(request, "customers/_hits.html", context)
    if len(hits) == 1:
        if hits[0].rank in FORMER:
            messages.info(request, _("Found by a former plate: the car has another one now."))
        return redirect(hits[0].url)
    return render(request, "customers/search.html", context)


@requires("customers.view")
def customer_list(request):
    filterset = CustomerFilter(request.GET, Customer.objects.for_user(request.user).select_related("store"), request=request)
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "customers/list.html", {"filter": filterset, "page_obj": page_obj})


@requires("customers.edit")
def create(request):
    form = NewCustomerForm(posted(request), user=request.user)
    if form.is_valid():
        customer = form.instance.create(by=request.user)
        messages.success(request, _("The customer has been saved."))
        return redirect("customers:detail", customer.pk)
    return render(request, "customers/form.html", {"form": form}, status=422 if form.errors else 200)


@requires("customers.edit")
@require_POST
def alike(request):
    """Show who is on file already while a new customer is typed."""
    typed = typed_in(request)
    return render(request, "customers/_alike.html", {"hits": customers_like(request.user, typed, typed.get("key"))})


@requires("customers.edit")
@require_POST
def vehicle_alike(request):
    """Show which car is on file already while a new one is typed."""
    typed = typed_in(request)
    return render(request, "customers/_alike.html", {"hits": vehicles_like(request.user, typed, typed.get("key"))})


def typed_in(request):
    """Return what was typed by field, whichever part of a larger form it stands in."""
    return {name.rpartition("-")[2]: value for name, value in request.POST.items()}


def works_in_several(user):
    store_ids = user.store_ids_with("customers.merge")
    return store_ids is None or len(store_ids) > 1


@requires("customers.view")
def detail(request, pk):
    customers = with_openness(Customer.everyone.for_user(request.user), request.user)
    customer = get_object_or_404(customers.select_related("store", "referred_by", "keeper"), pk=pk)
    if customer.merged_into_id:
        return redirect("customers:detail", customer.merged_into_id)
    hide_restricted(customer, request.user)
    remember_openness(customer, request.user, customer.is_opened)
    count_page(request.user, customer)
    can_merge = request.user.may("customers.merge", customer.store_id)
    events = Event.objects.for_user(request.user).of_customer(customer)
    contacts, phones = people_and_phones(customer)
    context = {
        "customer": customer,
        "reveal_form": RevealForm(),
        "can_edit": customer.can_edit_by(request.user) and not customer.restricted_at,
        "can_ask_rights": customer.can_edit_by(request.user) and not customer.erased_at,
        "lift_form": LiftForm() if customer.is_restricted else None,
        "twins": DuplicatePair.objects.open().with_customer(customer) if can_merge else [],
        "may_link": can_merge and works_in_several(request.user),
        "undoable": CustomerMerge.objects.undoable(timezone.now()).filter(kept=customer).first() if can_merge else None,
        "own_facts": facts_of(customer),
        "vehicles": customer.vehicles.all(),
        "contacts": contacts,
        "phones": customer.numbers_beside(phones),
        "preferred": next((phone for phone in phones if phone.phone == customer.phone), None),
        "consents": consent_table(customer),
        "notices": notices_for([customer], request.user)[customer.pk],
        "timeline": timeline_of(events, request.GET),
    }
    return render(request, "customers/detail.html", context)


@requires("customers.edit")
def edit(request, pk):
    customer = own_customer(request, pk)
    allow(customer.can_edit_by(request.user))
    form = CustomerForm(posted(request), instance=copy(customer), hidden=hidden_fields(customer, request.user))
    if form.is_valid():
        customer.edit(by=request.user, **form.changes)
        messages.success(request, _("The customer has been saved."))
        return redirect("customers:detail", pk)
    return render(request, "customers/form.html", {"form": form, "customer": customer}, status=422 if form.errors else 200)


@requires("customers.edit")
@require_POST
def confirm(request, pk):
    customer = own_customer(request, pk)
    customer.confirm(by=request.user)
    if request.htmx:
        return render(request, "customers/_confirm.html", {"customer": customer, "is_confirmed": True})
    messages.success(request, _("Noted: the data are right."))
    return redirect("customers:detail", pk)


@requires("customers.edit")
@require_POST
def stop_calls(request, pk):
    own_customer(request, pk).stop_calls(by=request.user)
    messages.success(request, _("Noted: this customer is not called any more."))
    return redirect("customers:detail", pk)


@requires("customers.edit")
@require_POST
def allow_calls(request, pk):
    own_customer(request, pk).allow_calls(by=request.user)
    messages.success(request, _("Noted: this customer may be called again."))
    return redirect("customers:detail", pk)


@requires("customers.edit")
@require_POST
def set_consent(request, pk):
    customer = own_customer(request, pk)
    form = ConsentForm(request.POST)
    if form.is_valid():
        customer.set_consent(**form.cleaned_data, by=request.user)
        messages.success(request, _("The customer's word has been written down."))
    else:
        messages.error(request, _("Choose purpose, channel and yes or no."))
    return redirect("customers:detail", pk)


@requires("customers.view")
def consents(request, pk):
    """Show every word of the customer as proof, and take one with all that belongs to it."""
    customer = own_customer(request, pk)
    form = WordForm(posted(request)) if customer.can_edit_by(request.user) else None
    if form and form.is_valid() and accepted(form, customer.set_consent, **form.cleaned_data, by=request.user):
        messages.success(request, _("The customer's word has been written down."))
        return redirect("customers:consents", pk)
    words = customer.consents.select_related("store", "taken_by").order_by("-given_at", "-pk")
    context = {"customer": customer, "words": words, "form": form, "privacy_notice": PrivacyNotice.objects.in_force(customer.store.today())}
    return render(request, "customers/consents.html", context, status=422 if form and form.errors else 200)


@requires("customers.edit")
def add_contact(request, pk):
    customer = own_customer(request, pk)
    allow(customer.can_edit_by(request.user))
    form = ContactForm(posted(request), instance=ContactPerson(customer=customer))
    if form.is_valid():
        form.instance.add(by=request.user)
        return redirect("customers:detail", pk)
    return render(request, "customers/contact_form.html", {"form": form, "customer": customer}, status=422 if form.errors else 200)


@requires("customers.edit")
@require_POST
def remove_contact(request, pk):
    contact = get_object_or_404(ContactPerson.objects.for_user(request.user).select_related("customer"), pk=pk)
    contact.remove(by=request.user)
    return redirect("customers:detail", contact.customer_id)


@requires("customers.edit")
def vehicle_create(request, pk):
    customer = own_customer(request, pk)
    allow(customer.can_edit_by(request.user))
    form = VehicleForm(posted(request), instance=Vehicle(store=customer.store, customer=customer))
    if form.is_valid():
        vehicle = form.instance.create(by=request.user)
        messages.success(request, _("The vehicle has been saved."))
        return redirect("customers:vehicle_detail", vehicle.pk)
    return render(request, "customers/vehicle_form.html", {"form": form, "customer": customer}, status=422 if form.errors else 200)


@requires("customers.view")
def vehicle_list(request):
    filterset = VehicleFilter(
        request.GET, Vehicle.objects.for_user(request.user).filter(customer__restricted_at=None).select_related("store", "customer"), request=request
    )
    page_obj = page_of(filterset, request.GET.get("page"))
    return render(request, "customers/vehicle_list.html", {"filter": filterset, "page_obj": page_obj})


@requires("customers.view")
def vehicle_detail(request, pk):
    vehicles = with_openness(Vehicle.objects.for_user(request.user), request.user, "customer_id")
    vehicle = get_object_or_404(vehicles.select_related("store", "customer"), pk=pk)
    hide_restricted(vehicle.customer, request.user)
    remember_openness(vehicle.customer, request.user, vehicle.is_opened)
    past_owners = vehicle.past_ownerships.select_related("customer")
    owners = Customer.everyone.known_as([vehicle.customer_id, *(past.customer_id for past in past_owners)])
    events = Event.objects.for_user(request.user).filter(customer_ref__in=owners, vehicle_ref=vehicle.pk).newest_first()
    context = {
        "vehicle": vehicle,
        "past_owners": past_owners,
        "past_plates": vehicle.past_plates.all(),
        "step": vehicle.next_inspection(),
        "inspect_form": InspectForm(initial={"on": vehicle.store.today()}),
        "own_facts": facts_of(vehicle),
        "can_edit": vehicle.can_edit_by(request.user),
        "notices": notices_for([vehicle.customer], request.user)[vehicle.customer_id],
        "timeline": timeline_of(events, request.GET),
    }
    return render(request, "customers/vehicle_detail.html", context)


@requires("customers.edit")
def vehicle_edit(request, pk):
    vehicle = own_vehicle(request, pk)
    allow(vehicle.can_edit_by(request.user))
    form = VehicleForm(posted(request), instance=copy(vehicle))
    if form.is_valid():
        vehicle.edit(by=request.user, **form.changes)
        messages.success(request, _("The vehicle has been saved."))
        return redirect("customers:vehicle_detail", pk)
    return render(request, "customers/vehicle_form.html", {"form": form, "vehicle": vehicle}, status=422 if form.errors else 200)


@requires("customers.edit")
def vehicle_transfer(request, pk):
    vehicle = own_vehicle(request, pk)
    allow(vehicle.can_edit_by(request.user))
    form = TransferForm(posted(request), vehicle=vehicle)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("on", "reason")}
        if accepted(form, transfer_vehicle, vehicle, form.customer, by=request.user, **given):
            messages.success(request, _("The car belongs to %(name)s now.") % {"name": vehicle.customer})
            return redirect("customers:vehicle_detail", pk)
    return render(request, "customers/vehicle_transfer.html", {"form": form, "vehicle": vehicle}, status=422 if form.errors else 200)


def hide_restricted(customer, user):
    """Show a record kept for the law alone, or what is left of one, to nobody but those who answer for it (T125)."""
    if customer.restricted_at and not user.may("customers.answer_rights", customer.store_id):
        raise Http404


def own_customer(request, pk):
    return get_object_or_404(Customer.objects.for_user(request.user).select_related("store"), pk=pk)


def own_vehicle(request, pk):
    vehicle = get_object_or_404(Vehicle.objects.for_user(request.user).select_related("store", "customer"), pk=pk)
    hide_restricted(vehicle.customer, request.user)
    return vehicle


def allow(is_allowed):
    """Refuse before the form is shown what the verb would refuse after it."""
    if not is_allowed:
        raise NotAllowed


def consent_table(customer):
    """Return ``[(purpose, [(channel, newest consent or None)])]``."""
    standing = Consent.objects.standing(customer)
    return [(purpose, [(channel, standing.get((purpose, channel))) for channel in Channel]) for purpose in Purpose]
