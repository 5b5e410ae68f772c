"""The numbers of a customer beside the preferred one, and the plates a car once had."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.access import requires
from common.forms import posted
from customers.forms import PhoneForm
from customers.models import PastPlate, Phone
from customers.views import allow, own_customer


@requires("customers.edit")
def add_phone(request, pk):
    customer = own_customer(request, pk)
    allow(customer.can_edit_by(request.user))
    form = PhoneForm(posted(request), instance=Phone(customer=customer))
    if form.is_valid():
        phone = form.instance.add(by=request.user)
        if form.cleaned_data["is_preferred"]:
            phone.prefer(by=request.user)
        messages.success(request, _("The number has been saved."))
        return redirect(customer)
    return render(request, "customers/phone_form.html", {"form": form, "customer": customer}, status=422 if form.errors else 200)


@requires("customers.edit")
@require_POST
def phone_prefer(request, pk):
    answer = done_to(request, pk, Phone.prefer)
    messages.success(request, _("This number is called first from now on."))
    return answer


@requires("customers.edit")
@require_POST
def phone_mark_wrong(request, pk):
    return done_to(request, pk, Phone.mark_wrong)


@requires("customers.edit")
@require_POST
def phone_mark_right(request, pk):
    return done_to(request, pk, Phone.mark_right)


@requires("customers.edit")
@require_POST
def phone_remove(request, pk):
    return done_to(request, pk, Phone.remove)


@requires("customers.edit")
@require_POST
def past_plate_remove(request, pk):
    past = get_object_or_404(PastPlate.objects.for_user(request.user).select_related("vehicle__store"), pk=pk)
    past.remove(by=request.user)
    return redirect(past.vehicle)


def done_to(request, pk, verb):
    """Do ``verb`` to the number and go back to its customer."""
    phone = get_object_or_404(Phone.objects.for_user(request.user).select_related("customer"), pk=pk)
    verb(phone, by=request.user)
    return redirect(phone.customer)
